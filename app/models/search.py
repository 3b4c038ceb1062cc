"""Full-text search: the words of each record, and the index over them.

SQLite indexes them in an FTS5 table without content. Its rows are numbered in the order
of lists: by resource type, then by id (`search_index_place` leads from a row to a record). The rows
of `past_search_index` are numbered by the key of the document. PostgreSQL has a generated column
and a GIN index. Its own parser would split and stem in its own way, so each token is given its
position instead.
"""

from sqlalchemy import DDL, Text, UniqueConstraint, event
from sqlmodel import Field

from app import vocabulary as v
from app.models.base import METADATA, Code, PresentRow, Slug, is_one_of


class SearchDocument(PresentRow, table=True):
    """The words of a record, folded and tokenised by `app.query.tokenizer`.

    `name_tokens` are those of its names, `text_tokens` all others; `length` counts both. `key` is
    that of the record's revision.
    """

    __tablename__ = "search_document"
    __table_args__ = (
        UniqueConstraint("resource_type", "record_id"),
        is_one_of("resource_type", v.ResourceType),
    )

    key: int = Field(primary_key=True)
    resource_type: str = Field(sa_type=Code)
    record_id: str = Field(sa_type=Slug)
    name_tokens: str = Field(sa_type=Text)
    text_tokens: str = Field(sa_type=Text)
    length: int


SQLITE_INDEX = (
    *(
        f"CREATE VIRTUAL TABLE {name}"
        " USING fts5(name, text, content='', tokenize='ascii', prefix='1 2 3')"
        for name in ("search_index", "past_search_index")
    ),
    (
        "CREATE TABLE search_index_place"
        " (place INTEGER PRIMARY KEY, key INTEGER NOT NULL UNIQUE, length INTEGER NOT NULL)"
    ),
)
POSTGRESQL_INDEX = (
    """CREATE FUNCTION search_vector(name text, body text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT coalesce(
        string_agg(quote_literal(token) || ':' || position || weight, ' '), ''
    )::tsvector FROM (
        SELECT token, position, 'A' AS weight
        FROM unnest(string_to_array(name, ' ')) WITH ORDINALITY AS of_name(token, position)
        UNION ALL
        SELECT token, position + 1 + coalesce(array_length(string_to_array(name, ' '), 1), 0), ''
        FROM unnest(string_to_array(body, ' ')) WITH ORDINALITY AS of_body(token, position)
    ) AS one WHERE token <> '' $$""",
    *(
        statement
        for name in ("search_document", "past_search_document")
        for statement in (
            (
                f"ALTER TABLE {name} ADD COLUMN vector tsvector"
                " GENERATED ALWAYS AS (search_vector(name_tokens, text_tokens)) STORED"
            ),
            f"CREATE INDEX ix_{name}_vector ON {name} USING gin (vector)",
        )
    ),
)
DROP_SQLITE_INDEX = (
    "DROP TABLE past_search_index",
    "DROP TABLE search_index",
    "DROP TABLE search_index_place",
)

for moment, dialect, statements in (
    ("after_create", "sqlite", SQLITE_INDEX),
    ("before_drop", "sqlite", DROP_SQLITE_INDEX),
    ("after_create", "postgresql", POSTGRESQL_INDEX),
    ("after_drop", "postgresql", ("DROP FUNCTION search_vector(text, text)",)),
):
    for each in statements:
        statement: DDL = DDL(each)  # type: ignore[no-untyped-call]
        event.listen(METADATA, moment, statement.execute_if(dialect=dialect))
