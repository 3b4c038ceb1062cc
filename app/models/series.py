"""Series."""

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field

from app import vocabulary as v
from app.models.base import (
    Code,
    PresentRow,
    Slug,
    SortKey,
    deferred_foreign_key,
    has_title,
    is_in_order,
    is_one_of,
    is_slug,
    measure_names_a_share,
)


class Series(PresentRow, table=True):
    """Figures that count the same thing in the same way."""

    __table_args__ = (
        is_slug(),
        has_title(),
        is_one_of("measure_kind", v.MeasureKind),
        is_one_of("method", v.Method),
        is_in_order("counted_from"),
        measure_names_a_share(),
        Index(None, "measure", "id"),
        Index(None, "measure_kind", "id"),
        Index(None, "unit", "id"),
        Index(None, "population_id", "id"),
        Index(None, "method", "id"),
        Index(None, "title_key", "id"),
    )

    id: str = Field(sa_type=Slug, primary_key=True)
    revision_key: int = Field(foreign_key="revision.key", unique=True)
    title: str = Field(sa_type=Text)
    title_key: str = Field(sa_type=SortKey)
    measure: str = Field(sa_type=Code, foreign_key="measure.code")
    measure_kind: str = Field(sa_type=Code)
    unit: str = Field(sa_type=Code, foreign_key="unit.code")
    population_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")
    method: str = Field(sa_type=Code)
    counted_from_edtf: str | None = Field(sa_type=Code)
    counted_from_earliest: int
    counted_from_latest: int
    definition: str = Field(sa_type=Text)


class SeriesSource(PresentRow, table=True):
    """That a source gives figures of a series, and when that source was published."""

    __tablename__ = "series_source"
    __table_args__ = (is_in_order("published"), Index(None, "source_id", "series_id"))

    series_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="series.id")
    source_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="source.id")
    published_earliest: int
    published_latest: int


class SeriesPlace(PresentRow, table=True):
    """Where the figures of a series count."""

    __tablename__ = "series_place"
    __table_args__ = (Index(None, "place_id", "series_id"),)

    series_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="series.id")
    position: int = Field(primary_key=True)
    place_id: str = Field(sa_type=Slug, foreign_key="place.id")


class SeriesBreakdown(PresentRow, table=True):
    """The categories that the figures of a series are limited to."""

    __tablename__ = "series_breakdown"
    __table_args__ = (Index(None, "category", "series_id"),)

    series_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="series.id")
    position: int = Field(primary_key=True)
    dimension: str = Field(sa_type=Code)
    category: str = Field(sa_type=Code, foreign_key="breakdown_category.code")


class SeriesExclusion(PresentRow, table=True):
    """People counted in `excluded_id` are not counted in `series_id`."""

    __tablename__ = "series_exclusion"
    __table_args__ = (
        CheckConstraint("series_id <> excluded_id", name="excludes_another"),
        Index(None, "excluded_id", "series_id"),
    )

    series_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="series.id")
    position: int = Field(primary_key=True)
    excluded_id: str = Field(sa_type=Slug, sa_column_args=deferred_foreign_key("series.id"))
