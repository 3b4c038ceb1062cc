"""A cue with an agent credits somebody; a cue without one credits nobody."""

import pytest

from app.curation.readers.cues import find_cue


@pytest.mark.parametrize(
    ("language", "sentence", "has_cue"),
    [
        ("en", "At least 12 people died, police said.", True),
        ("en", "At least 12 people died, the ministry of health said on Friday.", True),
        ("en", "According to the ministry, 12 people died.", True),
        ("en", "The agency puts the number at 12.", True),
        ("en", "“12 people died,” said Ida Marsh.", True),
        ("en", "Officials reported 12 cases.", True),
        ("en", "The hospital has reported 12 deaths.", True),
        ("en", "12 deaths were reported in May.", False),
        ("en", "The number is said to be 12.", False),
        ("en", "There were 12 cases reported in May.", False),
        ("en", "The reported number is 12.", False),
        ("en", "The cost is estimated at $12 million.", False),
        ("fr", "Selon la police, 12 personnes sont mortes.", True),
        ("fr", "Douze personnes sont mortes.", False),
        ("es", "Murieron 12 personas, según la policía.", True),
        ("de", "Laut Polizei starben 12 Menschen.", True),
        ("pt", "Doze pessoas morreram, disse o prefeito.", True),
        ("pt", "O segundo trimestre teve 12 casos.", False),
        ("ar", "قالت الشرطة إن 12 شخصا قتلوا.", True),
        ("ar", "قتل 12 شخصا.", False),
    ],
)
def test_a_cue_with_an_agent_is_found(language: str, sentence: str, has_cue: bool) -> None:
    assert (find_cue(sentence, language) is not None) is has_cue
