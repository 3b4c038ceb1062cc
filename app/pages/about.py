"""Pages that hold no one record or list: the first one, problems, the guide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson

from app.pages.filter_form import filter_form
from app.pages.form_fields import control_groups, values_sent
from app.pages.page_context import PageContext, here, root_of
from app.pages.templating import render_template
from app.problems import QueryError
from app.query.records import Dataset
from app.query.related import RelatedRecords
from app.resources import RESOURCES
from app.resources.declarations import Listing
from app.urls import BaseUrl


def render_index(
    dataset: Dataset,
    origin: BaseUrl,
    examples: Iterable[Mapping[str, Any]],
    newest: Any,
    beside: RelatedRecords,
) -> bytes:
    at = here(origin, dataset.version, beside)
    return render_template(
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
    errors: Sequence[QueryError],
    *,
    base: str,
    version: str,
    listing: Listing | None,
    raw_query: bytes,
    ways: Sequence[tuple[str, str]],
) -> bytes:
    """A problem as a page: what a form was asked stands in it still, each fault at its field."""
    at = PageContext(root_of(base), version)
    known = (
        {c.name for group in control_groups(listing) for c in group.controls} if listing else set()
    )
    names = {*known, "format"}
    said = [
        (
            fault,
            fault.parameter in known,
            _mended(fault, raw_query, is_name=fault.parameter not in names)
            if fault.nearest
            else None,
        )
        for fault in errors
    ]
    asked = filter_form(listing, values_sent(raw_query), errors, at) if listing and errors else ""
    return render_template(
        "problem.html", at=at, problem=problem, slug=slug, errors=said, ways=ways, form=asked
    )


def _mended(fault: QueryError, raw_query: bytes, *, is_name: bool) -> str:
    """The same question with the nearest known name, or value, in the place of what is wrong."""
    nearest = fault.nearest or ""
    pairs = []
    for sent, values in values_sent(raw_query).items():
        is_wrong = sent == fault.parameter
        name = nearest if is_wrong and is_name else sent
        given = [value for several in values for value in several.split(",")]
        if is_wrong and not is_name:
            given = [nearest if value == fault.value else value for value in given]
        pairs.append(f"{quote(name)}={','.join([quote(value) for value in given])}")
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
        if (
            "json" not in self.headers.get("content-type", "")
            or self.body.count("\n")
            or not self.body
        ):
            return self.body
        return orjson.dumps(orjson.loads(self.body), option=orjson.OPT_INDENT_2).decode()


def render_guide(shown: Mapping[str, Shown], version: str, origin: BaseUrl) -> bytes:
    return render_template(
        "guide.html",
        at=PageContext(root_of(origin.base), version),
        shown=shown,
        resources=list(RESOURCES.values()),
        current="/docs/guide",
    )


def render_problem_types(
    kinds: Sequence[Mapping[str, Any]], origin: BaseUrl, version: str
) -> bytes:
    return render_template(
        "problems.html", at=PageContext(root_of(origin.base), version), kinds=kinds
    )
