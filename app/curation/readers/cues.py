"""Cues that credit somebody in a sentence: “police said”, “according to the ministry”.

A cue without an agent (“were reported”, “is said to”) credits nobody.
"""

import re
from collections.abc import Iterator

_SPEECH = frozenset(
    "said says told stated states announced announces claimed claims warned warns insisted"
    " argued acknowledged declared denied noted alleged".split()
)
"""English verbs that credit whatever stands before them."""
_COUNTING = frozenset(
    "reported reports estimated estimates put puts confirmed confirms recorded records counted"
    " counts gave gives added adds".split()
)
"""Verbs that also describe what is counted (“12 cases reported”): they need an agent."""
_AGENTS = frozenset(
    "he she they it we i who police officials official authorities ministry minister government"
    " agency office council mayor president army military hospital hospitals doctors rescuers"
    " witnesses spokesman spokeswoman spokesperson organisation organization group union charity"
    " institute university researchers company bank court department bureau committee secretary"
    " governor residents activists relatives lawyers prosecutors investigators un experts study"
    " report survey media".split()
)
_NO_AGENT = frozenset(
    "was were is are be been being has have had not never the a an of as by in widely officially"
    " often also initially previously earlier later and or so".split()
)
_ADVERBS = frozenset("has have had also later earlier previously then initially now".split())

_PHRASES = {
    "en": r"according to|in the words of|by the account of",
    "fr": r"selon|d['’]après|a (?:dit|déclaré|affirmé|annoncé|indiqué|précisé|estimé)"
    r"|ont (?:dit|déclaré|affirmé|annoncé|indiqué)|affirme|déclare|indique|estime|rapporte",
    "es": r"según|de acuerdo con|dijo|dijeron|afirmó|informó|informaron|señaló|anunció|aseguró"
    r"|declaró|indicó|estima",
    "de": r"laut|nach Angaben|zufolge|sagte|sagten|teilte|teilten|erklärte|berichtete|berichteten"
    r"|meldete|meldeten|gab|schätzt",
    "pt": r"segundo (?:o|a|os|as)\b|segundo(?-i: (?=[A-ZÁÉÍÓÚ]))|de acordo com|conforme|disse"
    r"|disseram|afirmou|informou|informaram|anunciou|declarou|estima",
    "ar": r"و?(?:قال|قالت|قالوا|بحسب|حسب|وفقا|وفقًا|وفق|أعلن|أعلنت|ذكر|ذكرت|أفاد|أفادت|صرح|أكد"
    r"|أكدت)",
}
_CUES = {
    language: re.compile(rf"(?<!\w)(?:{phrases})(?!\w)", re.IGNORECASE)
    for language, phrases in _PHRASES.items()
}
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[,;:“”\"]")


def find_cue(sentence: str, language: str) -> str | None:
    """Return the first cue with an agent, None if there is none."""
    base = language.partition("-")[0].lower()
    if base in _CUES and (match := _CUES[base].search(sentence)):
        return match[0]
    return next(_english_cues(sentence), None) if base == "en" else None


def _english_cues(sentence: str) -> Iterator[str]:
    words = _WORD.findall(sentence)
    for index, word in enumerate(words):
        if word not in _SPEECH and word not in _COUNTING:
            continue
        before = index - 1
        while before >= 0 and words[before] in _ADVERBS:
            before -= 1
        agent = words[before] if before >= 0 else ""
        follower = words[index + 1] if index + 1 < len(words) else ""
        # “…,” said Ida Marsh
        is_inverted = agent in tuple(',”"') and (follower[:1].isupper() or follower == "the")
        is_named = agent.lower() in _AGENTS or (before > 0 and agent[:1].isupper())
        is_subject = agent.isalpha() and agent.lower() not in _NO_AGENT
        if is_inverted or is_named or (is_subject and word in _SPEECH):
            yield f"{word} {follower}" if is_inverted else f"{agent} {word}"
