"""What the database itself refuses, on both databases; and its one history of migrations."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from app.curation.build import check_migrations, migrate
from app.database.engine import create_write_engine, parse_url
from app.models import METADATA, MISSING_EARLIEST, MISSING_LATEST, PRESENT, SCHEMA_REVISION
from app.settings import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture
def engine(new_database: Callable[[], str]) -> Iterator[Engine]:
    engine = create_write_engine(parse_url(new_database()), schema="public")
    yield engine
    engine.dispose()


def tables(connection: Connection) -> set[str]:
    return {name for name in inspect(connection).get_table_names() if "search_index" not in name}


def schema(connection: Connection) -> set[str]:
    """Every table, index, constraint, function and generated column, as the database writes it."""
    if connection.dialect.name == "sqlite":
        queries = ["SELECT sql FROM sqlite_master WHERE name NOT LIKE 'alembic%'"]
    else:
        of_public = "JOIN pg_namespace AS n ON n.nspname = 'public' AND n.oid ="
        queries = [
            (
                "SELECT concat_ws(' ', table_name, column_name, data_type, collation_name,"
                " is_nullable,"
                " generation_expression) FROM information_schema.columns WHERE table_schema ="
                " 'public'"
            ),
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
            (
                "SELECT conrelid::regclass || conname || pg_get_constraintdef(c.oid)"
                f" FROM pg_constraint AS c {of_public} c.connamespace"
            ),
            f"SELECT pg_get_functiondef(p.oid) FROM pg_proc AS p {of_public} p.pronamespace",
        ]
    rows = {row for sql in queries for row in connection.exec_driver_sql(sql).scalars()}
    return {row for row in rows if row and "alembic_version" not in row}


def test_migrations_run_up_and_down_and_up_again(engine: Engine) -> None:
    with engine.begin() as connection:
        migrate(connection)
        created = schema(connection)
        assert tables(connection) == {*METADATA.tables, "alembic_version"}
        migrate(connection, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
        assert schema(connection) == set()
        migrate(connection)
        assert schema(connection) == created


def test_the_migrations_create_what_the_models_declare(engine: Engine) -> None:
    with engine.begin() as connection:
        migrate(connection)
        migrated = schema(connection)
        check_migrations(connection)
        migrate(connection, "base")
        METADATA.create_all(connection)
        assert schema(connection) == migrated


def test_tables_that_change_have_a_new_revision(tmp_path: Path) -> None:
    """Otherwise a server would accept a database without their new columns."""
    engine = create_write_engine(parse_url(f"sqlite:///{tmp_path / 'x.db'}"))
    with engine.begin() as connection:
        METADATA.create_all(connection)
        tables = "\n".join(sorted(schema(connection)))
    engine.dispose()
    digest = hashlib.sha256(tables.encode()).hexdigest()[:12]
    assert (SCHEMA_REVISION, digest) == ("0002", "350dd63c915d"), (
        "the tables have changed: after a release, count SCHEMA_REVISION up, and the revision and"
        f" name of the file in migrations/versions; then put both and {digest} here"
    )


def test_the_server_asks_for_the_newest_revision() -> None:
    assert ScriptDirectory(str(ROOT / "migrations")).get_heads() == [SCHEMA_REVISION]


def test_every_check_has_a_name_that_says_what_it_asks() -> None:
    for table in METADATA.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint):
                assert str(constraint.name).startswith(f"ck_{table.name}_")


def test_every_reference_of_the_present_is_a_foreign_key() -> None:
    for table in PRESENT:
        for column in table.columns:
            if column.name.endswith("_id") and column.name != "record_id":
                assert column.foreign_keys, f"{table.name}.{column.name}"


FIGURE = {
    "id": "f",
    "revision_key": 1,
    "title": "t",
    "title_key": "t",
    "source_id": "s",
    "published_earliest": 1,
    "published_latest": 2,
    "series_id": "r",
    "measure": "m",
    "measure_kind": "cumulative",
    "unit": "person",
    "value": 5,
    "value_or_most": 5,
    "value_or_least": 5,
    "as_written": "five",
    "qualifier": "none_stated",
    "lower": None,
    "upper": None,
    "bound": None,
    "population_id": None,
    "denominator_id": None,
    "event_id": None,
    "observation_status": None,
    "supersedes_id": None,
    "superseded_by_id": None,
    "origin": "none_named",
    "period_edtf": None,
    "period_earliest": MISSING_EARLIEST,
    "period_latest": MISSING_LATEST,
    "period_basis": None,
    "as_of_edtf": "2024",
    "as_of_earliest": 738886,
    "as_of_latest": 739251,
    "as_of_basis": "stated",
}

# What must never be true → the name of the constraint that says so.
NEVER: list[tuple[dict[str, Any], str]] = [
    ({"qualifier": "over", "bound": "gt"}, "value_matches_qualifier"),
    ({"qualifier": "over", "bound": "gt", "lower": 6}, "value_matches_qualifier"),
    ({"qualifier": "over", "bound": "ge", "lower": 5}, "value_matches_qualifier"),
    ({"qualifier": "at_most", "bound": "le", "lower": 5}, "value_matches_qualifier"),
    ({"qualifier": "none_stated", "value": None}, "value_matches_qualifier"),
    ({"qualifier": "none_stated", "lower": 5}, "value_matches_qualifier"),
    (
        {"qualifier": "between", "bound": "both", "value": None, "lower": 6, "upper": 5},
        "value_matches_qualifier",
    ),
    ({"qualifier": "unquantified", "value": 5}, "value_matches_qualifier"),
    ({"qualifier": "roughly"}, "qualifier_is_known|value_matches_qualifier"),
    ({"measure_kind": "sum"}, "measure_kind_is_known"),
    ({"as_of_latest": 738885}, "as_of_in_order"),
    ({"period_earliest": 738917, "period_latest": 738886}, "period_in_order"),
    ({"measure_kind": "share"}, "measure_names_a_share"),
    ({"measure": "share_of_m"}, "measure_names_a_share"),
    ({"superseded_by_id": "f"}, "does_not_supersede_itself"),
    ({"observation_status": "final"}, "observation_status_is_known"),
    ({"denominator_id": "f"}, "is_not_its_own_denominator"),
    ({"id": "Not A Slug"}, "id_is_a_slug"),
    ({"title": ""}, "title_is_not_empty"),
    ({"as_of_latest": None}, "as_of_latest"),
    ({"source_id": "nobody"}, "foreign key"),
    ({"unit": "parsec"}, "foreign key"),
    ({"origin": "none"}, "origin_is_known"),
]


CODES = {"source_kind": "report", "actor_kind": "state", "measure": "m", "unit": "person"}


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        migrate(connection)
        for number, resource_type in enumerate(("figure", "source", "series", "actor"), start=1):
            if number == 1:
                connection.execute(
                    text(
                        "INSERT INTO dataset VALUES (1, 'v', 'b', NULL, NULL, 4, '{}', '{}', '{}')"
                    )
                )
            connection.execute(
                text("INSERT INTO revision VALUES (:k, :n, 'x', 1, 1, NULL, :h, NULL, '{}')"),
                {"k": number, "n": resource_type, "h": "a" * 64},
            )
        for scheme, code in CODES.items():
            connection.execute(
                text(f"INSERT INTO {scheme} VALUES (:code, 'l', 'd', NULL, '[]', false, NULL)"),
                {"code": code},
            )
        insert(
            connection,
            "source",
            {
                "id": "s",
                "revision_key": 2,
                "title": "t",
                "title_key": "t",
                "kind": "report",
                "content_sha256": "a" * 64,
            }
            | {
                "characters": 9,
                "text_access": "withheld",
                "published_earliest": 1,
                "published_latest": 2,
            },
        )
        insert(
            connection,
            "series",
            {
                "id": "r",
                "revision_key": 3,
                "title": "t",
                "title_key": "t",
                "measure": "m",
                "measure_kind": "cumulative",
            }
            | {
                "unit": "person",
                "method": "reported",
                "definition": "d",
                "counted_from_earliest": 1,
                "counted_from_latest": 2,
            },
        )
        insert(
            connection,
            "actor",
            {"id": "a", "revision_key": 4, "title": "t", "title_key": "t", "kind": "state"},
        )
        yield connection


def insert(connection: Connection, table: str, row: dict[str, Any]) -> None:
    row = {**row, "recorded_from": 1}
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)


def test_a_figure_that_keeps_all_rules_is_accepted(connection: Connection) -> None:
    insert(connection, "figure", FIGURE)


@pytest.mark.parametrize(("change", "constraint"), NEVER, ids=lambda part: str(part)[:60])
def test_what_must_never_be_true_cannot_be_stored(
    connection: Connection, change: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=f"(?i){constraint}"):
        insert(connection, "figure", FIGURE | change)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"end_offset": 3}, "span_in_order|is_quote_or_range"),
        ({"start_offset": -1, "end_offset": 2}, "span_in_order"),
        ({"end_offset": 7}, "is_quote_or_range"),
        ({"first_words": "a"}, "is_quote_or_range"),
        ({"exact": None}, "is_quote_or_range"),
        ({"exact": None, "first_words": "aa", "last_words": "bb"}, "is_quote_or_range"),
        ({"prefix": "x" * 25}, "context_is_short"),
    ],
    ids=str,
)
def test_a_span_is_a_quote_of_its_length_or_a_range_that_holds_its_ends(
    connection: Connection, change: dict[str, Any], constraint: str
) -> None:
    good = {
        "key": 1,
        "source_id": "s",
        "start_offset": 3,
        "end_offset": 6,
        "exact": "a😀b",
        "first_words": None,
        "last_words": None,
        "prefix": "",
        "suffix": "",
    }
    with pytest.raises(IntegrityError, match=constraint):
        insert(connection, "evidence", good | change)
    connection.rollback()


def test_a_tie_leads_to_exactly_one_record(connection: Connection) -> None:
    row = {
        "key": 1,
        "source_id": "s",
        "start_offset": 3,
        "end_offset": 6,
        "exact": "a😀b",
        "first_words": None,
        "last_words": None,
        "prefix": "",
        "suffix": "",
    }
    insert(connection, "evidence", row)
    proof = {"revision_key": 1, "position": 0, "evidence_key": 1, "proves": ""}
    with pytest.raises(IntegrityError, match="ties_exactly_one"):
        insert(connection, "proof", proof)
