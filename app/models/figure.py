"""Figures."""

from sqlalchemy import CheckConstraint, Double, Index, Text
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


def value_matches_qualifier() -> CheckConstraint:
    """The bounds are those that the qualifier implies: one branch for each row of the
    vocabulary's QUALIFIER_BOUNDS.
    """
    # A CHECK that evaluates to NULL passes, so each comparison follows an IS NOT NULL.
    from_below = "value IS NOT NULL AND lower IS NOT NULL AND lower = value AND upper IS NULL"
    from_above = "value IS NOT NULL AND lower IS NULL AND upper IS NOT NULL AND upper = value"
    branches = {
        None: "value IS NOT NULL AND lower IS NULL AND upper IS NULL",
        "gt": from_below,
        "ge": from_below,
        "lt": from_above,
        "le": from_above,
        "both": "value IS NULL AND lower IS NOT NULL AND upper IS NOT NULL AND lower < upper",
    }
    rules = [
        f"(qualifier = '{qualifier}' AND bound {_is(bound)} AND {branches[bound]})"
        for qualifier, bound in v.QUALIFIER_BOUNDS.items()
        if qualifier != "unquantified"
    ]
    rules.append(
        "(qualifier = 'unquantified' AND bound IS NULL"
        " AND value IS NULL AND lower IS NULL AND upper IS NULL)"
    )
    return CheckConstraint(" OR ".join(rules), name="value_matches_qualifier")


def _is(bound: v.Bound | None) -> str:
    return "IS NULL" if bound is None else f"IS NOT NULL AND bound = '{bound}'"


class Figure(PresentRow, table=True):
    """A number with its words.

    Measure, kind and unit repeat those of its series, because figures are filtered by them. IEEE
    doubles hold every value exactly, as a value has at most 15 significant digits. Figures are
    sorted by `value_or_most` and `value_or_least`: without a value they come last either way.
    `superseded_by_id` is the mirror of `supersedes_id`, for the newest figures of a series.
    """

    __table_args__ = (
        is_slug(),
        has_title(),
        is_in_order("published"),
        is_one_of("measure_kind", v.MeasureKind),
        is_one_of("qualifier", v.Qualifier),
        is_one_of("bound", v.Bound),
        is_one_of("origin", v.Origin),
        is_one_of("observation_status", v.ObservationStatus),
        is_one_of("as_of_basis", v.DateBasis),
        is_one_of("period_basis", v.DateBasis),
        is_in_order("period"),
        is_in_order("as_of"),
        value_matches_qualifier(),
        measure_names_a_share(),
        CheckConstraint("denominator_id <> id", name="is_not_its_own_denominator"),
        CheckConstraint(
            "supersedes_id <> id AND superseded_by_id <> id", name="does_not_supersede_itself"
        ),
        Index(None, "source_id", "id"),
        Index(None, "series_id", "as_of_latest", "id", "superseded_by_id"),
        Index(None, "series_id", "id"),
        Index(None, "measure", "id"),
        Index(None, "measure_kind", "id"),
        Index(None, "unit", "id"),
        Index(None, "qualifier", "id"),
        Index(None, "population_id", "id"),
        Index(None, "denominator_id", "id"),
        Index(None, "event_id", "id"),
        Index(None, "observation_status", "id"),
        Index(None, "supersedes_id", "id"),
        Index(None, "superseded_by_id", "id"),
        Index(None, "origin", "id"),
        Index(None, "as_of_earliest", "id", "as_of_latest"),
        Index(None, "as_of_latest", "id", "as_of_earliest"),
        Index(None, "period_earliest", "id", "period_latest"),
        Index(None, "period_latest", "id", "period_earliest"),
        # Numbers of one unit or measure are compared: a range, and its count, is one stretch of an
        # index. The last column has the other bound, which the index alone could not decide.
        *(
            Index(None, *led_by, *values)
            for led_by in ((), ("unit",), ("measure",))
            for values in (
                ("value_or_most", "id", "value_or_least"),
                ("value_or_least", "id", "value_or_most"),
            )
        ),
        Index(None, "title_key", "id"),
        Index(None, "published_earliest", "id", "published_latest"),
        Index(None, "published_latest", "id", "published_earliest"),
    )

    id: str = Field(sa_type=Slug, primary_key=True)
    revision_key: int = Field(foreign_key="revision.key", unique=True)
    title: str = Field(sa_type=Text)
    title_key: str = Field(sa_type=SortKey)
    source_id: str = Field(sa_type=Slug, foreign_key="source.id")
    published_earliest: int
    published_latest: int
    series_id: str = Field(sa_type=Slug, foreign_key="series.id")
    measure: str = Field(sa_type=Code, foreign_key="measure.code")
    measure_kind: str = Field(sa_type=Code)
    unit: str = Field(sa_type=Code, foreign_key="unit.code")
    value: float | None = Field(sa_type=Double)
    value_or_most: float = Field(sa_type=Double)
    value_or_least: float = Field(sa_type=Double)
    as_written: str = Field(sa_type=Text)
    qualifier: str = Field(sa_type=Code)
    lower: float | None = Field(sa_type=Double)
    upper: float | None = Field(sa_type=Double)
    bound: str | None = Field(sa_type=Code)
    population_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")
    denominator_id: str | None = Field(
        sa_type=Slug, sa_column_args=deferred_foreign_key("figure.id")
    )
    event_id: str | None = Field(sa_type=Slug, foreign_key="event.id")
    observation_status: str | None = Field(sa_type=Code)
    supersedes_id: str | None = Field(
        sa_type=Slug, sa_column_args=deferred_foreign_key("figure.id")
    )
    superseded_by_id: str | None = Field(
        sa_type=Slug, sa_column_args=deferred_foreign_key("figure.id")
    )
    origin: str = Field(sa_type=Code)
    period_edtf: str | None = Field(sa_type=Code)
    period_earliest: int
    period_latest: int
    period_basis: str | None = Field(sa_type=Code)
    as_of_edtf: str = Field(sa_type=Code)
    as_of_earliest: int
    as_of_latest: int
    as_of_basis: str = Field(sa_type=Code)


class FigureSpeaker(PresentRow, table=True):
    """Who gave a figure, or may have. `actor_id` is `None` where the source's words name somebody
    without a record.
    """

    __tablename__ = "figure_speaker"
    __table_args__ = (Index(None, "actor_id", "figure_id"),)

    figure_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="figure.id")
    position: int = Field(primary_key=True)
    actor_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")


class FigureRelay(PresentRow, table=True):
    """Through whom a figure reached the source. `actor_id` is `None` where it has no record."""

    __tablename__ = "figure_relay"
    __table_args__ = (Index(None, "actor_id", "figure_id"),)

    figure_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="figure.id")
    position: int = Field(primary_key=True)
    actor_id: str | None = Field(sa_type=Slug, foreign_key="actor.id")


class FigurePlace(PresentRow, table=True):
    """Where a figure counts."""

    __tablename__ = "figure_place"
    __table_args__ = (
        Index(None, "place_id", "figure_id"),
        Index(None, "role", "figure_id"),
    )

    figure_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="figure.id")
    position: int = Field(primary_key=True)
    place_id: str | None = Field(sa_type=Slug, foreign_key="place.id")
    role: str = Field(sa_type=Code, foreign_key="place_role.code")


class FigureBreakdown(PresentRow, table=True):
    """A category that a figure is limited to."""

    __tablename__ = "figure_breakdown"
    __table_args__ = (Index(None, "category", "figure_id"),)

    figure_id: str = Field(sa_type=Slug, primary_key=True, foreign_key="figure.id")
    position: int = Field(primary_key=True)
    dimension: str = Field(sa_type=Code)
    category: str = Field(sa_type=Code, foreign_key="breakdown_category.code")
