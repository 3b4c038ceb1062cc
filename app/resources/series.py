from app import vocabulary as v
from app.models import (
    PlaceWithin,
    Series,
    SeriesBreakdown,
    SeriesExclusion,
    SeriesPlace,
    SeriesSource,
)
from app.resources.declarations import (
    SLUG_VALUE,
    Filter,
    Include,
    Resource,
    Sort,
    by_id,
    by_title,
    code_of,
    id_filter,
    one_of,
    published,
)
from app.resources.fields import (
    Attribution,
    Caveats,
    Corrections,
    Date,
    EvidenceList,
    IsoDate,
    Number,
    Part,
    PlaceReference,
    Record,
    Reference,
    field,
)
from app.resources.figure import Breakdown


class Point(Part):
    """A figure of the series, in short: what a chart needs and what a number may not go without."""

    figure: str = field("Id of the figure.", "palestinians-killed-since-2023-10-07-at-2024-02-14")
    source: str = field("Id of its source.", "iran-fm-qatar-amir-2024-02-14")
    value: Number | None = field(
        "The number in the series' unit; null: only bounds or no number are given.", 28473
    )
    as_written: str = field(
        "The number with its qualifier, as the source writes it.", "over 28,473"
    )
    qualifier: v.Qualifier = field("The qualifier that the source puts on it.", "over")
    lower: Number | None = field("Lower bound; null: none is stated.", 28473)
    upper: Number | None = field("Upper bound; null: none is stated.", None)
    bound: v.Bound | None = field("How the bounds are meant; null: there are none.", "gt")
    period: Date | None = field("What time the number covers; null: the text does not say.")
    as_of: Date = field("Day up to which the source vouches for the number.")
    attribution: Attribution = field("Whom the number comes from.")
    observation_status: v.ObservationStatus | None = field(
        "What the source calls a number that is not final; null: it says nothing of that.", None
    )
    superseded_by: str | None = field(
        "Id of the figure by which the source revises this one; null: none.", None
    )
    caveats: Caveats
    corrected_on: IsoDate | None = field(
        "Day of the figure's last correction; null: it has not been corrected.", None
    )


class Disagreement(Part):
    """Two points whose as-of dates overlap and that cannot both hold. No winner is picked.

    A figure that its source has revised disagrees with none.
    """

    kind: v.DisagreementKind = field("What stands against what.", "value_and_bound")
    figures: tuple[str, ...] = field(
        "Ids of the two figures.", ["one-figure", "another-figure"], min_length=2, max_length=2
    )
    between: v.DisagreeingParties = field(
        "Whether two sources differ, two speakers in one source, or neither: two figures of one"
        " origin.",
        "sources",
    )


class SeriesRecord(Record):
    measure: v.Measure = field("What is measured.", "people_killed")
    measure_kind: v.MeasureKind = field("Kind of measure.", "cumulative")
    unit: v.Unit = field("What is counted: `person`, `percent`, a currency (ISO 4217), …", "person")
    population: Reference | None = field(
        "Who is counted; null: not people, or the texts do not say. `inferred` as soon as it is in"
        " one of the figures."
    )
    excludes: tuple[str, ...] = field(
        "Ids of series whose people are not counted here.", ["palestinians-killed-since-2023-10-07"]
    )
    places: tuple[PlaceReference, ...] = field(
        "The places that it is about; `inferred` as soon as they are in one of the figures."
    )
    breakdown: tuple[Breakdown, ...] = field(
        "Categories that the count is confined to; empty: all."
    )
    counted_from: Date | None = field(
        "When counting begins; null: it has no beginning of its own. `inferred` as soon as it is in"
        " one of the figures."
    )
    definition: str = field(
        "What exactly is counted, as far as the sources say. Two definitions are two series.",
        "Running total of Palestinians killed since 7 October 2023.",
    )
    method: v.Method = field(
        "Whether the numbers are reported or extrapolated; the two never share a series.",
        "reported",
    )
    points: tuple[Point, ...] = field("Its figures, oldest as-of first.")
    disagreements: tuple[Disagreement, ...] = field("Points that cannot both hold.")
    caveats: Caveats
    corrections: Corrections = ()
    evidence: EvidenceList


SERIES = Resource(
    type="series",
    plural="series",
    path="/v1/series",
    record=SeriesRecord,
    table=Series,
    companion_fields={"points": ("unit", "disagreements", "caveats", "corrections")},
    description="Figures that measure the same thing, in as-of order, with the points where sources"
    " disagree.",
    filters=(
        id_filter(Series, "series", "palestinians-killed-since-2023-10-07"),
        Filter(
            name="measure",
            columns=(Series.measure,),
            value_type=code_of(v.Measure),
            description="What is measured.",
            example="people_killed",
        ),
        Filter(
            name="measure_kind",
            columns=(Series.measure_kind,),
            value_type=one_of(v.MeasureKind),
            description="Kind of measure.",
            example="cumulative",
        ),
        Filter(
            name="unit",
            columns=(Series.unit,),
            value_type=code_of(v.Unit),
            description="What is counted.",
            example="person",
        ),
        Filter(
            name="population",
            columns=(Series.population_id,),
            value_type=SLUG_VALUE,
            description="Who is counted.",
            example="palestinians",
            phrase="of {}",
        ),
        Filter(
            name="breakdown",
            columns=(SeriesBreakdown.category,),
            value_type=code_of(v.BreakdownCategory),
            description="A category that the count is confined to.",
            example="women_and_children",
        ),
        Filter(
            name="place",
            columns=(SeriesPlace.place_id,),
            parts_table=PlaceWithin,
            value_type=SLUG_VALUE,
            description="Where: this place or a part of it.",
            example="gaza-strip",
            phrase="in {}",
        ),
        Filter(
            name="exclude",
            columns=(SeriesExclusion.excluded_id,),
            value_type=SLUG_VALUE,
            description="A series whose people are not counted here.",
            example="palestinians-killed-since-2023-10-07",
            phrase="that leave out {}",
        ),
        Filter(
            name="method",
            columns=(Series.method,),
            value_type=one_of(v.Method),
            description="How the numbers come about.",
            example="reported",
        ),
        Filter(
            name="source",
            columns=(SeriesSource.source_id,),
            value_type=SLUG_VALUE,
            description="Source that gives a figure of it.",
            example="iran-fm-qatar-amir-2024-02-14",
            phrase="from {}",
        ),
    ),
    dates=(published(SeriesSource),),
    sorts=(
        by_id(Series),
        by_title(Series),
        Sort(
            name="measure",
            ascending=Series.measure,
            descending=Series.measure,
            phrases=("by measure", "by measure, backwards"),
        ),
    ),
    includes=(
        Include(
            name="source",
            type="source",
            columns=(SeriesSource.source_id,),
            description="The sources that give figures of it.",
        ),
        Include(
            name="population",
            type="actor",
            columns=(Series.population_id,),
            description="Who is counted.",
        ),
        Include(
            name="place", type="place", columns=(SeriesPlace.place_id,), description="Its places."
        ),
    ),
)
