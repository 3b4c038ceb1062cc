"""Figures and the series that they belong to."""

from collections.abc import Iterator, Mapping

from app.curation import schema as s
from app.curation.dates import ends
from app.curation.files import Finding
from app.curation.seeds import Entry, Seeds
from app.vocabulary import SHARE_PREFIX


def shares_name_what_is_shared(seeds: Seeds) -> Iterator[Finding]:
    """The measure of a share begins with `share_of_` and names what is shared; no other measure
    does. So a count and a share never have one measure.
    """
    for entry in seeds.series:
        is_share = entry.seed.measure_kind == "share"
        if is_share and not entry.seed.measure.startswith(SHARE_PREFIX):
            message = (
                f"Write “measure: {SHARE_PREFIX}…” with what is shared, e.g."
                f" {SHARE_PREFIX}people_killed: “{entry.seed.measure}” could be that of a count"
            )
            yield entry.finding("shares-name-what-is-shared", message, "measure")
        elif not is_share and entry.seed.measure.startswith(SHARE_PREFIX):
            message = (
                f"Write “measure_kind: share”, or another measure: “{entry.seed.measure}” is that"
                " of a share"
            )
            yield entry.finding("shares-name-what-is-shared", message, "measure_kind")


def denominators_are_counts(seeds: Seeds) -> Iterator[Finding]:
    """Only a share has a denominator, a figure that is no share itself."""
    kinds = {
        entry.seed.id: series.measure_kind
        for entry in seeds.all_of("figures")
        if (series := _series_of(entry, seeds)) is not None
    }
    for entry in seeds.all_of("figures"):
        denominator = entry.seed.denominator
        if denominator is None or entry.seed.id not in kinds:
            continue
        if kinds[entry.seed.id] != "share":
            message = "Delete denominator: the series is not of shares"
        elif kinds.get(denominator) == "share":
            message = f"Name a count: “{denominator}” is itself a share"
        else:
            continue
        yield entry.finding("denominators-are-counts", message, "denominator")


def revisions_are_proved(seeds: Seeds) -> Iterator[Finding]:
    """A figure supersedes one of its own source and series, once, and a quote proves that the
    source revises it; otherwise two numbers would be taken for one, or one for two.
    """
    for article in seeds.articles:
        figures = {entry.seed.id: entry.seed for entry in article.entries("figures")}
        successors: dict[str, str] = {}
        for entry in article.entries("figures"):
            figure: s.FigureSeed = entry.seed
            if figure.supersedes is None:
                continue
            earlier = figures.get(figure.supersedes)
            other = successors.setdefault(figure.supersedes, figure.id)
            if earlier is None:
                message = f"Name a figure of this article: “{figure.supersedes}” is in none of it"
            elif earlier.series != figure.series:
                message = (
                    f"Name a figure of the series “{figure.series}”: “{earlier.id}” is of"
                    f" “{earlier.series}”"
                )
            elif other != figure.id:
                message = f"Name another figure: “{other}” supersedes “{earlier.id}”, too"
            elif _supersedes_itself(figure, figures):
                message = f"Correct supersedes: “{figure.id}” would supersede itself"
            elif not any("supersedes" in quote.seed.proves for quote in entry.quotes):
                message = (
                    "Quote the words that revise it (“revised from … to …”), with proves:"
                    " [supersedes]"
                )
            else:
                continue
            yield entry.finding("revisions-are-proved", message, "supersedes")


def _supersedes_itself(figure: s.FigureSeed, figures: Mapping[str, s.FigureSeed]) -> bool:
    passed, earlier = {figure.id}, figures.get(figure.supersedes or "")
    while earlier is not None and earlier.id not in passed:
        passed.add(earlier.id)
        earlier = figures.get(earlier.supersedes or "")
    return earlier is not None


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
        start, period = series.counted_from, entry.seed.period
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
