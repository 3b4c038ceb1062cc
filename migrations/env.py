"""Alembic's entry: the connection is handed over by the build, or, at the command line, made from the settings."""

from typing import Any

from alembic import context
from sqlalchemy import Connection

from app.database.builds import current_schema
from app.database.engine import create_write_engine, parse_url, sqlite_path
from app.models.history import METADATA
from app.settings import load_settings


def include_name(name: str | None, type_: str, _: Any) -> bool:
    """The full-text index and the tables that it keeps are made by hand in the migrations, not declared as models."""
    return not (
        type_ == "table"
        and name is not None
        and name.startswith(("search_index", "past_search_index"))
    )


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_name=include_name,
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
    engine = (
        create_write_engine(url)
        if sqlite_path(url)
        else create_write_engine(url, schema=current_schema(url))
    )
    with engine.begin() as connection:
        run(connection)
