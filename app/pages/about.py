"""Pages without records of their own: the front page, problems and the guide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from app.pages.corrections import correction
from app.pages.filter_form import filter_form
from app.pages.form_fields import control_groups, decoded_pairs, values_sent
from app.pages.page_context import PageContext, page_context, root_of
from app.pages.templating import render_template
from app.presentation.records import present
from app.problems import QueryError
from app.query.parameters import Parameters
from app.query.results import Dataset, Titles
from app.resources import RESOURCES
from app.resources.declarations import Listing
from app.urls import BaseUrl


def render_index(
    dataset: Dataset,
    origin: BaseUrl,
    examples: Iterable[Mapping[str, Any]],
    newest: Any,
    titles: Titles,
) -> bytes:
    context = page_context(origin, dataset.version, titles)
    return render_template(
        "index.html",
        context=context,
        resources=[
            (resource, dataset.counts[resource_type])
            for resource_type, resource in RESOURCES.items()
        ],
        examples=[
            {
                **example,
                "records": [present(type_, record, titles) for type_, record in example["records"]],
            }
            for example in examples
        ],
        newest=newest,
        recorded=dataset.recorded_at.date().isoformat() if dataset.recorded_at else None,
    )


def render_problem(
    problem: Mapping[str, Any],
    slug: str,
    errors: Sequence[QueryError],
    *,
    base: str,
    dataset: Dataset | None,
    model: type[Parameters] | None,
    raw_query: bytes,
    suggestions: Sequence[tuple[str, str]],
) -> bytes:
    """A problem as a page, with the form of its list, each error at its control."""
    listing: Listing | None = getattr(model, "listing", None)
    controls = (
        {control.name for group in control_groups(listing) for control in group.controls}
        if listing
        else set()
    )
    pairs = decoded_pairs(raw_query)
    error_rows = [
        (error, error.parameter in controls, model and correction(error, pairs, model))
        for error in errors
    ]
    form = None
    if listing and errors:
        url = problem["instance"].removesuffix(".html")
        form = filter_form(listing, url, values_sent(listing, pairs), errors, dataset)
    return render_template(
        "problem.html",
        context=PageContext(root_of(base), "" if dataset is None else dataset.version),
        problem=problem,
        slug=slug,
        errors=error_rows,
        suggestions=suggestions,
        form=form,
    )


@dataclass(frozen=True)
class Example:
    """A request of the guide and its response. `url` begins at the root of the application."""

    url: str
    request_headers: Mapping[str, str]
    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def pretty_body(self) -> str:
        """The body with JSON indented."""
        if (
            "json" not in self.headers.get("content-type", "")
            or self.body.count("\n")
            or not self.body
        ):
            return self.body
        return orjson.dumps(orjson.loads(self.body), option=orjson.OPT_INDENT_2).decode()


def render_guide(examples: Mapping[str, Example], version: str, origin: BaseUrl) -> bytes:
    return render_template(
        "guide.html",
        context=PageContext(root_of(origin.base), version),
        examples=examples,
        resources=list(RESOURCES.values()),
        current="/docs/guide",
    )


def render_problem_types(
    kinds: Sequence[Mapping[str, Any]], origin: BaseUrl, version: str
) -> bytes:
    return render_template(
        "problems.html", context=PageContext(root_of(origin.base), version), kinds=kinds
    )
