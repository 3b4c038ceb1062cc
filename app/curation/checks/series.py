"""Figures and the series that they belong to."""

from collections.abc import Iterator

from app.curation import schema as s
from app.curation.dates import ends
from app.curation.files import Finding
from app.curation.seeds import Entry, Seeds


def shares_have_a_whole(seeds: Seeds) -> Iterator[Finding]:
    """A share names the figure that it is a share of, or the population; only a share has a
    denominator.
    """
    kinds = {entry.seed.id: _series_of(entry, seeds) for entry in seeds.all_of("figures")}
    for entry in seeds.all_of("figures"):
        series = kinds[entry.seed.id]
        if series is None:
            continue
        denominator = entry.seed.denominator
        if series.measure_kind == "share":
            if denominator is None and series.population is None:
                yield entry.finding(
                    "shares-have-a-whole",
                    "Add denominator: the figure that this is a share of",
                    "id",
                )
            elif (
                denominator is not None
                and (of := kinds.get(denominator)) is not None
                and of.measure_kind == "share"
            ):
                yield entry.finding(
                    "shares-have-a-whole",
                    f"Name a count: “{denominator}” is itself a share",
                    "denominator",
                )
        elif denominator is not None:
            yield entry.finding(
                "shares-have-a-whole",
                "Delete denominator: the series is not of shares",
                "denominator",
            )


def figures_match_their_series(seeds: Seeds) -> Iterator[Finding]:
    """A figure has the categories and places of its series."""
    for entry in seeds.all_of("figures"):
        series = _series_of(entry, seeds)
        if series is None:
            continue
        declared = {(item.dimension, item.category) for item in series.breakdown}
        for index, item in enumerate(entry.seed.breakdown):
            if (item.dimension, item.category) not in declared:
                message = (
                    f"Add {item.dimension}: {item.category} to the breakdown of the series"
                    f" “{series.id}”, or choose another series"
                )
                yield entry.finding("figures-match-their-series", message, "breakdown", index)
        for index, place in enumerate(entry.seed.places):
            if place.id is not None and place.id not in series.places:
                message = (
                    f"Add the place “{place.id}” to the series “{series.id}”, or choose another"
                    " series"
                )
                yield entry.finding("figures-match-their-series", message, "places", index)
        start, period = series.start, entry.seed.period
        if start is not None and period is not None and ends(period.edtf)[0] != ends(start.edtf)[0]:
            message = (
                f"Begin the period with “{start.edtf}”, as the series “{series.id}” does:"
                f" “{ends(period.edtf)[0]}” is another day"
            )
            yield entry.finding("figures-match-their-series", message, "period")
        if entry.seed.population is not None and series.population is None:
            message = f"Delete population, or give the series “{series.id}” one"
            yield entry.finding("figures-match-their-series", message, "population")


def _series_of(entry: Entry[s.FigureSeed], seeds: Seeds) -> s.SeriesSeed | None:
    return seeds.series_by_id.get(entry.seed.series)
