"""Records → pages. What a page says stands in its template; here is gathered what it needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import orjson

from app.errors import Fault
from app.query.beside import Beside, Stored, parsed
from app.query.evidence import Quotes
from app.query.facets import Facets
from app.query.finding import Hits, NounCount
from app.query.history import Changes, Datasets, Revisions
from app.query.operators import clauses
from app.query.parser import ItemQuery, ListQuery
from app.query.read import Dataset, Item, Page
from app.query.recorded import Pasts, Revision, Tombstones
from app.query.timeline import DATED_BY, Timeline
from app.render.html import components, form, words
from app.render.html.chart import chart
from app.render.html.here import FOLDER, HEADERS, Here, Safe, here, root_of
from app.render.json import selected
from app.render.origin import Origin
from app.render.plain import told
from app.resources import RESOURCES, Filter, Resource
from app.resources.declare import SLUG_VALUE, Listing, column_of, tables
from app.vocabulary import Noun

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["HEADERS"]

NAVIGATION = (
    *((resource.plural, resource.path) for noun in ("figure", "statement", "event", "actor", "place", "series", "source")
      for resource in [RESOURCES[noun]]),
    ("timeline", "/v1/timeline"),
    ("guide", "/docs/guide"),
)  # fmt: skip
_SHOWN_VALUES = 6
_LONG_TITLE = 120
_OPEN_FACETS = 4


@cache
def environment() -> "Environment":
    """Made when the first page is asked for: servers that only programs ask need none of it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters |= {
        "seen": lambda text: Safe(words.seen(text)),
        "bare": words.bare,
        "said": words.said,
        "label": words.label,
        "long_date": words.long_date,
        "number": words.number_of,
        "joined": form.joined,
        "pretty": lambda value: orjson.dumps(value, option=orjson.OPT_INDENT_2).decode(),
    }
    made.globals |= {"navigation": NAVIGATION, "current": "", "c": components, "top": _top}
    return made


@cache
def _template(name: str) -> Any:
    return environment().get_template(name)


@lru_cache(maxsize=256)
def _top(root: str, current: str) -> Safe:
    """What stands above every page."""
    text: str = _template("top.html").render(root=Safe(root), current=current)
    return Safe(text)


def _written(name: str, *given: Mapping[str, Any], **values: Any) -> bytes:
    text: str = _template(name).render({key: value for part in (*given, values) for key, value in part.items()})
    # A lone surrogate has no UTF-8; nothing that was read as UTF-8 has one.
    return text.encode("utf-8", "replace")


# ------------------------------------------------------------------------------------------------------------- one record

_TOLD_ABOVE = ("id", "title", "caveats", "corrections", "evidence", "points", "disagreements")
"""Fields that stand elsewhere on the page of a record."""
_ABOVE_OF: Mapping[str, tuple[str, ...]] = {
    "statement": ("summary",),
    "series": ("definition",),
}


def render_item(item: Item, query: ItemQuery, dataset: Dataset, origin: Origin) -> bytes:
    at = here(origin, dataset.version, item.beside)
    resource, noun, record = query.resource, query.resource.noun, parsed(item.record[1])
    if query.fields is not None:
        return _cut_item(item, query, at)
    beside = item.beside or Beside({})
    body = item.record[1] if noun == "series" else beside.series[1] if beside.series else None
    series = parsed(body) if body else None
    return _written(
        "record.html",
        at=at,
        noun=noun,
        resource=resource,
        record=record,
        told=told(noun, record),
        shown=(*_TOLD_ABOVE, *_ABOVE_OF.get(noun, ())),
        series=series,
        drawn=_drawn(body, at) if body and series and (noun == "series" or len(series["points"]) > 1) else "",
        quotes=beside.quotes,
        revisions=beside.revisions,
        related=_related(noun, record, dataset, at),
        included=_included(item.included),
        past=_past(item.pasts, resource, at),
        formats=_formats(query, f"{at.url(noun, item.record[0])}"),
        known_at=query.known_at.raw if query.known_at else None,
        current=resource.path,
    )


def _drawn(body: str, at: Here) -> Safe:
    """A series as a drawing and as a table. It is the same on the page of each of its figures, and is made once."""
    key = (body, at.root, at.version)
    found = _drawings.get(key)
    if found is None:
        series = parsed(body)
        text: str = _template("series.html").render(at=at, series=series, drawing=chart(series))
        if len(_drawings) >= _MOST_DRAWINGS:
            _drawings.clear()
        found = _drawings[key] = Safe(text)
    return found


_MOST_DRAWINGS = 200
_drawings: dict[tuple[str, str, str], Safe] = {}


def _cut_item(item: Item, query: ItemQuery, at: Here) -> bytes:
    """A record cut to fields that somebody asked for: a list of one."""
    noun, address = query.resource.noun, at.url(query.resource.noun, item.record[0])
    return _written(
        "cut.html",
        at=at,
        heading=item.record[0],
        description=query.resource.description,
        sentence=f"{noun} {item.record[0]}, cut to fields",
        total=None,
        total_exact=True,
        chips=(),
        request=_with_query(address, query.canonical()),
        records=[(noun, selected(item.record, query.fields), address)],
        previous=None,
        following=None,
        included=_included(item.included),
        gone=(),
        past=_past(item.pasts, query.resource, at),
        facets="",
        form="",
        formats=_formats(query, address),
        current=query.resource.path,
    )


def render_revision(revision: Revision, record: Stored, noun: Noun, version: str, origin: Origin) -> bytes:
    """What will always be true of a revision: it names no other record by what that is called now."""
    at = Here(root_of(origin.base), version)
    said = parsed(record[1])
    return _written("revision.html", at=at, noun=noun, record=said, told=told(noun, said), revision=revision)


@cache
def _pointing_at(noun: Noun) -> Sequence[tuple[Resource, Filter]]:
    """The filters that take ids of this noun, from the declarations: the lists in which a record may be named."""
    table = tables(RESOURCES[noun].table)
    return [
        (resource, item)
        for resource in RESOURCES.values()
        for item in resource.filters
        if item.kind is SLUG_VALUE
        and item.name != "id"
        and any(key.column.table is table for attribute in item.columns for key in column_of(attribute).foreign_keys)
    ]


def _related(noun: Noun, record: Mapping[str, Any], dataset: Dataset, at: Here) -> list[tuple[str, str, int | None]]:
    """Lists that name the record, with how many there are where the build has counted that; those with none are left out."""
    result: list[tuple[str, str, int | None]] = []
    for resource, item in _pointing_at(noun):
        counted = dataset.facets.get(resource.noun, {}).get(item.name)
        count = None if counted is None else next((n for value, n in counted["values"] if value == record["id"]), None)
        if counted is not None and count is None and counted["complete"]:
            continue
        said = (item.phrase or f"with {words.label(item.name)} {{}}").format(_shortened(record["title"]))
        result.append((f"{resource.plural} {said}", f"{at.root}{resource.path}?{item.name}={record['id']}", count))
    return result


def _shortened(title: str) -> str:
    return title if len(title) <= _LONG_TITLE else f"{title[:_LONG_TITLE]}…"


def _past(pasts: Pasts | None, resource: Resource, at: Here) -> Safe:
    if not pasts:
        return Safe("")
    lines = [
        f'<li><a href="{at.url(resource.noun, record_id)}/revisions/{revision.number}">{words.seen(record_id)},'
        f" revision {revision.number}</a>: {words.seen(told(resource.noun, parsed(body)).claim)}</li>"
        for record_id, revisions in pasts.items()
        for revision, body in revisions
    ]
    return Safe(
        f'<section aria-labelledby="earlier"><h2 id="earlier">Earlier forms</h2><ul>{"".join(lines)}</ul></section>'
    )


def _included(included: Mapping[str, Mapping[str, str]] | None) -> list[tuple[Noun, Mapping[str, Any]]]:
    plurals = {resource.plural: noun for noun, resource in RESOURCES.items()}
    return [
        (plurals[plural], parsed(body)) for plural, records in (included or {}).items() for body in records.values()
    ]


# ------------------------------------------------------------------------------------------------------------------ lists


def render_list(page: Page, query: ListQuery, dataset: Dataset, origin: Origin) -> bytes:
    at = here(origin, dataset.version, page.beside)
    resource = RESOURCES[query.noun]
    common = _list(query, at, page.next, page.previous)
    address = f"{at.root}{resource.path}"
    if query.fields is not None:
        common["records"] = [
            (query.noun, selected(record, query.fields), f"{address}/{record[0]}") for record in page.records
        ]
    else:
        common["records"] = [(query.noun, parsed(record[1])) for record in page.records]
    return _written(
        "list.html" if query.fields is None else "cut.html",
        common,
        several=False,
        total=None if page.total is None else words.number_of(page.total),
        total_exact=page.total_exact,
        included=_included(page.included),
        gone=_gone(page.tombstones, at),
        past=_past(page.pasts, resource, at),
        facets=_facets(page.facets, query, dataset, at),
    )


def render_timeline(page: Timeline, query: ListQuery, dataset: Dataset, origin: Origin) -> bytes:
    at = here(origin, dataset.version, page.beside)
    records = []
    for noun, record in page.records:
        said = parsed(record[1])
        dated = said[DATED_BY[noun]]
        records.append((noun, said, dated["edtf"] if dated else ""))
    return _written(
        "timeline.html",
        _list(query, at, page.next, page.previous),
        _total(page.counts),
        records=records,
        counts=_counts(page.counts, query, at),
        gone=_gone(page.tombstones, at),
    )


def render_hits(page: Hits, query: ListQuery, dataset: Dataset, origin: Origin) -> bytes:
    at = here(origin, dataset.version, page.beside)
    records = [
        (
            hit.noun,
            parsed(hit.record[1]),
            [(item.of.field, _pieces(item.of.text, item.spans)) for item in hit.highlights if item.of.field != "title"],
        )
        for hit in page.hits
    ]
    return _written(
        "hits.html",
        _list(query, at, page.next, page.previous),
        _total(page.counts),
        records=records,
        counts=_counts(page.counts, query, at),
        gone=(),
    )


def render_quotes(page: Quotes, source: str, query: ListQuery, dataset: Dataset, origin: Origin) -> bytes:
    at = here(origin, dataset.version, page.beside)
    return _written(
        "quotes.html",
        _list(query, at, page.next, page.previous),
        total=None if page.total is None else words.number_of(page.total),
        total_exact=page.total_exact,
        page=page,
        source=source,
        gone=(),
    )


def render_changes(page: Changes, query: ListQuery, dataset: Dataset, origin: Origin) -> bytes:
    at = here(origin, dataset.version, None)
    changes = [(item, None if item.body is None else parsed(item.body)) for item in page.changes]
    return _of_past("changes.html", page, query, at, page.total_exact, changes=changes)


def render_revisions(page: Revisions, query: ListQuery, dataset: Dataset, origin: Origin) -> bytes:
    at = here(origin, dataset.version, None)
    address = f"{at.root}{query.listing.path}"
    return _of_past("revisions.html", page, query, at, True, revisions=page.revisions, request_path=address)


def render_datasets(page: Datasets, query: ListQuery, dataset: Dataset, origin: Origin) -> bytes:
    at = here(origin, dataset.version, None)
    plurals = {noun: resource.plural for noun, resource in RESOURCES.items()}
    return _of_past("datasets.html", page, query, at, True, datasets=page.datasets, plurals=plurals)


def _of_past(
    name: str, page: Changes | Revisions | Datasets, query: ListQuery, at: Here, exact: bool, **values: Any
) -> bytes:
    return _written(
        name,
        _list(query, at, page.next, page.previous),
        total=None if page.total is None else words.number_of(page.total),
        total_exact=exact,
        gone=(),
        **values,
    )


def _list(query: ListQuery, at: Here, following: str | None, previous: str | None) -> dict[str, Any]:
    """What every list has."""
    listing = query.listing
    address = f"{at.root}{listing.path}"
    return {
        "at": at,
        "heading": listing.plural.capitalize(),
        "description": listing.description,
        "sentence": query.sentence(),
        "chips": _chips(query, address),
        "request": _with_query(address, query.canonical(cursor=query.cursor)),
        "previous": _with_query(address, query.canonical(cursor=previous)) if previous else None,
        "following": _with_query(address, query.canonical(cursor=following)) if following else None,
        "formats": _formats(query, address),
        "form": asking(listing, form.values_of(query), (), at),
        "facets": "",
        "included": (),
        "past": "",
        "several": True,
        "current": listing.path,
    }


def _total(counts: Sequence[NounCount]) -> dict[str, Any]:
    exact = all(count.exact for count in counts)
    return {"total": words.number_of(sum(count.count for count in counts)) if counts else None, "total_exact": exact}


def _counts(counts: Sequence[NounCount], query: ListQuery, at: Here) -> list[tuple[str, str, str]]:
    """How many of each noun, with the way to those alone."""
    return [
        (
            RESOURCES[count.noun].plural,
            f"{words.number_of(count.count)}{'' if count.exact else ' or more'}",
            _replacing(f"{at.root}{query.listing.path}", query, "noun", count.noun),
        )
        for count in counts
        if count.count
    ]


def _with_query(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address


def _replacing(address: str, query: ListQuery, name: str, value: str | None) -> str:
    """The same question with one parameter as given; null: without it."""
    pairs = [pair for pair in query.canonical().split("&") if pair and not pair.startswith(f"{name}=")]
    if value is not None:
        pairs.insert(0, f"{name}={quote(form.joined((value,)), safe=',')}")
    return _with_query(address, "&".join(pairs))


def _chips(query: ListQuery, address: str) -> list[tuple[str, str]]:
    """Every condition in words, with the question that does without it."""
    if not query.chosen:
        return []
    return [
        (
            next(iter(clauses([item], None)), item.parameter.name),
            _replacing(address, query, item.parameter.name, None),
        )
        for item in query.chosen
        if item.parameter.name not in query.listing.needed
    ]


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text cut where the words stand; long stretches between them are left out."""
    pieces: list[tuple[str, bool]] = []
    done = 0
    for start, end in spans:
        between = text[done:start]
        pieces += [(_short(between, is_first=not done), False), (text[start:end], True)]
        done = end
    return [*pieces, (_short(text[done:], is_first=False, is_last=True), False)]


def _short(text: str, *, is_first: bool, is_last: bool = False) -> str:
    if len(text) <= 160:
        return text
    head, tail = ("" if is_first else text[:70]), ("" if is_last else text[-70:])
    return f"{head} … {tail}"


def _formats(query: ListQuery | ItemQuery, address: str) -> list[tuple[str, str, str]]:
    from app.render.formats import OF_CHANGES, OF_HISTORY, OF_HITS, OF_LISTS, OF_QUOTES, OF_RECORDS, OF_TIMELINE, others

    if isinstance(query, ItemQuery):
        offered = OF_RECORDS
    elif isinstance(query.listing, Resource):
        offered = OF_LISTS
    else:
        offered = {
            "search": OF_HITS, "timeline": OF_TIMELINE, "evidence": OF_QUOTES, "changes": OF_CHANGES,
        }.get(query.listing.path.rpartition("/")[2], OF_HISTORY)  # fmt: skip
    return [
        (row.name, _with_query(address, asked), row.media_type.partition(";")[0])
        for row, asked in others(query, offered)
    ]


def _gone(tombstones: Tombstones | None, at: Here) -> list[tuple[str, str | None]]:
    """What is not in the list any more."""
    if tombstones is None:
        return []
    listed = []
    for item in tombstones.listed:
        became = f"now {item.renamed_to}" if item.renamed_to else "withdrawn"
        why = f": {item.reason}" if item.reason else ""
        last = f"{at.url(item.noun, item.id)}/revisions/{item.last_number}" if item.last_number else None
        goes_on = at.url(item.noun, item.renamed_to) if item.renamed_to else last
        listed.append((f"{item.noun} {item.id}, {became}{why}", goes_on))
    left = [
        (f"{noun} {i}, which has changed and does not match any more", at.url(noun, i)) for noun, i in tombstones.left
    ]
    more = [] if tombstones.complete else [("and more, which the list of changes has", f"{at.root}/v1/changes")]
    return [*listed, *left, *more]


# -------------------------------------------------------------------------------------------------------- facets and form


def _facets(facets: Facets | None, query: ListQuery, dataset: Dataset, at: Here) -> Safe:
    """Values to click on, with how many records have them: those that were asked for, or, where nothing narrows the list,
    those that the build has counted.
    """
    if facets is None:
        if query.chosen or query.form.asked_by_name or query.canonical():
            return _offered_facets(query, at)
        key = (query.listing.path, dataset.version, at.root)
        found = _built_facets.get(key)
        if found is None:
            if len(_built_facets) > 32:
                _built_facets.clear()
            found = _built_facets[key] = _counted(dataset.facets[query.noun], query, at)
        return found
    return _counted(facets, query, at)


_built_facets: dict[tuple[str, str, str], Safe] = {}


def _counted(facets: Facets, query: ListQuery, at: Here) -> Safe:
    address = f"{at.root}{query.listing.path}"
    told_apart = [item for item in query.listing.facets if item.name in facets and len(facets[item.name]["values"]) > 1]
    # Our own vocabularies first: they are short, and say what sorts of records there are.
    told_apart.sort(key=lambda item: not item.kind.choices)
    blocks = []
    for item in told_apart:
        asked = form.asked_for(query, item)
        values = [(value, n) for value, n in facets[item.name]["values"] if n]
        lines = [_facet_line(item, value, n, value in asked, query, address) for value, n in values[:_SHOWN_VALUES]]
        more = f'<li class="more">{len(values) - _SHOWN_VALUES} more</li>' if len(values) > _SHOWN_VALUES else ""
        blocks.append(f"<h3>{words.label(item.name)}</h3><ul>{''.join(lines)}{more}</ul>")
    if not blocks:
        return Safe("")
    rest = "".join(blocks[_OPEN_FACETS:])
    folded = f"<details><summary>More to narrow by</summary>{rest}</details>" if rest else ""
    return Safe(
        f'<section class="facets" aria-labelledby="facets"><h2 id="facets">Narrow</h2>{"".join(blocks[:_OPEN_FACETS])}{folded}</section>'
    )


def _facet_line(item: Filter, value: str | None, count: int, is_asked: bool, query: ListQuery, address: str) -> str:
    if value is None:
        name, wanted, shown = f"{item.name}_missing", "true", "none"
        if query.listing.parameter(name) is None:
            return f'<li>{shown} <span class="count">{words.number_of(count)}</span></li>'
    else:
        name, wanted, shown = item.name, value, words.said(value)
    target = _replacing(address, query, name, None if is_asked else wanted)
    mark = ' aria-current="true"' if is_asked else ""
    return (
        f'<li><a href="{words.seen(target)}"{mark}><bdi>{words.seen(shown)}</bdi></a>'
        f' <span class="count">{words.number_of(count)}</span></li>'
    )


def _offered_facets(query: ListQuery, at: Here) -> Safe:
    """Nobody asked to count, which costs more the more there is: it is offered."""
    if not isinstance(query.listing, Resource):
        return Safe("")
    address = f"{at.root}{query.listing.path}"
    names = [item.name for item in query.listing.facets][:12]
    lines = [
        f'<li><a href="{words.seen(_replacing(address, query, "facets", name))}">{words.label(name)}</a></li>'
        for name in names
    ]
    return Safe(
        f'<section class="facets" aria-labelledby="facets"><h2 id="facets">Count these by</h2><ul class="inline">{"".join(lines)}</ul></section>'
    )


def asking(listing: Listing, values: Mapping[str, tuple[str, ...]], faults: Sequence[Fault], at: Here) -> Safe:
    """The form of a list, filled with what was asked."""
    action = f"{at.root}{listing.path}"
    if not values and not faults:
        return _empty_form(id(listing.parameters), action, _Held(listing))
    return _filled_form(listing, action, values, {fault.parameter: fault for fault in faults})


class _Held:
    """A listing beside the key of a cache: not compared, only kept."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=128)
def _empty_form(_: int, action: str, held: _Held) -> Safe:
    return _filled_form(held.listing, action, {}, {})


def _filled_form(
    listing: Listing, action: str, values: Mapping[str, tuple[str, ...]], faults: Mapping[str, Fault]
) -> Safe:
    known = {control.name for group in form.groups(listing) for control in group.controls}
    groups = [
        (
            group.title,
            Safe("".join([_control(c, values.get(c.name, ()), faults.get(c.name)) for c in group.controls])),
            group.is_asked(values, faults),
        )
        for group in form.groups(listing)
    ]
    hidden = "".join(
        f'<input type="hidden" name="{words.seen(name)}" value="{words.seen(form.joined(raw))}">'
        for name, raw in values.items()
        if name == "format" and name not in known
    )
    text: str = _template("form.html").render(action=action, groups=groups, hidden=Safe(hidden))
    return Safe(text)


@lru_cache(maxsize=4096)
def _control(item: form.Control, values: tuple[str, ...], fault: Fault | None) -> str:
    text: str = _template("macros.html").module.control(item, values, fault)
    return text


# ------------------------------------------------------------------------------------------------------ index and problems


def render_index(
    dataset: Dataset, origin: Origin, examples: Iterable[Mapping[str, Any]], newest: Any, beside: Beside
) -> bytes:
    at = here(origin, dataset.version, beside)
    return _written(
        "index.html",
        at=at,
        nouns=[(resource, dataset.counts[noun]) for noun, resource in RESOURCES.items()],
        examples=examples,
        newest=newest,
        recorded=dataset.recorded_at.date().isoformat() if dataset.recorded_at else None,
    )


def render_problem(
    problem: Mapping[str, Any],
    slug: str,
    faults: Sequence[Fault],
    *,
    base: str,
    version: str,
    listing: Listing | None,
    raw_query: bytes,
    ways: Sequence[tuple[str, str]],
) -> bytes:
    """A problem as a page: what a form was asked stands in it still, each fault at its field."""
    at = Here(root_of(base), version)
    known = {c.name for group in form.groups(listing) for c in group.controls} if listing else set()
    said = [(fault, fault.parameter in known, _mended(fault, raw_query) if fault.nearest else None) for fault in faults]
    asked = asking(listing, form.values_sent(raw_query), faults, at) if listing and faults else ""
    return _written("problem.html", at=at, problem=problem, slug=slug, faults=said, ways=ways, form=asked)


def _mended(fault: Fault, raw_query: bytes) -> str:
    """The same question with the nearest known name or value in the place of what is wrong."""
    pairs = []
    for pair in raw_query.decode("ascii", "replace").split("&"):
        name, separator, value = pair.partition("=")
        if unquote(name) == fault.parameter:
            if fault.value is not None and fault.value in unquote(value.replace("+", " ")).split(","):
                is_value = fault.detail.startswith("is not accepted") or fault.detail.startswith("is not offered")
                if is_value:
                    parts = [
                        fault.nearest if v == fault.value else v for v in unquote(value.replace("+", " ")).split(",")
                    ]
                    pairs.append(f"{name}={quote(','.join(part or '' for part in parts), safe=',')}")
                    continue
            pairs.append(f"{quote(fault.nearest or '')}{separator}{value}")
        else:
            pairs.append(pair)
    return f"?{'&'.join(pairs)}"


@dataclass(frozen=True)
class Shown:
    """A request and the answer that it got. `address` begins at our root; `asked` are the headers that were sent."""

    address: str
    asked: Mapping[str, str]
    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def readable(self) -> str:
        """JSON on lines of its own; anything else as it is."""
        if "json" not in self.headers.get("content-type", "") or self.body.count("\n") or not self.body:
            return self.body
        return orjson.dumps(orjson.loads(self.body), option=orjson.OPT_INDENT_2).decode()


def render_guide(shown: Mapping[str, Shown], version: str, origin: Origin) -> bytes:
    return _written(
        "guide.html",
        at=Here(root_of(origin.base), version),
        shown=shown,
        resources=list(RESOURCES.values()),
        current="/docs/guide",
    )


def render_problem_types(kinds: Sequence[Mapping[str, Any]], origin: Origin, version: str) -> bytes:
    return _written("problems.html", at=Here(root_of(origin.base), version), kinds=kinds)
