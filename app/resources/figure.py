from app import vocabulary as v
from app.models import (
    Figure,
    FigureBreakdown,
    FigurePlace,
    FigureRelay,
    FigureSpeaker,
    PlaceWithin,
)
from app.resources.declarations import (
    SLUG_VALUE,
    DateRange,
    Filter,
    Include,
    LatestPerGroup,
    NumberRange,
    Resource,
    Sort,
    by_date,
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
    Number,
    Part,
    PlaceReference,
    Record,
    Reference,
    field,
)


class Breakdown(Part):
    """One category of one dimension that the count is confined to."""

    dimension: str = field("What the categories divide.", "side", pattern=v.CODE_PATTERN)
    category: v.BreakdownCategory = field("The category counted here.", "iran")
    as_written: str | None = field("The words of the source, null where it has none.", "each side")


class FigureRecord(Record):
    """A number with its words: never to be shown without its qualifier, its as-of date and its
    source.
    """

    source: str = field("Id of the source that gives it.", "iran-fm-qatar-amir-2024-02-14")
    series: str = field(
        "Id of the series: figures that measure the same thing.",
        "palestinians-killed-since-2023-10-07",
    )
    measure: v.Measure = field("What is measured.", "people_killed")
    measure_kind: v.MeasureKind = field(
        "`cumulative`: a running total; `period`: within a period; `share`: of a denominator;"
        " `amount`: of money or goods; `point`: at one moment.",
        "cumulative",
    )
    value: Number | None = field(
        "The number, at most 15 significant digits, in `unit`; null: only bounds or no number are"
        " given.",
        28473,
    )
    as_written: str = field(
        "The number with its qualifier, as the source writes it.", "over 28,473"
    )
    qualifier: v.Qualifier = field("The qualifier that the source puts on it.", "over")
    lower: Number | None = field(
        "Lower bound, from the qualifier alone; null: none is stated.", 28473
    )
    upper: Number | None = field(
        "Upper bound, from the qualifier alone; null: none is stated.", None
    )
    bound: v.Bound | None = field(
        "How the bounds are meant: more than (`gt`) or at least (`ge`) `lower`, less than (`lt`) or"
        " at most (`le`) `upper`, from `lower` to `upper` (`both`); null: there are none.",
        "gt",
    )
    unit: v.Unit = field("What is counted: `person`, `percent`, a currency (ISO 4217), …", "person")
    population: Reference | None = field("Who is counted; null: the series names nobody.")
    excludes: tuple[str, ...] = field(
        "Ids of series whose people are not counted here.", ["palestinians-killed-since-2023-10-07"]
    )
    breakdown: tuple[Breakdown, ...] = field(
        "Categories that the count is confined to; empty: all."
    )
    denominator: str | None = field(
        "Id of the figure that a share is a share of; null: the measure alone names it.",
        "palestinians-killed-since-2023-10-07-at-2024-02-14",
    )
    places: tuple[PlaceReference, ...] = field("Where, as far as the text says.")
    period: Date | None = field("What time the number covers; null: the text does not say.")
    as_of: Date = field(
        "Day up to which the source vouches for the number; where it gives none, the day of"
        " publication."
    )
    observation_status: v.ObservationStatus | None = field(
        "What the source calls a number that is not final; null: it says nothing of that.", None
    )
    attribution: Attribution = field("Whom the number comes from.")
    event: Reference | None = field("The event that the number belongs to.")
    supersedes: str | None = field(
        "Id of the figure of the same source and series that the source revises by this one.", None
    )
    superseded_by: str | None = field(
        "Id of the figure by which the source revises this one: it is no longer one of the newest"
        " of its series (`latest=true`).",
        None,
    )
    caveats: Caveats
    corrections: Corrections = ()
    evidence: EvidenceList


_NUMBER_COMPANIONS = (
    "qualifier",
    "as_written",
    "unit",
    "as_of",
    "attribution",
    "source",
    "superseded_by",
    "caveats",
    "corrections",
    "evidence",
)
"""The fields that accompany every number."""

FIGURE = Resource(
    type="figure",
    plural="figures",
    path="/v1/figures",
    record=FigureRecord,
    table=Figure,
    companion_fields=dict.fromkeys(
        ("value", "as_written", "lower", "upper", "bound"), _NUMBER_COMPANIONS
    ),
    description="How many, how much, what share: each number with its qualifier, bounds, as-of"
    " date, source and quote.",
    filters=(
        id_filter(Figure, "figures", "palestinians-killed-since-2023-10-07-at-2024-02-14"),
        Filter(
            name="source",
            columns=(Figure.source_id,),
            value_type=SLUG_VALUE,
            description="Source that gives it.",
            example="iran-fm-qatar-amir-2024-02-14",
            phrase="from {}",
        ),
        Filter(
            name="series",
            columns=(Figure.series_id,),
            value_type=SLUG_VALUE,
            description="Series that it belongs to.",
            example="palestinians-killed-since-2023-10-07",
            phrase="of the series {}",
        ),
        Filter(
            name="measure",
            columns=(Figure.measure,),
            value_type=code_of(v.Measure),
            description="What is measured.",
            example="people_killed",
        ),
        Filter(
            name="measure_kind",
            columns=(Figure.measure_kind,),
            value_type=one_of(v.MeasureKind),
            description="Kind of measure.",
            example="cumulative",
        ),
        Filter(
            name="unit",
            columns=(Figure.unit,),
            value_type=code_of(v.Unit),
            description="What is counted.",
            example="USD",
        ),
        Filter(
            name="qualifier",
            columns=(Figure.qualifier,),
            value_type=one_of(v.Qualifier),
            description="Qualifier that the source puts on it.",
            example="at_least",
        ),
        Filter(
            name="population",
            columns=(Figure.population_id,),
            value_type=SLUG_VALUE,
            description="Who is counted.",
            example="palestinians",
            phrase="of {}",
        ),
        Filter(
            name="breakdown",
            columns=(FigureBreakdown.category,),
            value_type=code_of(v.BreakdownCategory),
            description="A category that the count is confined to.",
            example="women_and_children",
        ),
        Filter(
            name="denominator",
            columns=(Figure.denominator_id,),
            value_type=SLUG_VALUE,
            description="What it is a share of.",
            example="palestinians-killed-since-2023-10-07-at-2024-02-14",
        ),
        Filter(
            name="place",
            columns=(FigurePlace.place_id,),
            parts_table=PlaceWithin,
            value_type=SLUG_VALUE,
            description="Where: this place or a part of it.",
            example="gaza-strip",
            phrase="in {}",
        ),
        Filter(
            name="place_role",
            columns=(FigurePlace.role,),
            value_type=code_of(v.PlaceRole),
            description="How a place is related to it; with `place`: that place.",
            example="in",
        ),
        Filter(
            name="event",
            columns=(Figure.event_id,),
            value_type=SLUG_VALUE,
            description="Event that it belongs to.",
            example="war-in-gaza-since-2023-10-07",
            phrase="of {}",
        ),
        Filter(
            name="observation_status",
            columns=(Figure.observation_status,),
            value_type=one_of(v.ObservationStatus),
            description="What the source calls it.",
            example="forecast",
            phrase="that the source calls {}",
        ),
        Filter(
            name="supersedes",
            columns=(Figure.supersedes_id,),
            value_type=SLUG_VALUE,
            description="The figure that its source revises by it.",
            example="people-displaced-2031-05-04",
            phrase="that supersede {}",
        ),
        Filter(
            name="superseded_by",
            columns=(Figure.superseded_by_id,),
            value_type=SLUG_VALUE,
            description="The figure by which its source revises it.",
            example="people-displaced-2031-05-05",
            phrase="superseded by {}",
        ),
        Filter(
            name="origin",
            columns=(Figure.origin,),
            value_type=one_of(v.Origin),
            description="Whom the number comes from.",
            example="none_named",
        ),
        Filter(
            name="speaker",
            columns=(FigureSpeaker.actor_id,),
            value_type=SLUG_VALUE,
            is_credit=True,
            description="Who is credited with it.",
            example="irna",
            phrase="by {}",
        ),
        Filter(
            name="relayed_by",
            columns=(FigureRelay.actor_id,),
            value_type=SLUG_VALUE,
            is_credit=True,
            description="Through whom it came.",
            example="irna",
            phrase="relayed by {}",
        ),
    ),
    ranges=(
        NumberRange(
            name="value",
            column=Figure.value,
            sort_columns=(Figure.value_or_most, Figure.value_or_least),
            description="Compares `value`, whatever its qualifier; figures without a value do not"
            " match.",
            example="100",
        ),
    ),
    dates=(
        DateRange(
            name="as_of",
            earliest=Figure.as_of_earliest,
            latest=Figure.as_of_latest,
            description="The day up to which the source vouches for the number. A date alone means"
            " up to its last day (exactly that day: `D/D`). With `latest=true`: the newest of each"
            " series by then.",
            example="2024-02-14",
            always_present=True,
            up_to=True,
            phrase="as of {}",
        ),
        DateRange(
            name="date",
            earliest=Figure.period_earliest,
            latest=Figure.period_latest,
            description="What time the number covers: `period`.",
            example="2023-11",
            phrase="covering {}",
        ),
        published(Figure),
    ),
    newest=(
        LatestPerGroup(
            name="latest",
            by=Figure.series_id,
            column=Figure.as_of_latest,
            replaced_by=Figure.superseded_by_id,
            window="as_of",
            description="`true`: after all other filters, every figure at the newest as-of of its"
            " series, without those that their source has revised (`superseded_by`).",
        ),
    ),
    sorts=(
        by_id(Figure),
        by_title(Figure),
        by_date("as_of", Figure.as_of_earliest, Figure.as_of_latest, "as-of"),
        Sort(
            name="value",
            ascending=Figure.value_or_most,
            descending=Figure.value_or_least,
            phrases=("smallest value first", "largest value first"),
        ),
        by_date("date", Figure.period_earliest, Figure.period_latest, "period"),
        by_date("published", Figure.published_earliest, Figure.published_latest, "publication"),
    ),
    includes=(
        Include(
            name="source",
            type="source",
            columns=(Figure.source_id,),
            description="The source that gives it.",
        ),
        Include(
            name="series",
            type="series",
            columns=(Figure.series_id,),
            description="The series that it belongs to.",
        ),
        Include(
            name="event",
            type="event",
            columns=(Figure.event_id,),
            description="The event that it belongs to.",
        ),
        Include(
            name="place", type="place", columns=(FigurePlace.place_id,), description="Its places."
        ),
        Include(
            name="population",
            type="actor",
            columns=(Figure.population_id,),
            description="Who is counted.",
        ),
        Include(
            name="denominator",
            type="figure",
            columns=(Figure.denominator_id,),
            description="What it is a share of.",
        ),
        Include(
            name="supersedes",
            type="figure",
            columns=(Figure.supersedes_id,),
            description="What its source revises by it.",
        ),
        Include(
            name="superseded_by",
            type="figure",
            columns=(Figure.superseded_by_id,),
            description="By what its source revises it.",
        ),
        Include(
            name="speaker",
            type="actor",
            columns=(FigureSpeaker.actor_id,),
            description="Who is credited with it.",
        ),
        Include(
            name="relayed_by",
            type="actor",
            columns=(FigureRelay.actor_id,),
            description="Through whom it came.",
        ),
    ),
)
