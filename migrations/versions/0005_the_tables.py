"""The tables, and the index for full-text search.

Each table of the present has one beside it for its rows that have ended; so has the index. SQLite: an FTS5 table without
content of its own, whose row numbers are the keys of `search_document`. PostgreSQL: a column made from the tokens, and a GIN
index. Tokens are folded before they are stored: both databases take them as they
are, so that they find the same.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

SLUG = sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql")
CODE = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SORT_KEY = sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql")

revision = "0005"
down_revision = None
branch_labels = None
depends_on = None


def _table(name: str, *items: SchemaItem) -> None:
    """A table of the present, and beside it that of the rows which have ended: without checks and keys to others."""
    present = op.create_table(
        name, *items, sa.Column("recorded_from", sa.Integer(), nullable=False)
    )
    key = [column.name for column in present.primary_key.columns]
    op.create_table(
        f"past_{name}",
        *(
            sa.Column(column.name, column.type, nullable=column.nullable)
            for column in present.columns
        ),
        sa.Column("recorded_to", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "recorded_from < recorded_to",
            name=op.f(f"ck_past_{name}_lives_for_at_least_one_version"),
        ),
        sa.PrimaryKeyConstraint(*key, "recorded_from", name=op.f(f"pk_past_{name}")),
    )
    for once in present.constraints:
        if isinstance(once, sa.UniqueConstraint):
            columns = [column.name for column in once.columns]
            op.create_index(op.f(f"ix_past_{name}_{'_'.join(columns)}"), f"past_{name}", columns)


def _index(name: str, columns: list[str], *, using: str | None = None) -> None:
    """Over the table and over its past."""
    for table in (name, f"past_{name}"):
        op.create_index(
            op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns, postgresql_using=using
        )


def upgrade() -> None:
    op.create_table(
        "dataset",
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("built_from", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.String(length=20), nullable=True),
        sa.Column("newest_published", sa.Integer(), nullable=True),
        sa.Column("last_key", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("facets", sa.Text(), nullable=False),
        sa.CheckConstraint("ordinal >= 1", name=op.f("ck_dataset_ordinal_starts_at_one")),
        sa.PrimaryKeyConstraint("ordinal", name=op.f("pk_dataset")),
        sa.UniqueConstraint("version", name=op.f("uq_dataset_version")),
    )
    op.create_table(
        "ready_part",
        sa.Column("noun", CODE, nullable=False),
        sa.Column("format", CODE, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "noun IN ('source', 'actor', 'place', 'event', 'statement', 'figure', 'series')",
            name=op.f("ck_ready_part_noun_is_known"),
        ),
        sa.PrimaryKeyConstraint("noun", "format", "number", name=op.f("pk_ready_part")),
    )
    _table(
        "search_document",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("noun", CODE, nullable=False),
        sa.Column("record_id", SLUG, nullable=False),
        sa.Column("name_tokens", sa.Text(), nullable=False),
        sa.Column("text_tokens", sa.Text(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "noun IN ('source', 'actor', 'place', 'event', 'statement', 'figure', 'series')",
            name=op.f("ck_search_document_noun_is_known"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_search_document")),
        sa.UniqueConstraint("noun", "record_id", name=op.f("uq_search_document_noun_record_id")),
    )
    op.create_table(
        "revision",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("noun", CODE, nullable=False),
        sa.Column("record_id", SLUG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recorded_from", sa.Integer(), nullable=False),
        sa.Column("recorded_to", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "noun IN ('source', 'actor', 'place', 'event', 'statement', 'figure', 'series')",
            name=op.f("ck_revision_noun_is_known"),
        ),
        sa.CheckConstraint(
            "length(content_hash) = 64 AND content_hash = lower(content_hash)",
            name=op.f("ck_revision_content_hash_is_sha256"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_revision_number_starts_at_one")),
        sa.CheckConstraint(
            "recorded_from < recorded_to", name=op.f("ck_revision_lives_for_at_least_one_version")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_from"], ["dataset.ordinal"], name=op.f("fk_revision_recorded_from_dataset")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_to"], ["dataset.ordinal"], name=op.f("fk_revision_recorded_to_dataset")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_revision")),
        sa.UniqueConstraint(
            "noun", "record_id", "number", name=op.f("uq_revision_noun_record_id_number")
        ),
    )
    op.create_index(op.f("ix_revision_noun_key"), "revision", ["noun", "key"])
    op.create_table(
        "withdrawal",
        sa.Column("noun", CODE, nullable=False),
        sa.Column("record_id", SLUG, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("recorded_from", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("renamed_to", SLUG, nullable=True),
        sa.CheckConstraint(
            "renamed_to <> record_id", name=op.f("ck_withdrawal_is_renamed_to_another")
        ),
        sa.CheckConstraint(
            "noun IN ('source', 'actor', 'place', 'event', 'statement', 'figure', 'series')",
            name=op.f("ck_withdrawal_noun_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_from"], ["dataset.ordinal"], name=op.f("fk_withdrawal_recorded_from_dataset")
        ),
        sa.PrimaryKeyConstraint("noun", "record_id", name=op.f("pk_withdrawal")),
        sa.UniqueConstraint("key", name=op.f("uq_withdrawal_key")),
    )
    op.create_index(op.f("ix_withdrawal_noun_key"), "withdrawal", ["noun", "key"])
    _table(
        "actor",
        sa.Column("id", SLUG, nullable=False),
        sa.Column("revision_key", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", SORT_KEY, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.CheckConstraint(
            "kind IN ('person', 'state', 'organisation', 'office', 'armed_or_political_group', 'media', 'population', 'unnamed')",
            name=op.f("ck_actor_kind_is_known"),
        ),
        sa.CheckConstraint(
            "length(id) BETWEEN 1 AND 80 AND id = lower(id) AND id NOT LIKE '% %'",
            name=op.f("ck_actor_id_is_a_slug"),
        ),
        sa.CheckConstraint(
            "length(country) = 2 AND country = upper(country)",
            name=op.f("ck_actor_country_is_alpha_2"),
        ),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_actor_title_is_not_empty")),
        sa.ForeignKeyConstraint(
            ["revision_key"], ["revision.key"], name=op.f("fk_actor_revision_key_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor")),
        sa.UniqueConstraint("revision_key", name=op.f("uq_actor_revision_key")),
    )
    _index("actor", ["country", "id"])
    _index("actor", ["kind", "id"])
    _index("actor", ["title_key", "id"])
    _table(
        "place",
        sa.Column("id", SLUG, nullable=False),
        sa.Column("revision_key", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", SORT_KEY, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("part_of_id", SLUG, nullable=True),
        sa.CheckConstraint(
            "kind IN ('territory', 'country', 'city', 'region', 'institution')",
            name=op.f("ck_place_kind_is_known"),
        ),
        sa.CheckConstraint(
            "length(id) BETWEEN 1 AND 80 AND id = lower(id) AND id NOT LIKE '% %'",
            name=op.f("ck_place_id_is_a_slug"),
        ),
        sa.CheckConstraint(
            "length(country) = 2 AND country = upper(country)",
            name=op.f("ck_place_country_is_alpha_2"),
        ),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_place_title_is_not_empty")),
        sa.CheckConstraint("part_of_id <> id", name=op.f("ck_place_is_not_part_of_itself")),
        sa.ForeignKeyConstraint(
            ["part_of_id"],
            ["place.id"],
            name=op.f("fk_place_part_of_id_place"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["revision_key"], ["revision.key"], name=op.f("fk_place_revision_key_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("revision_key", name=op.f("uq_place_revision_key")),
    )
    _index("place", ["country", "id"])
    _index("place", ["kind", "id"])
    _index("place", ["part_of_id", "id"])
    _index("place", ["title_key", "id"])
    _table(
        "source",
        sa.Column("id", SLUG, nullable=False),
        sa.Column("revision_key", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", SORT_KEY, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("headline", sa.Text(), nullable=True),
        sa.Column("publisher", WORDS, nullable=True),
        sa.Column("original_url", sa.Text(), nullable=True),
        sa.Column("language", CODE, nullable=True),
        sa.Column("published_edtf", CODE, nullable=True),
        sa.Column("published_earliest", sa.Integer(), nullable=False),
        sa.Column("published_latest", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("text_access", CODE, nullable=False),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('news_article', 'report', 'dataset')", name=op.f("ck_source_kind_is_known")
        ),
        sa.CheckConstraint(
            "length(id) BETWEEN 1 AND 80 AND id = lower(id) AND id NOT LIKE '% %'",
            name=op.f("ck_source_id_is_a_slug"),
        ),
        sa.CheckConstraint(
            "text_access IN ('withheld', 'quotes_only', 'full')",
            name=op.f("ck_source_text_access_is_known"),
        ),
        sa.CheckConstraint("characters > 0", name=op.f("ck_source_text_is_not_empty")),
        sa.CheckConstraint(
            "length(content_sha256) = 64 AND content_sha256 = lower(content_sha256)",
            name=op.f("ck_source_content_sha256_is_sha256"),
        ),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_source_title_is_not_empty")),
        sa.CheckConstraint(
            "published_earliest <= published_latest OR (published_earliest = 3652061 AND published_latest = -1)",
            name=op.f("ck_source_published_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["revision_key"], ["revision.key"], name=op.f("fk_source_revision_key_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("revision_key", name=op.f("uq_source_revision_key")),
    )
    _index("source", ["characters", "id"])
    _index("source", ["kind", "id"])
    _index("source", ["published_earliest", "id", "published_latest"])
    _index("source", ["published_latest", "id", "published_earliest"])
    _index("source", ["publisher", "id"])
    _index("source", ["title_key", "id"])
    _table(
        "actor_name",
        sa.Column("actor_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("as_written", WORDS, nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_actor_name_actor_id_actor")
        ),
        sa.PrimaryKeyConstraint("actor_id", "position", name=op.f("pk_actor_name")),
    )
    _index("actor_name", ["as_written"], using="hash")
    _table(
        "actor_relation",
        sa.Column("actor_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", CODE, nullable=False),
        sa.Column("to_id", SLUG, nullable=False),
        sa.Column("basis", CODE, nullable=False),
        sa.Column("date_earliest", sa.Integer(), nullable=False),
        sa.Column("date_latest", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "basis IN ('stated', 'inferred')", name=op.f("ck_actor_relation_basis_is_known")
        ),
        sa.CheckConstraint(
            "type IN ('part_of', 'office_of', 'member_of', 'represents', 'ally_of', 'ties_with', 'supports', 'opposes')",
            name=op.f("ck_actor_relation_type_is_known"),
        ),
        sa.CheckConstraint("actor_id <> to_id", name=op.f("ck_actor_relation_leads_to_another")),
        sa.CheckConstraint(
            "date_earliest <= date_latest OR (date_earliest = 3652061 AND date_latest = -1)",
            name=op.f("ck_actor_relation_date_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_actor_relation_actor_id_actor")
        ),
        sa.ForeignKeyConstraint(
            ["to_id"],
            ["actor.id"],
            name=op.f("fk_actor_relation_to_id_actor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("actor_id", "position", name=op.f("pk_actor_relation")),
    )
    _index("actor_relation", ["to_id", "actor_id"])
    _index("actor_relation", ["type", "actor_id"])
    _table(
        "actor_role",
        sa.Column("actor_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", WORDS, nullable=False),
        sa.Column("of_id", SLUG, nullable=True),
        sa.Column("date_earliest", sa.Integer(), nullable=False),
        sa.Column("date_latest", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "date_earliest <= date_latest OR (date_earliest = 3652061 AND date_latest = -1)",
            name=op.f("ck_actor_role_date_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_actor_role_actor_id_actor")
        ),
        sa.ForeignKeyConstraint(
            ["of_id"],
            ["actor.id"],
            name=op.f("fk_actor_role_of_id_actor"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("actor_id", "position", name=op.f("pk_actor_role")),
    )
    _index("actor_role", ["of_id", "actor_id"])
    _index("actor_role", ["title", "actor_id"])
    _table(
        "actor_source",
        sa.Column("actor_id", SLUG, nullable=False),
        sa.Column("source_id", SLUG, nullable=False),
        sa.Column("published_earliest", sa.Integer(), nullable=False),
        sa.Column("published_latest", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "published_earliest <= published_latest OR (published_earliest = 3652061 AND published_latest = -1)",
            name=op.f("ck_actor_source_published_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_actor_source_actor_id_actor")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_actor_source_source_id_source")
        ),
        sa.PrimaryKeyConstraint("actor_id", "source_id", name=op.f("pk_actor_source")),
    )
    _index("actor_source", ["source_id", "actor_id"])
    _table(
        "event",
        sa.Column("id", SLUG, nullable=False),
        sa.Column("revision_key", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", SORT_KEY, nullable=False),
        sa.Column("source_id", SLUG, nullable=False),
        sa.Column("published_earliest", sa.Integer(), nullable=False),
        sa.Column("published_latest", sa.Integer(), nullable=False),
        sa.Column("type", CODE, nullable=False),
        sa.Column("plover", CODE, nullable=True),
        sa.Column("status", CODE, nullable=False),
        sa.Column("date_edtf", CODE, nullable=True),
        sa.Column("date_earliest", sa.Integer(), nullable=False),
        sa.Column("date_latest", sa.Integer(), nullable=False),
        sa.Column("date_basis", CODE, nullable=True),
        sa.CheckConstraint(
            "date_basis IN ('stated', 'inferred', 'publication_date')",
            name=op.f("ck_event_date_basis_is_known"),
        ),
        sa.CheckConstraint(
            "length(id) BETWEEN 1 AND 80 AND id = lower(id) AND id NOT LIKE '% %'",
            name=op.f("ck_event_id_is_a_slug"),
        ),
        sa.CheckConstraint(
            "plover IN ('AGREE', 'CONSULT', 'SUPPORT', 'CONCEDE', 'COOPERATE', 'AID', 'RETREAT', 'REQUEST', 'ACCUSE', 'REJECT', 'THREATEN', 'PROTEST', 'SANCTION', 'MOBILIZE', 'COERCE', 'ASSAULT')",
            name=op.f("ck_event_plover_is_known"),
        ),
        sa.CheckConstraint(
            "status IN ('told_as_done', 'agreed', 'planned', 'unclear')",
            name=op.f("ck_event_status_is_known"),
        ),
        sa.CheckConstraint(
            "type IN ('agreement', 'aid', 'announcement', 'armed_conflict', 'arrest', 'arrival', 'attack', 'departure', 'displacement', 'election', 'hosting', 'mediation', 'meeting', 'negotiation', 'protest', 'release', 'request', 'ruling', 'sanction', 'tour', 'truce', 'visit', 'vote', 'other')",
            name=op.f("ck_event_type_is_known"),
        ),
        sa.CheckConstraint(
            "date_earliest <= date_latest OR (date_earliest = 3652061 AND date_latest = -1)",
            name=op.f("ck_event_date_in_order"),
        ),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_event_title_is_not_empty")),
        sa.CheckConstraint(
            "published_earliest <= published_latest OR (published_earliest = 3652061 AND published_latest = -1)",
            name=op.f("ck_event_published_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["revision_key"], ["revision.key"], name=op.f("fk_event_revision_key_revision")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_event_source_id_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("revision_key", name=op.f("uq_event_revision_key")),
    )
    _index("event", ["date_basis", "id"])
    _index("event", ["date_earliest", "id", "date_latest"])
    _index("event", ["date_latest", "id", "date_earliest"])
    _index("event", ["plover", "id"])
    _index("event", ["published_earliest", "id", "published_latest"])
    _index("event", ["published_latest", "id", "published_earliest"])
    _index("event", ["source_id", "id"])
    _index("event", ["status", "id"])
    _index("event", ["title_key", "id"])
    _index("event", ["type", "id"])
    _table(
        "evidence",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("source_id", SLUG, nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.Column("exact", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("suffix", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "end_offset - start_offset = length(exact)",
            name=op.f("ck_evidence_span_is_as_long_as_its_words"),
        ),
        sa.CheckConstraint(
            "length(prefix) <= 24 AND length(suffix) <= 24",
            name=op.f("ck_evidence_context_is_short"),
        ),
        sa.CheckConstraint(
            "start_offset >= 0 AND start_offset < end_offset",
            name=op.f("ck_evidence_span_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_evidence_source_id_source")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_evidence")),
        sa.UniqueConstraint(
            "source_id",
            "start_offset",
            "end_offset",
            name=op.f("uq_evidence_source_id_start_offset_end_offset"),
        ),
    )
    _table(
        "place_name",
        sa.Column("place_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("as_written", WORDS, nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_place_name_place_id_place")
        ),
        sa.PrimaryKeyConstraint("place_id", "position", name=op.f("pk_place_name")),
    )
    _index("place_name", ["as_written"], using="hash")
    _table(
        "place_source",
        sa.Column("place_id", SLUG, nullable=False),
        sa.Column("source_id", SLUG, nullable=False),
        sa.Column("published_earliest", sa.Integer(), nullable=False),
        sa.Column("published_latest", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "published_earliest <= published_latest OR (published_earliest = 3652061 AND published_latest = -1)",
            name=op.f("ck_place_source_published_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_place_source_place_id_place")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_place_source_source_id_source")
        ),
        sa.PrimaryKeyConstraint("place_id", "source_id", name=op.f("pk_place_source")),
    )
    _index("place_source", ["source_id", "place_id"])
    _table(
        "place_within",
        sa.Column("whole_id", SLUG, nullable=False),
        sa.Column("place_id", SLUG, nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_place_within_place_id_place")
        ),
        sa.ForeignKeyConstraint(
            ["whole_id"], ["place.id"], name=op.f("fk_place_within_whole_id_place")
        ),
        sa.PrimaryKeyConstraint("whole_id", "place_id", name=op.f("pk_place_within")),
    )
    _index("place_within", ["place_id", "whole_id"])
    _table(
        "series",
        sa.Column("id", SLUG, nullable=False),
        sa.Column("revision_key", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", SORT_KEY, nullable=False),
        sa.Column("measure", CODE, nullable=False),
        sa.Column("measure_kind", CODE, nullable=False),
        sa.Column("unit", CODE, nullable=False),
        sa.Column("population_id", SLUG, nullable=True),
        sa.Column("method", CODE, nullable=False),
        sa.Column("start_edtf", CODE, nullable=True),
        sa.Column("start_earliest", sa.Integer(), nullable=False),
        sa.Column("start_latest", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "length(id) BETWEEN 1 AND 80 AND id = lower(id) AND id NOT LIKE '% %'",
            name=op.f("ck_series_id_is_a_slug"),
        ),
        sa.CheckConstraint(
            "measure_kind IN ('cumulative', 'period', 'share', 'amount', 'point')",
            name=op.f("ck_series_measure_kind_is_known"),
        ),
        sa.CheckConstraint(
            "method IN ('reported', 'extrapolated')", name=op.f("ck_series_method_is_known")
        ),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_series_title_is_not_empty")),
        sa.CheckConstraint(
            "start_earliest <= start_latest OR (start_earliest = 3652061 AND start_latest = -1)",
            name=op.f("ck_series_start_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["population_id"], ["actor.id"], name=op.f("fk_series_population_id_actor")
        ),
        sa.ForeignKeyConstraint(
            ["revision_key"], ["revision.key"], name=op.f("fk_series_revision_key_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("revision_key", name=op.f("uq_series_revision_key")),
    )
    _index("series", ["measure", "id"])
    _index("series", ["measure_kind", "id"])
    _index("series", ["method", "id"])
    _index("series", ["population_id", "id"])
    _index("series", ["title_key", "id"])
    _index("series", ["unit", "id"])
    _table(
        "source_author",
        sa.Column("source_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_source_author_source_id_source")
        ),
        sa.PrimaryKeyConstraint("source_id", "position", name=op.f("pk_source_author")),
    )
    _index("source_author", ["name"], using="hash")
    _table(
        "event_participant",
        sa.Column("event_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("actor_id", SLUG, nullable=True),
        sa.Column("role", WORDS, nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_event_participant_actor_id_actor")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_participant_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", "position", name=op.f("pk_event_participant")),
    )
    _index("event_participant", ["actor_id", "event_id"])
    _index("event_participant", ["role", "event_id"])
    _table(
        "event_place",
        sa.Column("event_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place_id", SLUG, nullable=True),
        sa.Column("role", CODE, nullable=False),
        sa.CheckConstraint(
            "role IN ('in', 'at', 'near', 'from', 'to', 'through')",
            name=op.f("ck_event_place_role_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_place_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_event_place_place_id_place")
        ),
        sa.PrimaryKeyConstraint("event_id", "position", name=op.f("pk_event_place")),
    )
    _index("event_place", ["place_id", "event_id"])
    _index("event_place", ["role", "event_id"])
    _table(
        "figure",
        sa.Column("id", SLUG, nullable=False),
        sa.Column("revision_key", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", SORT_KEY, nullable=False),
        sa.Column("source_id", SLUG, nullable=False),
        sa.Column("published_earliest", sa.Integer(), nullable=False),
        sa.Column("published_latest", sa.Integer(), nullable=False),
        sa.Column("series_id", SLUG, nullable=False),
        sa.Column("measure", CODE, nullable=False),
        sa.Column("measure_kind", CODE, nullable=False),
        sa.Column("unit", CODE, nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("value_or_most", sa.Double(), nullable=False),
        sa.Column("value_or_least", sa.Double(), nullable=False),
        sa.Column("as_written", sa.Text(), nullable=False),
        sa.Column("qualifier", CODE, nullable=False),
        sa.Column("lower", sa.Double(), nullable=True),
        sa.Column("upper", sa.Double(), nullable=True),
        sa.Column("bound", CODE, nullable=False),
        sa.Column("population_id", SLUG, nullable=True),
        sa.Column("denominator_id", SLUG, nullable=True),
        sa.Column("event_id", SLUG, nullable=True),
        sa.Column("attribution_basis", CODE, nullable=False),
        sa.Column("speaker_id", SLUG, nullable=True),
        sa.Column("period_edtf", CODE, nullable=True),
        sa.Column("period_earliest", sa.Integer(), nullable=False),
        sa.Column("period_latest", sa.Integer(), nullable=False),
        sa.Column("period_basis", CODE, nullable=True),
        sa.Column("as_of_edtf", CODE, nullable=False),
        sa.Column("as_of_earliest", sa.Integer(), nullable=False),
        sa.Column("as_of_latest", sa.Integer(), nullable=False),
        sa.Column("as_of_basis", CODE, nullable=False),
        sa.CheckConstraint(
            "(qualifier = 'none_stated' AND bound = 'none' AND value IS NOT NULL AND lower IS NULL AND upper IS NULL) OR (qualifier = 'over' AND bound = 'gt' AND value IS NOT NULL AND lower IS NOT NULL AND lower = value AND upper IS NULL) OR (qualifier = 'at_least' AND bound = 'ge' AND value IS NOT NULL AND lower IS NOT NULL AND lower = value AND upper IS NULL) OR (qualifier = 'under' AND bound = 'lt' AND value IS NOT NULL AND lower IS NULL AND upper IS NOT NULL AND upper = value) OR (qualifier = 'nearly' AND bound = 'lt' AND value IS NOT NULL AND lower IS NULL AND upper IS NOT NULL AND upper = value) OR (qualifier = 'at_most' AND bound = 'le' AND value IS NOT NULL AND lower IS NULL AND upper IS NOT NULL AND upper = value) OR (qualifier = 'about' AND bound = 'none' AND value IS NOT NULL AND lower IS NULL AND upper IS NULL) OR (qualifier = 'between' AND bound = 'both' AND value IS NULL AND lower IS NOT NULL AND upper IS NOT NULL AND lower < upper) OR (qualifier = 'unquantified' AND bound = 'none' AND value IS NULL AND lower IS NULL AND upper IS NULL)",
            name=op.f("ck_figure_value_matches_qualifier"),
        ),
        sa.CheckConstraint(
            "as_of_basis IN ('stated', 'inferred', 'publication_date')",
            name=op.f("ck_figure_as_of_basis_is_known"),
        ),
        sa.CheckConstraint(
            "attribution_basis IN ('stated', 'none')",
            name=op.f("ck_figure_attribution_basis_is_known"),
        ),
        sa.CheckConstraint(
            "bound IN ('none', 'gt', 'ge', 'lt', 'le', 'both')",
            name=op.f("ck_figure_bound_is_known"),
        ),
        sa.CheckConstraint(
            "length(id) BETWEEN 1 AND 80 AND id = lower(id) AND id NOT LIKE '% %'",
            name=op.f("ck_figure_id_is_a_slug"),
        ),
        sa.CheckConstraint(
            "measure_kind <> 'share' OR denominator_id IS NOT NULL OR population_id IS NOT NULL",
            name=op.f("ck_figure_share_has_denominator"),
        ),
        sa.CheckConstraint(
            "measure_kind IN ('cumulative', 'period', 'share', 'amount', 'point')",
            name=op.f("ck_figure_measure_kind_is_known"),
        ),
        sa.CheckConstraint(
            "period_basis IN ('stated', 'inferred', 'publication_date')",
            name=op.f("ck_figure_period_basis_is_known"),
        ),
        sa.CheckConstraint(
            "qualifier IN ('none_stated', 'over', 'at_least', 'under', 'nearly', 'at_most', 'about', 'between', 'unquantified')",
            name=op.f("ck_figure_qualifier_is_known"),
        ),
        sa.CheckConstraint(
            "speaker_id IS NULL OR attribution_basis = 'stated'",
            name=op.f("ck_figure_speaker_is_stated"),
        ),
        sa.CheckConstraint(
            "as_of_earliest <= as_of_latest OR (as_of_earliest = 3652061 AND as_of_latest = -1)",
            name=op.f("ck_figure_as_of_in_order"),
        ),
        sa.CheckConstraint(
            "denominator_id <> id", name=op.f("ck_figure_is_not_its_own_denominator")
        ),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_figure_title_is_not_empty")),
        sa.CheckConstraint(
            "period_earliest <= period_latest OR (period_earliest = 3652061 AND period_latest = -1)",
            name=op.f("ck_figure_period_in_order"),
        ),
        sa.CheckConstraint(
            "published_earliest <= published_latest OR (published_earliest = 3652061 AND published_latest = -1)",
            name=op.f("ck_figure_published_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["denominator_id"],
            ["figure.id"],
            name=op.f("fk_figure_denominator_id_figure"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_figure_event_id_event")),
        sa.ForeignKeyConstraint(
            ["population_id"], ["actor.id"], name=op.f("fk_figure_population_id_actor")
        ),
        sa.ForeignKeyConstraint(
            ["revision_key"], ["revision.key"], name=op.f("fk_figure_revision_key_revision")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_figure_series_id_series")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_figure_source_id_source")
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["actor.id"], name=op.f("fk_figure_speaker_id_actor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
        sa.UniqueConstraint("revision_key", name=op.f("uq_figure_revision_key")),
    )
    _index("figure", ["as_of_basis", "id"])
    _index("figure", ["as_of_earliest", "id", "as_of_latest"])
    _index("figure", ["as_of_latest", "id", "as_of_earliest"])
    _index("figure", ["attribution_basis", "id"])
    _index("figure", ["bound", "id"])
    _index("figure", ["denominator_id", "id"])
    _index("figure", ["event_id", "id"])
    _index("figure", ["measure", "id"])
    _index("figure", ["measure_kind", "id"])
    _index("figure", ["period_basis", "id"])
    _index("figure", ["period_earliest", "id", "period_latest"])
    _index("figure", ["period_latest", "id", "period_earliest"])
    _index("figure", ["population_id", "id"])
    _index("figure", ["published_earliest", "id", "published_latest"])
    _index("figure", ["published_latest", "id", "published_earliest"])
    _index("figure", ["qualifier", "id"])
    _index("figure", ["series_id", "as_of_latest", "id"])
    _index("figure", ["series_id", "id"])
    _index("figure", ["source_id", "id"])
    _index("figure", ["speaker_id", "id"])
    _index("figure", ["title_key", "id"])
    _index("figure", ["unit", "id"])
    _index("figure", ["value", "id"])
    _index("figure", ["value_or_most", "id", "value_or_least"])
    _index("figure", ["value_or_least", "id", "value_or_most"])
    _index("figure", ["unit", "value_or_most", "id", "value_or_least"])
    _index("figure", ["unit", "value_or_least", "id", "value_or_most"])
    _index("figure", ["measure", "value_or_most", "id", "value_or_least"])
    _index("figure", ["measure", "value_or_least", "id", "value_or_most"])
    _table(
        "series_breakdown",
        sa.Column("series_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dimension", CODE, nullable=False),
        sa.Column("category", CODE, nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_series_breakdown_series_id_series")
        ),
        sa.PrimaryKeyConstraint("series_id", "position", name=op.f("pk_series_breakdown")),
    )
    _index("series_breakdown", ["dimension", "category", "series_id"])
    _table(
        "series_exclusion",
        sa.Column("series_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("excluded_id", SLUG, nullable=False),
        sa.CheckConstraint(
            "series_id <> excluded_id", name=op.f("ck_series_exclusion_excludes_another")
        ),
        sa.ForeignKeyConstraint(
            ["excluded_id"],
            ["series.id"],
            name=op.f("fk_series_exclusion_excluded_id_series"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_series_exclusion_series_id_series")
        ),
        sa.PrimaryKeyConstraint("series_id", "position", name=op.f("pk_series_exclusion")),
    )
    _index("series_exclusion", ["excluded_id", "series_id"])
    _table(
        "series_place",
        sa.Column("series_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place_id", SLUG, nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_series_place_place_id_place")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_series_place_series_id_series")
        ),
        sa.PrimaryKeyConstraint("series_id", "position", name=op.f("pk_series_place")),
    )
    _index("series_place", ["place_id", "series_id"])
    _table(
        "series_source",
        sa.Column("series_id", SLUG, nullable=False),
        sa.Column("source_id", SLUG, nullable=False),
        sa.Column("published_earliest", sa.Integer(), nullable=False),
        sa.Column("published_latest", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "published_earliest <= published_latest OR (published_earliest = 3652061 AND published_latest = -1)",
            name=op.f("ck_series_source_published_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_series_source_series_id_series")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_series_source_source_id_source")
        ),
        sa.PrimaryKeyConstraint("series_id", "source_id", name=op.f("pk_series_source")),
    )
    _index("series_source", ["source_id", "series_id"])
    _table(
        "statement",
        sa.Column("id", SLUG, nullable=False),
        sa.Column("revision_key", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", SORT_KEY, nullable=False),
        sa.Column("source_id", SLUG, nullable=False),
        sa.Column("published_earliest", sa.Integer(), nullable=False),
        sa.Column("published_latest", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("voice", CODE, nullable=False),
        sa.Column("quote_type", CODE, nullable=True),
        sa.Column("act", CODE, nullable=False),
        sa.Column("attribution_basis", CODE, nullable=False),
        sa.Column("speaker_id", SLUG, nullable=True),
        sa.Column("event_id", SLUG, nullable=True),
        sa.Column("made_on_edtf", CODE, nullable=True),
        sa.Column("made_on_earliest", sa.Integer(), nullable=False),
        sa.Column("made_on_latest", sa.Integer(), nullable=False),
        sa.Column("made_on_basis", CODE, nullable=True),
        sa.CheckConstraint(
            "(voice = 'attributed' AND speaker_id IS NOT NULL AND quote_type IS NOT NULL) OR (voice = 'article' AND speaker_id IS NULL AND quote_type IS NULL) OR (voice = 'ambiguous' AND quote_type IS NOT NULL)",
            name=op.f("ck_statement_voice_matches_speaker"),
        ),
        sa.CheckConstraint(
            "act IN ('says', 'describes', 'assesses', 'praises', 'commends', 'thanks', 'urges', 'emphasises', 'criticises', 'questions', 'accuses', 'aims', 'requests', 'announces', 'outlines', 'endorses')",
            name=op.f("ck_statement_act_is_known"),
        ),
        sa.CheckConstraint(
            "attribution_basis IN ('stated', 'none')",
            name=op.f("ck_statement_attribution_basis_is_known"),
        ),
        sa.CheckConstraint(
            "length(id) BETWEEN 1 AND 80 AND id = lower(id) AND id NOT LIKE '% %'",
            name=op.f("ck_statement_id_is_a_slug"),
        ),
        sa.CheckConstraint(
            "made_on_basis IN ('stated', 'inferred', 'publication_date')",
            name=op.f("ck_statement_made_on_basis_is_known"),
        ),
        sa.CheckConstraint(
            "quote_type IN ('direct', 'partial', 'paraphrase')",
            name=op.f("ck_statement_quote_type_is_known"),
        ),
        sa.CheckConstraint(
            "speaker_id IS NULL OR attribution_basis = 'stated'",
            name=op.f("ck_statement_speaker_is_stated"),
        ),
        sa.CheckConstraint(
            "voice IN ('article', 'attributed', 'ambiguous')",
            name=op.f("ck_statement_voice_is_known"),
        ),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_statement_title_is_not_empty")),
        sa.CheckConstraint(
            "made_on_earliest <= made_on_latest OR (made_on_earliest = 3652061 AND made_on_latest = -1)",
            name=op.f("ck_statement_made_on_in_order"),
        ),
        sa.CheckConstraint(
            "published_earliest <= published_latest OR (published_earliest = 3652061 AND published_latest = -1)",
            name=op.f("ck_statement_published_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_statement_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["revision_key"], ["revision.key"], name=op.f("fk_statement_revision_key_revision")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_statement_source_id_source")
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["actor.id"], name=op.f("fk_statement_speaker_id_actor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("revision_key", name=op.f("uq_statement_revision_key")),
    )
    _index("statement", ["act", "id"])
    _index("statement", ["event_id", "id"])
    _index("statement", ["made_on_basis", "id"])
    _index("statement", ["made_on_earliest", "id", "made_on_latest"])
    _index("statement", ["made_on_latest", "id", "made_on_earliest"])
    _index("statement", ["published_earliest", "id", "published_latest"])
    _index("statement", ["published_latest", "id", "published_earliest"])
    _index("statement", ["quote_type", "id"])
    _index("statement", ["source_id", "id"])
    _index("statement", ["speaker_id", "id"])
    _index("statement", ["title_key", "id"])
    _index("statement", ["voice", "id"])
    _table(
        "event_relation",
        sa.Column("event_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", CODE, nullable=False),
        sa.Column("to_event_id", SLUG, nullable=True),
        sa.Column("to_statement_id", SLUG, nullable=True),
        sa.CheckConstraint(
            "type IN ('part_of', 'led_to', 'follows', 'during', 'in_exchange_for', 'requested_by')",
            name=op.f("ck_event_relation_type_is_known"),
        ),
        sa.CheckConstraint(
            "CASE WHEN to_event_id IS NULL THEN 0 ELSE 1 END + CASE WHEN to_statement_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_event_relation_ties_exactly_one"),
        ),
        sa.CheckConstraint(
            "event_id <> to_event_id", name=op.f("ck_event_relation_leads_to_another")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_relation_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["to_event_id"],
            ["event.id"],
            name=op.f("fk_event_relation_to_event_id_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["to_statement_id"],
            ["statement.id"],
            name=op.f("fk_event_relation_to_statement_id_statement"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("event_id", "position", name=op.f("pk_event_relation")),
    )
    _index("event_relation", ["to_event_id", "event_id"])
    _index("event_relation", ["to_statement_id", "event_id"])
    _index("event_relation", ["type", "event_id"])
    _table(
        "figure_breakdown",
        sa.Column("figure_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dimension", CODE, nullable=False),
        sa.Column("category", CODE, nullable=False),
        sa.ForeignKeyConstraint(
            ["figure_id"], ["figure.id"], name=op.f("fk_figure_breakdown_figure_id_figure")
        ),
        sa.PrimaryKeyConstraint("figure_id", "position", name=op.f("pk_figure_breakdown")),
    )
    _index("figure_breakdown", ["category", "figure_id"])
    _index("figure_breakdown", ["dimension", "category", "figure_id"])
    _table(
        "figure_place",
        sa.Column("figure_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place_id", SLUG, nullable=True),
        sa.Column("role", CODE, nullable=False),
        sa.CheckConstraint(
            "role IN ('in', 'at', 'near', 'from', 'to', 'through')",
            name=op.f("ck_figure_place_role_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["figure_id"], ["figure.id"], name=op.f("fk_figure_place_figure_id_figure")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_figure_place_place_id_place")
        ),
        sa.PrimaryKeyConstraint("figure_id", "position", name=op.f("pk_figure_place")),
    )
    _index("figure_place", ["place_id", "figure_id"])
    _index("figure_place", ["role", "figure_id"])
    _table(
        "figure_relay",
        sa.Column("figure_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("actor_id", SLUG, nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_figure_relay_actor_id_actor")
        ),
        sa.ForeignKeyConstraint(
            ["figure_id"], ["figure.id"], name=op.f("fk_figure_relay_figure_id_figure")
        ),
        sa.PrimaryKeyConstraint("figure_id", "position", name=op.f("pk_figure_relay")),
    )
    _index("figure_relay", ["actor_id", "figure_id"])
    _table(
        "proof",
        sa.Column("revision_key", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("evidence_key", sa.Integer(), nullable=False),
        sa.Column("actor_id", SLUG, nullable=True),
        sa.Column("place_id", SLUG, nullable=True),
        sa.Column("event_id", SLUG, nullable=True),
        sa.Column("statement_id", SLUG, nullable=True),
        sa.Column("figure_id", SLUG, nullable=True),
        sa.Column("proves", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN actor_id IS NULL THEN 0 ELSE 1 END + CASE WHEN place_id IS NULL THEN 0 ELSE 1 END + CASE WHEN event_id IS NULL THEN 0 ELSE 1 END + CASE WHEN statement_id IS NULL THEN 0 ELSE 1 END + CASE WHEN figure_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_proof_ties_exactly_one"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_proof_actor_id_actor")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_proof_event_id_event")),
        sa.ForeignKeyConstraint(
            ["evidence_key"], ["evidence.key"], name=op.f("fk_proof_evidence_key_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["figure_id"], ["figure.id"], name=op.f("fk_proof_figure_id_figure")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_proof_place_id_place")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_proof_statement_id_statement")
        ),
        sa.ForeignKeyConstraint(
            ["revision_key"], ["revision.key"], name=op.f("fk_proof_revision_key_revision")
        ),
        sa.PrimaryKeyConstraint("revision_key", "position", name=op.f("pk_proof")),
    )
    _index("proof", ["evidence_key"])
    _table(
        "statement_addressee",
        sa.Column("statement_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("actor_id", SLUG, nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_statement_addressee_actor_id_actor")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_statement_addressee_statement_id_statement"),
        ),
        sa.PrimaryKeyConstraint("statement_id", "position", name=op.f("pk_statement_addressee")),
    )
    _index("statement_addressee", ["actor_id", "statement_id"])
    _table(
        "statement_loaded_term",
        sa.Column("statement_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("term", WORDS, nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "start_offset >= 0 AND start_offset < end_offset",
            name=op.f("ck_statement_loaded_term_span_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_statement_loaded_term_statement_id_statement"),
        ),
        sa.PrimaryKeyConstraint("statement_id", "position", name=op.f("pk_statement_loaded_term")),
    )
    _index("statement_loaded_term", ["term", "statement_id"])
    _table(
        "statement_quoted_words",
        sa.Column("statement_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("exact", WORDS, nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "end_offset - start_offset = length(exact)",
            name=op.f("ck_statement_quoted_words_span_is_as_long_as_its_words"),
        ),
        sa.CheckConstraint(
            "start_offset >= 0 AND start_offset < end_offset",
            name=op.f("ck_statement_quoted_words_span_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_statement_quoted_words_statement_id_statement"),
        ),
        sa.PrimaryKeyConstraint("statement_id", "position", name=op.f("pk_statement_quoted_words")),
    )
    _index("statement_quoted_words", ["exact"], using="hash")
    _table(
        "statement_relay",
        sa.Column("statement_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("actor_id", SLUG, nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_statement_relay_actor_id_actor")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_statement_relay_statement_id_statement"),
        ),
        sa.PrimaryKeyConstraint("statement_id", "position", name=op.f("pk_statement_relay")),
    )
    _index("statement_relay", ["actor_id", "statement_id"])
    _table(
        "statement_topic",
        sa.Column("statement_id", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("actor_id", SLUG, nullable=True),
        sa.Column("place_id", SLUG, nullable=True),
        sa.Column("event_id", SLUG, nullable=True),
        sa.CheckConstraint(
            "CASE WHEN actor_id IS NULL THEN 0 ELSE 1 END + CASE WHEN place_id IS NULL THEN 0 ELSE 1 END + CASE WHEN event_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_statement_topic_ties_exactly_one"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_statement_topic_actor_id_actor")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_statement_topic_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_statement_topic_place_id_place")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_statement_topic_statement_id_statement"),
        ),
        sa.PrimaryKeyConstraint("statement_id", "position", name=op.f("pk_statement_topic")),
    )
    _index("statement_topic", ["actor_id", "statement_id"])
    _index("statement_topic", ["event_id", "statement_id"])
    _index("statement_topic", ["place_id", "statement_id"])
    if op.get_bind().dialect.name == "sqlite":
        for name in ("search_index", "past_search_index"):
            op.execute(
                f"CREATE VIRTUAL TABLE {name} USING fts5(name, text, content='', tokenize='ascii', prefix='1 2 3')"
            )
        # Where the words of each record stand in the index: see query/search.py.
        op.execute(
            "CREATE TABLE search_index_place (place INTEGER PRIMARY KEY, key INTEGER NOT NULL UNIQUE, length INTEGER NOT NULL)"
        )
    else:
        # PostgreSQL's own parser would split and stem by its own lights: each token is given its position instead.
        op.execute(
            "CREATE FUNCTION search_vector(name text, body text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT AS $$"
            " SELECT coalesce(string_agg(quote_literal(token) || ':' || position || weight, ' '), '')::tsvector FROM ("
            "   SELECT token, position, 'A' AS weight"
            "   FROM unnest(string_to_array(name, ' ')) WITH ORDINALITY AS of_name(token, position)"
            "   UNION ALL"
            "   SELECT token, position + 1 + coalesce(array_length(string_to_array(name, ' '), 1), 0), ''"
            "   FROM unnest(string_to_array(body, ' ')) WITH ORDINALITY AS of_body(token, position)"
            " ) AS one WHERE token <> '' $$"
        )
        for name in ("search_document", "past_search_document"):
            op.execute(
                f"ALTER TABLE {name} ADD COLUMN vector tsvector"
                " GENERATED ALWAYS AS (search_vector(name_tokens, text_tokens)) STORED"
            )
            op.execute(f"CREATE INDEX ix_{name}_vector ON {name} USING gin (vector)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE past_search_index")
        op.execute("DROP TABLE search_index")
        op.execute("DROP TABLE search_index_place")
    op.drop_table("past_statement_topic")
    op.drop_table("statement_topic")
    op.drop_table("past_statement_relay")
    op.drop_table("statement_relay")
    op.drop_table("past_statement_quoted_words")
    op.drop_table("statement_quoted_words")
    op.drop_table("past_statement_loaded_term")
    op.drop_table("statement_loaded_term")
    op.drop_table("past_statement_addressee")
    op.drop_table("statement_addressee")
    op.drop_table("past_proof")
    op.drop_table("proof")
    op.drop_table("past_figure_relay")
    op.drop_table("figure_relay")
    op.drop_table("past_figure_place")
    op.drop_table("figure_place")
    op.drop_table("past_figure_breakdown")
    op.drop_table("figure_breakdown")
    op.drop_table("past_event_relation")
    op.drop_table("event_relation")
    op.drop_table("past_statement")
    op.drop_table("statement")
    op.drop_table("past_series_source")
    op.drop_table("series_source")
    op.drop_table("past_series_place")
    op.drop_table("series_place")
    op.drop_table("past_series_exclusion")
    op.drop_table("series_exclusion")
    op.drop_table("past_series_breakdown")
    op.drop_table("series_breakdown")
    op.drop_table("past_figure")
    op.drop_table("figure")
    op.drop_table("past_event_place")
    op.drop_table("event_place")
    op.drop_table("past_event_participant")
    op.drop_table("event_participant")
    op.drop_table("past_source_author")
    op.drop_table("source_author")
    op.drop_table("past_series")
    op.drop_table("series")
    op.drop_table("past_place_within")
    op.drop_table("place_within")
    op.drop_table("past_place_source")
    op.drop_table("place_source")
    op.drop_table("past_place_name")
    op.drop_table("place_name")
    op.drop_table("past_evidence")
    op.drop_table("evidence")
    op.drop_table("past_event")
    op.drop_table("event")
    op.drop_table("past_actor_source")
    op.drop_table("actor_source")
    op.drop_table("past_actor_role")
    op.drop_table("actor_role")
    op.drop_table("past_actor_relation")
    op.drop_table("actor_relation")
    op.drop_table("past_actor_name")
    op.drop_table("actor_name")
    op.drop_table("past_source")
    op.drop_table("source")
    op.drop_table("past_place")
    op.drop_table("place")
    op.drop_table("past_actor")
    op.drop_table("actor")
    op.drop_table("withdrawal")
    op.drop_table("revision")
    op.drop_table("past_search_document")
    op.drop_table("search_document")
    op.drop_table("ready_part")
    op.drop_table("dataset")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION search_vector(text, text)")
