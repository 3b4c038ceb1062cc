"""Direct speech is recognised however a text marks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curation.readers.speech import is_direct_speech, speech_spans

SPOKEN = [
    "He said “it is here” and left.",
    'He said "it is here" and left.',
    "He said 'it is here' and left.",
    "He said ‘it is here’ and left.",
    "He said ‘we don’t know if it is here’ and left.",
    "Il a dit « it is here » en partant.",
    "Dijo «it is here» y se fue.",
    "Er sagte „it is here“ und ging.",
    "Er sagte »it is here« und ging.",
    "Er sagte ‚it is here‘ und ging.",
    "Hon sade ”it is here” och gick.",
    "Hon sade »it is here» och gick.",
    "彼は「it is here」と言った。",
    "قال «it is here» وغادر.",
    "He said “it\nit is here\nstill” and left.",
    "“First paragraph.\n\n“Second: it is here.\n\n“Third,” he said.",
    "“First: it is here.\n“Second,” he said.",
    "—It is no joke —dijo Juan—. So it is here.",
    "– Oui, it is here, dit-il.",
    "ANNE SCHUCHAT: Thank you. So it is here.\nQ: Where?",
    "MR. PRICE: Well, it is here.",
    "Q: Where?\nA: As I said, it is here.",
    "Ida Marsh (harbour office): it is here.",
    "ANNE SCHUCHAT: Thank you.\n\nAnd it is here.\n\nOPERATOR: Next question.",
]
NOT_SPOKEN = [
    "He said it is here.",
    "He said “no” and it is here “too”.",
    "He said «non» and it is here «oui».",
    'He said "no" and it is here.',
    "The workers’ union says it is here, the mayor’s office denies it.",
    "It's true that it is here, it's said.",
    "He said “no.\n\nThe council says it is here.",
    "—No —dijo Juan, porque it is here—. Adiós.",
    "Note: it is here.",
    "The council met at 10:30 and it is here.",
    "He gave a reason: it is here.",
]


@pytest.mark.parametrize(
    ("text", "is_spoken"), [(t, True) for t in SPOKEN] + [(t, False) for t in NOT_SPOKEN]
)
def test_words_are_direct_speech_where_the_text_marks_them_so(text: str, is_spoken: bool) -> None:
    start = text.rindex("it is here")
    assert is_direct_speech(speech_spans(text), start, start + len("it is here")) is is_spoken


@given(st.text(alphabet="ab .,:\n“”„«»‘’'\"—A", max_size=80))
def test_any_text_has_spans_within_it(text: str) -> None:
    assert all(0 <= start <= end <= len(text) for start, end in speech_spans(text))
