"""Reading numbers as sources write them: the qualifier and the numeral.

It knows English qualifiers and number words, and the digits of any script. A numeral with several
readings (`1.234` in a language that groups by points) has all of them: the check requires that the
value is one of them.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from app.vocabulary import Qualifier

QUALIFIER_WORDS: dict[str, Qualifier] = {
    "more than": "over",
    "greater than": "over",
    "exceeded": "over",
    "or more": "at_least",
    "or fewer": "at_most",
    "or less": "at_most",
    "as much as": "at_most",
    "approx": "about",
    "over": "over",
    "above": "over",
    "upwards of": "over",
    "in excess of": "over",
    "exceeding": "over",
    "at least": "at_least",
    "no fewer than": "at_least",
    "no less than": "at_least",
    "not less than": "at_least",
    "not fewer than": "at_least",
    "a minimum of": "at_least",
    "less than": "under",
    "fewer than": "under",
    "under": "under",
    "below": "under",
    "nearly": "nearly",
    "almost": "nearly",
    "close to": "nearly",
    "at most": "at_most",
    "up to": "at_most",
    "no more than": "at_most",
    "not more than": "at_most",
    "as many as": "at_most",
    "a maximum of": "at_most",
    "about": "about",
    "around": "about",
    "approximately": "about",
    "roughly": "about",
    "some": "about",
    "circa": "about",
    "an estimated": "about",
    "between": "between",
}
"""The qualifier of each phrase, the same for every speaker and party."""

_QUALIFIER = re.compile(rf"\b(?:{'|'.join(sorted(QUALIFIER_WORDS, key=len, reverse=True))})\b")
_UNQUANTIFIED = re.compile(
    r"\b(several|many|few|numerous|countless|various|multiple"
    r"|dozens|scores|tens|hundreds|thousands|millions|billions)\b"
)
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: index for index, word in enumerate(_UNITS)} | {
    word: 10 * index for index, word in enumerate(_TENS, start=2)
}
_SCALES = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "k": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "bn": 10**9,
    "tn": 10**12,
}
_TOKEN = re.compile(r"-?\d[\d.,'’\s]*\d|-?\d|[^\W\d_]+")
_MARKS = (
    (r"(?:>=|≥)\s*(?=\d)", "at least "),
    (r"(?:<=|≤)\s*(?=\d)", "at most "),
    (r">\s*(?=\d)", "over "),
    (r"<\s*(?=\d)", "under "),
    (r"(?:~|≈|ca?\.)\s*(?=\d)", "about "),
    (r"(?<=\d)\+", " or more"),
    (r"(?:^|(?<=\s))(?:−|minus )(?=\d)", "-"),
    (r"\bhalf a dozen\b", "six"),
    (r"\ba (?=hundred|thousand|million|billion|dozen)", "one "),
)
"""Signs and idioms, and the words that replace them before reading."""


@dataclass(frozen=True)
class Reading:
    """What a number in words means. `qualifier` is None if there is no known word for one.

    `numbers` has for each numeral, in order, every value that it can mean.
    """

    qualifier: Qualifier | None
    numbers: tuple[frozenset[Decimal], ...]


@lru_cache(maxsize=4_096)
def read_number(as_written: str, *, english: bool = True) -> Reading:
    text = " ".join(unicodedata.normalize("NFKC", as_written).lower().split())
    # A hyphen joins words (“twenty-five”), a dash between digits makes a range.
    text = re.sub(r"(?<=[^\W\d])-(?=[^\W\d])", " ", text)
    text = re.sub(r"(?<=\d)\s*[-‐‑−]\s*(?=\d)", "–", text)
    text = text.replace("٬", ",").replace("٫", ".")
    for mark, phrase in _MARKS:
        text = re.sub(mark, phrase, text)
    qualifier = _qualifier(text) if english else None
    return Reading(
        qualifier, tuple(_numbers(_without_qualifier(text) if english else text, english=english))
    )


def _qualifier(text: str) -> Qualifier | None:
    # Longer phrases stand first: “no more than” is not “more than”.
    if phrase := _QUALIFIER.search(text):
        return QUALIFIER_WORDS[phrase.group()]
    if re.search(r"\d\s*(?:(?:million|billion|thousand|%)\s*)?(?:–|—|to)\s*[$€£]?\d", text):
        return "between"
    if _UNQUANTIFIED.search(text):
        return "unquantified"
    return None


def _without_qualifier(text: str) -> str:
    return _QUALIFIER.sub(" | ", text)


def _numbers(text: str, *, english: bool) -> list[frozenset[Decimal]]:
    numbers: list[frozenset[Decimal]] = []
    words: list[str] = []

    def close() -> None:
        if words:
            numbers.append(frozenset({Decimal(_words_value(words))}))
            words.clear()

    tokens = [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)]
    for index, (token, _, _) in enumerate(tokens):
        if token.lstrip("-")[0].isdecimal():
            close()
            scale = Decimal(1)
            following = tokens[index + 1][0] if index + 1 < len(tokens) else ""
            if english and following in _SCALES:
                scale = Decimal(_SCALES[following])
            readings = frozenset(value * scale for value in _digit_values(token, english=english))
            if not english and following and not following[0].isdecimal():
                # A word of another language behind a number may be a scale: “2,5 Millionen”.
                readings |= {
                    value * 10**power for value in readings for power in (3, 4, 6, 8, 9, 12)
                }
            numbers.append(readings)
        elif (english and token in _SMALL) or (
            english
            and token in _SCALES
            and (words or (token == "dozen" and (index == 0 or tokens[index - 1][0] == "a")))
        ):
            words.append(token)
        elif not (english and token == "and" and words and words[-1] in _SCALES):
            close()
    close()
    if len(numbers) == 2 and english:
        numbers = _shared_scale(text, numbers)
    return numbers


def _shared_scale(text: str, numbers: list[frozenset[Decimal]]) -> list[frozenset[Decimal]]:
    """Apply the scale of the second number to the first, as in “between 2 and 3 million”."""
    scale = next(
        (Decimal(value) for word, value in _SCALES.items() if re.search(rf"\d\s*{word}\b", text)),
        None,
    )
    if scale is None:
        return numbers
    return [numbers[0] | {value * scale for value in numbers[0]}, numbers[1]]


def _digit_values(token: str, *, english: bool) -> set[Decimal]:
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in token)
    digits = re.sub(r"[\s'’-]", "", digits)
    readings = {_grouped(digits, group=",", point=".")}
    if not english:
        readings.add(_grouped(digits, group=".", point=","))
    values = {value for value in readings if value is not None}
    return {-value for value in values} if token.startswith("-") else values


def _grouped(digits: str, *, group: str, point: str) -> Decimal | None:
    integer, _, fraction = digits.partition(point)
    if not re.fullmatch(rf"\d+|\d{{1,3}}(?:{re.escape(group)}\d{{2,3}})+", integer) or (
        fraction and not fraction.isdigit()
    ):
        return None
    return Decimal(integer.replace(group, "") + (f".{fraction}" if fraction else ""))


def _words_value(words: list[str]) -> int:
    total = current = 0
    for word in words:
        if word in _SMALL:
            current += _SMALL[word]
        elif _SCALES[word] <= 100:
            current = max(current, 1) * _SCALES[word]
        else:
            total += max(current, 1) * _SCALES[word]
            current = 0
    return total + current
