"""Sources."""

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.types import String
from sqlmodel import Field

from app import vocabulary as v
from app.models.base import (
    Code,
    PresentRow,
    Slug,
    SortKey,
    Words,
    has_title,
    hash_index,
    is_in_order,
    is_one_of,
    is_sha256,
    is_slug,
)


class Source(PresentRow, table=True):
    """A publication whose text was curated. `characters` is the length of that text."""

    __table_args__ = (
        is_slug(),
        has_title(),
        is_one_of("text_access", v.TextAccess),
        is_in_order("published"),
        is_sha256("content_sha256"),
        CheckConstraint("characters > 0", name="text_is_not_empty"),
        Index(None, "kind", "id"),
        Index(None, "publisher", "id"),
        Index(None, "characters", "id"),
        Index(None, "published_earliest", "id", "published_latest"),
        Index(None, "published_latest", "id", "published_earliest"),
        Index(None, "title_key", "id"),
    )

    id: str = Field(sa_type=Slug, primary_key=True)
    revision_key: int = Field(foreign_key="revision.key", unique=True)
    title: str = Field(sa_type=Text)
    title_key: str = Field(sa_type=SortKey)
    kind: str = Field(sa_type=Code, foreign_key="source_kind.code")
    headline: str | None = Field(sa_type=Text)
    publisher: str | None = Field(sa_type=Words)
    original_url: str | None = Field(sa_type=Text)
    language: str | None = Field(sa_type=Code)
    published_edtf: str | None = Field(sa_type=Code)
    published_earliest: int
    published_latest: int
    content_sha256: str = Field(sa_type=String(64))
    characters: int
    text_access: str = Field(sa_type=Code)
    licence: str | None = Field(sa_type=Text)


class SourceText(PresentRow, table=True):
    """The whole text of a source whose licence allows it to be published: the bytes of its file."""

    __tablename__ = "source_text"

    source_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="source.id")
    body: bytes


class SourceAuthor(PresentRow, table=True):
    """An author as the source names them."""

    __tablename__ = "source_author"
    __table_args__ = (hash_index("name"),)

    source_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="source.id")
    position: int = Field(primary_key=True)
    name: str = Field(sa_type=Words)
