"""What a build takes over from the database that it replaces: every dataset and every revision that was ever served.

A record whose content is the same keeps its revision; one that changed gets the next number; one that is gone is withdrawn, and
its id is never used again. All of it happens in the new database, before that takes the place of the old one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from app.errors import OperatorError
from app.models import SCHEMA_REVISION, Dataset, Revision, Withdrawal
from app.resources.declare import tables
from app.vocabulary import Noun

Name = tuple[str, str]
"""Noun and id."""


@dataclass(frozen=True)
class Kept:
    """The revision under which a record was served last."""

    key: int
    number: int
    content_hash: str


@dataclass
class Past:
    """What was served before; empty where nothing was. `ordinal` counts the datasets, the next one is one more."""

    ordinal: int = 0
    version: str | None = None
    versions: frozenset[str] = frozenset()
    current: dict[Name, Kept] = field(default_factory=dict)
    withdrawn: Mapping[Name, str] = field(default_factory=dict)
    last_key: int = 0


@dataclass(frozen=True)
class Placed:
    """Where a record stands among its revisions: `is_new` where this one has not been served before."""

    key: int
    number: int
    is_new: bool


class History:
    """Goes through the records of a new dataset, and knows at the end what became of the old ones."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._gone = dict(past.current)
        self._replaced: list[int] = []
        self._last_key = past.last_key
        self.ordinal = past.ordinal + 1
        self._added: Counter[str] = Counter()
        self._changed: Counter[str] = Counter()

    def place(self, noun: Noun, record_id: str, content_hash: str) -> Placed:
        """Raises OperatorError for an id that was withdrawn."""
        version = self._past.withdrawn.get((noun, record_id))
        if version is not None:
            raise OperatorError(
                f"the {noun} {record_id} was withdrawn in dataset {version}, and an id is never used again: give the"
                " record another one"
            )
        kept = self._gone.pop((noun, record_id), None)
        if kept is not None and kept.content_hash == content_hash:
            return Placed(kept.key, kept.number, is_new=False)
        if kept is None:
            self._added[noun] += 1
        else:
            self._changed[noun] += 1
            self._replaced.append(kept.key)
        self._last_key += 1
        return Placed(self._last_key, 1 if kept is None else kept.number + 1, is_new=True)

    @property
    def is_unchanged(self) -> bool:
        return self._past.ordinal > 0 and not (self._gone or self._added or self._changed)

    @property
    def changes(self) -> dict[str, dict[str, int]]:
        """How many records were added, changed and withdrawn, by noun; nouns without any are left out."""
        withdrawn = Counter(noun for noun, _ in self._gone)
        counts = {"added": self._added, "changed": self._changed, "withdrawn": withdrawn}
        nouns = sorted({noun for counter in counts.values() for noun in counter})
        return {noun: {what: counter[noun] for what, counter in counts.items()} for noun in nouns}

    def ended(self) -> Iterator[int]:
        """The keys of the revisions that this dataset is the first without."""
        yield from self._replaced
        yield from (kept.key for kept in self._gone.values())

    def withdrawals(self) -> Iterator[Name]:
        yield from self._gone

    def version(self, content: str) -> str:
        """The name of this dataset: equal data have equal names, but no two datasets of one history share one."""
        return f"{content}-{self.ordinal}" if content in self._past.versions else content


def read_past(connection: Connection, place: str) -> Past:
    """What the database attached as `place` has served. Raises OperatorError where it is of another version of the program."""
    try:
        found = connection.execute(text(f"SELECT version_num FROM {place}.alembic_version")).scalar_one()  # noqa: S608 - our own name
    except SQLAlchemyError:
        return Past()
    if found != SCHEMA_REVISION:
        return Past()
    datasets = connection.execute(text(f"SELECT ordinal, version FROM {place}.dataset ORDER BY ordinal")).all()  # noqa: S608 - the same
    if not datasets:
        return Past()
    revisions = connection.execute(
        text(f"SELECT noun, record_id, key, number, content_hash FROM {place}.revision WHERE recorded_to IS NULL")  # noqa: S608
    )
    withdrawn = connection.execute(
        text(
            "SELECT w.noun, w.record_id, d.version"  # noqa: S608 - the same
            f" FROM {place}.withdrawal AS w JOIN {place}.dataset AS d ON d.ordinal = w.recorded_from"
        )
    )
    last_key = connection.execute(text(f"SELECT max(key) FROM {place}.revision")).scalar_one()  # noqa: S608
    ordinal, version = datasets[-1]
    return Past(
        ordinal=ordinal,
        version=version,
        versions=frozenset(row[1] for row in datasets),
        current={(noun, record_id): Kept(key, number, content) for noun, record_id, key, number, content in revisions},
        withdrawn={(noun, record_id): in_version for noun, record_id, in_version in withdrawn},
        last_key=last_key or 0,
    )


def copy_past(connection: Connection, place: str) -> None:
    """All that was served, as it was."""
    for model in (Dataset, Revision, Withdrawal):
        table = tables(model)
        names = ", ".join(column.name for column in table.columns)
        connection.execute(text(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {place}.{table.name}"))  # noqa: S608
