"""What a build would change: the records of the seeds beside those that a database serves."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from app.curation.history import (
    CurrentRevision,
    HistoryUnreadable,
    code_rows,
    in_schema,
    newly_explained,
    read_history,
)
from app.curation.records import Records, WithdrawalNotice
from app.database.builds import current_schema
from app.database.engine import create_write_engine, sqlite_path
from app.errors import OperatorError
from app.models import Revision
from app.resources.declarations import table_of
from app.resources.fields import Record

_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Field:
    """A field of a record before and after; `None`: the record had no such field."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Difference:
    """What a build would do to one record, or to one code of the scheme `resource`.

    `refused`: the id was withdrawn, and the build would not take it again; or the code was removed,
    which the build would not do. `fields` are those of a changed one, `reason` and `renamed_to`
    those of a withdrawn record.
    """

    kind: Literal["added", "changed", "withdrawn", "renamed", "refused"]
    resource: str
    id: str
    fields: tuple[Field, ...] = ()
    reason: str | None = None
    renamed_to: str | None = None

    def document(self) -> dict[str, Any]:
        return asdict(self)

    def lines(self) -> Iterator[str]:
        target = f" → {self.renamed_to}" if self.renamed_to else ""
        yield f"{self.kind} {self.resource} {self.id}{target}"
        if self.reason:
            yield f"  reason: {self.reason}"
        for field in self.fields:
            yield f"  {field.name}: {_shortened(field.before)} → {_shortened(field.after)}"


def differences(records: Records, url: URL) -> list[Difference]:
    """What a build would change, withdrawals last. Raises OperatorError where the database cannot
    be read.
    """
    path = sqlite_path(url)
    if path is not None and not path.exists():
        raise OperatorError(f"there is no database at {path}: a build would make it anew")
    schema = "main" if path is not None else current_schema(url)
    engine = create_write_engine(url)
    try:
        with engine.connect() as connection:
            return list(_compared(records, connection, schema))
    except HistoryUnreadable as error:
        raise OperatorError(f"{url.render_as_string()} cannot be compared: {error}") from None
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise OperatorError(f"{url.render_as_string()} cannot be read: {reason}") from None
    finally:
        engine.dispose()


def _compared(records: Records, connection: Connection, schema: str) -> Iterator[Difference]:
    history = read_history(connection, schema)
    missing = dict(history.current)
    for resource_type, record in records:
        name = (resource_type, record.id)
        current = missing.pop(name, None)
        if name in history.withdrawn:
            yield Difference("refused", resource_type, record.id)
        elif current is None:
            yield Difference("added", resource_type, record.id)
        elif current.content_hash != hashlib.sha256(record.model_dump_json().encode()).hexdigest():
            yield Difference(
                "changed",
                resource_type,
                record.id,
                tuple(_fields(_body(connection, schema, current), record)),
            )
    codes = code_rows(records.vocabulary)
    for scheme, code in sorted(codes.keys() | history.codes.keys()):
        before, after = history.codes.get((scheme, code)), codes.get((scheme, code))
        if after is None:
            yield Difference("refused", scheme, code)
        elif before is None:
            yield Difference("added", scheme, code)
        elif before != after:
            names = (name for name in after if before[name] != after[name])
            fields = tuple(Field(name, before[name], after[name]) for name in names)
            yield Difference("changed", scheme, code, fields)
    never_served = [
        name
        for name in records.withdrawal_notices
        if name not in history.current and name not in history.withdrawn
    ]
    for withdrawn_type, record_id in [
        *missing,
        *never_served,
        *newly_explained(history, records.withdrawal_notices),
    ]:
        notice = records.withdrawal_notices.get((withdrawn_type, record_id), WithdrawalNotice())
        kind: Literal["withdrawn", "renamed"] = "renamed" if notice.renamed_to else "withdrawn"
        yield Difference(
            kind, withdrawn_type, record_id, reason=notice.reason, renamed_to=notice.renamed_to
        )


def _body(connection: Connection, schema: str, current: CurrentRevision) -> Mapping[str, Any]:
    revision = in_schema(schema, table_of(Revision))
    body: Mapping[str, Any] = orjson.loads(
        connection.execute(
            select(revision.c.body).where(revision.c.key == current.key)
        ).scalar_one()
    )
    return body


def _fields(before: Mapping[str, Any], record: Record) -> Iterator[Field]:
    after = orjson.loads(record.model_dump_json())
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield Field(name, before.get(name), after.get(name))


def _shortened(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
