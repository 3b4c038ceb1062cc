"""Places."""

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.types import String
from sqlmodel import Field

from app.models.base import (
    Code,
    PresentRow,
    Slug,
    SortKey,
    Words,
    deferred_foreign_key,
    has_title,
    hash_index,
    is_country,
    is_in_order,
    is_slug,
)


class Place(PresentRow, table=True):
    """A country, a city, a region, a site. `part_of_id` is the next larger place."""

    __table_args__ = (
        is_slug(),
        has_title(),
        is_country(),
        CheckConstraint("part_of_id <> id", name="is_not_part_of_itself"),
        Index(None, "kind", "id"),
        Index(None, "country", "id"),
        Index(None, "part_of_id", "id"),
        Index(None, "title_key", "id"),
    )

    id: str = Field(sa_type=Slug, primary_key=True)
    revision_key: int = Field(foreign_key="revision.key", unique=True)
    title: str = Field(sa_type=Text)
    title_key: str = Field(sa_type=SortKey)
    kind: str = Field(sa_type=Code, foreign_key="place_kind.code")
    country: str | None = Field(sa_type=String(2))
    part_of_id: str | None = Field(sa_type=Slug, sa_column_args=deferred_foreign_key("place.id"))


class PlaceName(PresentRow, table=True):
    """A name that a source uses for a place."""

    __tablename__ = "place_name"
    __table_args__ = (hash_index("as_written"),)

    place_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="place.id")
    position: int = Field(primary_key=True)
    as_written: str = Field(sa_type=Words)


class PlaceIdentifier(PresentRow, table=True):
    """An identifier of the same thing elsewhere, with its scheme: `wikidata:Q794`."""

    __tablename__ = "place_identifier"

    place_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="place.id")
    position: int = Field(primary_key=True)
    identifier: str = Field(sa_type=Code, unique=True)


class PlaceSource(PresentRow, table=True):
    """That a source names a place, and when that source was published."""

    __tablename__ = "place_source"
    __table_args__ = (is_in_order("published"), Index(None, "source_id", "place_id"))

    place_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="place.id")
    source_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="source.id")
    published_earliest: int
    published_latest: int


class PlaceWithin(PresentRow, table=True):
    """Each place with itself and with every place that it is part of.

    A filter for a place finds its parts by one key, a facet finds what a place is part of.
    """

    __tablename__ = "place_within"
    __table_args__ = (Index(None, "place_id", "whole_id"),)

    whole_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="place.id")
    place_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="place.id")
