"""The committed OpenAPI document is the one that is served, and a change of it is known for what it is to clients."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from app.api.openapi import openapi_under
from app.main import described
from tests.conftest import ROOT
from tests.openapi_changes import Kind, changes

SNAPSHOT = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
OF_ALL_KINDS = """
{changes}
Run “make openapi” and commit docs/openapi.json with the change. What is breaking is promised not to happen in v1
(docs/stability.md): find an additive way."""


def test_the_committed_document_is_the_one_that_is_served() -> None:
    served = json.loads(json.dumps(openapi_under(described(), "")))
    found = changes(SNAPSHOT, served)
    assert not found, OF_ALL_KINDS.format(changes="\n".join(map(str, found)))


FIGURES = ("paths", "/v1/figures", "get")
FIGURE = ("components", "schemas", "FigureRecord")


def at(document: Any, *way: str) -> Any:
    for name in way:
        document = document[name]
    return document


def parameter(document: Any, name: str) -> Any:
    return next(item for item in at(document, *FIGURES)["parameters"] if item["name"] == name)


def without(name: str) -> Callable[[Any], None]:
    return lambda d: at(d, *FIGURES)["parameters"].remove(parameter(d, name))


def adding(required: bool) -> Callable[[Any], None]:
    more = {"name": "new", "in": "query", "required": required, "schema": {"type": "string"}}
    return lambda d: at(d, *FIGURES)["parameters"].append(more)


MUTATIONS: dict[str, tuple[Kind, Callable[[Any], Any]]] = {
    "an address goes": ("breaking", lambda d: d["paths"].pop("/v1/figures")),
    "an address comes": ("additive", lambda d: d["paths"].update({"/v1/new": d["paths"]["/v1"]})),
    "an operation is renamed": (
        "breaking",
        lambda d: at(d, *FIGURES).update(operationId="figures"),
    ),
    "a parameter goes": ("breaking", without("qualifier")),
    "a parameter comes": ("additive", adding(required=False)),
    "a parameter that is needed comes": ("breaking", adding(required=True)),
    "a parameter becomes needed": (
        "breaking",
        lambda d: parameter(d, "qualifier").update(required=True),
    ),
    "a parameter takes another type": (
        "breaking",
        lambda d: parameter(d, "limit")["schema"].update(type="string"),
    ),
    "a parameter takes less": (
        "breaking",
        lambda d: parameter(d, "qualifier")["schema"]["items"]["enum"].pop(),
    ),
    "a parameter takes more": (
        "additive",
        lambda d: parameter(d, "qualifier")["schema"]["items"]["enum"].append("roughly"),
    ),
    "a limit is tightened": (
        "breaking",
        lambda d: parameter(d, "limit")["schema"].update(maximum=100),
    ),
    "a status goes": ("breaking", lambda d: at(d, *FIGURES)["responses"].pop("410")),
    "a format goes": (
        "breaking",
        lambda d: at(d, *FIGURES, "responses", "200", "content").pop("application/atom+xml"),
    ),
    "a header goes": (
        "breaking",
        lambda d: at(d, *FIGURES, "responses", "200", "headers").pop("ETag"),
    ),
    "a field goes": ("breaking", lambda d: at(d, *FIGURE, "properties").pop("qualifier")),
    "a field comes": (
        "additive",
        lambda d: at(d, *FIGURE, "properties").update(new={"type": "string"}),
    ),
    "a field may be missing": ("breaking", lambda d: at(d, *FIGURE, "required").remove("as_of")),
    "a field becomes nullable": (
        "breaking",
        lambda d: at(d, *FIGURE, "properties").update(
            title={"anyOf": [{"type": "string"}, {"type": "null"}]}
        ),
    ),
    "a field takes another type": (
        "breaking",
        lambda d: at(d, *FIGURE, "properties", "title").update(type="integer"),
    ),
    "a field of a part goes": (
        "breaking",
        lambda d: at(d, "components", "schemas", "Evidence", "properties").pop("exact"),
    ),
    "a code comes": (
        "additive",
        lambda d: at(d, *FIGURE, "properties", "qualifier")["enum"].append("roughly"),
    ),
    "a description changes": (
        "wording",
        lambda d: at(d, *FIGURES).update(description="Other words."),
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_change_is_known_for_what_it_is(name: str) -> None:
    kind, mutate = MUTATIONS[name]
    changed = copy.deepcopy(SNAPSHOT)
    mutate(changed)
    found = changes(SNAPSHOT, changed)
    assert found
    assert {change.kind for change in found} == {kind}, list(map(str, found))
