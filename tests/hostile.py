"""Made-up records whose every free text is an attempt: markup, programs in addresses, words without
end, signs that turn others round. Ids, codes and dates are as ever, so that they are records like
any other.
"""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from app.curation.build import Silent, build_records
from app.curation.records import Records
from app.database.engine import parse_url
from app.resources import RESOURCES
from tests.many import Maker
from tests.vocabulary import VOCABULARY

SCRIPT = "<script>document.title='taken'</script>"
ATTEMPTS = (
    SCRIPT,
    '"><img src=x onerror="document.title=\'taken\'">',
    "</title></style></textarea><svg onload=document.title='taken'>",
    "javascript:document.title='taken'",
    "{{ 7 * 7 }}{% raise %}${7*7}&lt;b&gt;",
    "\u202egnirts desrever\u202c and \u2066left \u202dopen",
    "W" * 3_000,
    "قال المتحدث إن 1,250 شخصًا نزحوا (2031)",
    "דובר אמר: 1,250 איש",
    "🌊" * 40 + "e\u0301\u0323" * 40,
    "\x01\x1f\x7f tab\tand\nlines",
)
TEXTS = (
    *(
        "title",
        "summary",
        "as_written",
        "exact",
        "prefix",
        "suffix",
        "headline",
        "publisher",
        "definition",
        "note",
    ),
    *("reason", "licence", "authors", "caveats"),
)
"""The fields that hold free text."""


def build_hostile(url: str) -> None:
    records = Maker(40).records()
    turn = count()
    by_type = {
        resource_type: [
            RESOURCES[resource_type].record.model_validate(
                _spoiled(record.model_dump(mode="json"), turn)
            )
            for record in records.by_type[resource_type]
        ]
        for resource_type in RESOURCES
    }
    build_records(Records(by_type, vocabulary=VOCABULARY), parse_url(url), "hostile", Silent())


def _spoiled(value: Any, turn: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        spoiled = {key: _spoiled(part, turn, key) for key, part in value.items()}
        if "exact" in spoiled:
            spoiled["end"] = spoiled["start"] + len(spoiled["exact"])
        return spoiled
    if isinstance(value, str):
        if name == "original_url":
            return "javascript:document.title='taken'"
        attempt = ATTEMPTS[next(turn) % len(ATTEMPTS)]
        if name in ("prefix", "suffix"):
            return attempt[:24]
        return attempt if name in TEXTS else value
    if isinstance(value, Sequence):
        return [_spoiled(part, turn, name) for part in value]
    return value
