"""The whole text of a source."""

from typing import Any

from sqlalchemy import Select, bindparam, select

from app.database.execute import Reader
from app.models import Source, SourceText
from app.problems import NOT_FOUND, Problem
from app.query.withdrawals import raise_missing
from app.resources import RESOURCES
from app.resources.declarations import table_of

_SOURCE = RESOURCES["source"]


async def read_text(database: Reader, source_id: str) -> bytes:
    """The bytes of a source's file.

    Raises Problem `not-found` where its text is not published, and what `raise_missing` raises.
    """
    statement = database.compiled("source text", _select_text)
    rows = await database.fetch_all(statement, {"source": source_id})
    if not rows:
        await raise_missing(database, _SOURCE, source_id)
    text_access, body = rows[0]
    if body is None:
        detail = (
            f"Read its evidence at {_SOURCE.path}/{source_id}/evidence: the text itself is not"
            f" published, text_access is “{text_access}”."
        )
        raise Problem(NOT_FOUND, detail)
    return bytes(body)


def _select_text() -> Select[Any]:
    source, text = table_of(Source), table_of(SourceText)
    return (
        select(source.c.text_access, text.c.body)
        .select_from(source.outerjoin(text, text.c.source_id == source.c.id))
        .where(source.c.id == bindparam("source"))
    )
