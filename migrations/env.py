"""Alembic's entry: the build hands its connection over; the command line opens one."""

from typing import Any

from alembic import context
from sqlalchemy import Connection

from app.database.builds import current_schema
from app.database.engine import create_write_engine, parse_url, sqlite_path
from app.models import METADATA
from app.settings import load_settings


def include_object(_: Any, name: str | None, kind: str, reflected: bool, __: Any) -> bool:
    """Leave out the full-text index, which is DDL of the models and not a table of theirs."""
    name = name or ""
    is_index = "search_index" in name or name == "vector" or name.endswith("_vector")
    return not (reflected and kind in ("table", "column", "index") and is_index)


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_object=include_object,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = parse_url(load_settings().database_url)
    schema = "public" if sqlite_path(url) else current_schema(url)
    with create_write_engine(url, schema=schema).begin() as connection:
        run(connection)
