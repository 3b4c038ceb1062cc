"""What changes since docs/openapi.json is listed, and each change is classified for clients."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from app import __version__
from app.api.openapi import openapi_under
from app.main import describe_app
from tests.conftest import ROOT
from tests.openapi_changes import Kind, changes

SNAPSHOT = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
IS_RELEASED = not __version__.startswith("0.")
MAX_LISTED = 20


def test_changes_since_the_snapshot_are_listed(
    record_property: Callable[[str, str], None],
) -> None:
    """Run “make openapi” to renew the snapshot.

    From the first release on, a breaking change fails: find an additive way (docs/stability.md).
    """
    served = json.loads(json.dumps(openapi_under(describe_app(), "")))
    differences = changes(SNAPSHOT, served)
    for change in differences[:MAX_LISTED]:
        record_property("docs/openapi.json is behind", str(change))
    if len(differences) > MAX_LISTED:
        record_property("docs/openapi.json is behind", f"… {len(differences)} changes in all")
    breaking = [str(change) for change in differences if change.kind == "breaking"]
    assert not IS_RELEASED or not breaking


FIGURES = ("paths", "/v1/figures", "get")
FIGURE = ("components", "schemas", "FigureRecord")


def at(document: Any, *keys: str) -> Any:
    for key in keys:
        document = document[key]
    return document


def parameter(document: Any, name: str) -> Any:
    return document["components"]["parameters"][name]


def removing(name: str) -> Callable[[Any], None]:
    reference = {"$ref": f"#/components/parameters/{name}"}
    return lambda d: at(d, *FIGURES)["parameters"].remove(reference)


def adding(required: bool) -> Callable[[Any], None]:
    parameter = {"name": "new", "in": "query", "required": required, "schema": {"type": "string"}}
    return lambda d: at(d, *FIGURES)["parameters"].append(parameter)


MUTATIONS: dict[str, tuple[Kind, Callable[[Any], Any]]] = {
    "a path is removed": ("breaking", lambda d: d["paths"].pop("/v1/figures")),
    "a path is added": ("additive", lambda d: d["paths"].update({"/v1/new": d["paths"]["/v1"]})),
    "an operation is renamed": (
        "breaking",
        lambda d: at(d, *FIGURES).update(operationId="figures"),
    ),
    "a parameter is removed": ("breaking", removing("figures_qualifier")),
    "an optional parameter is added": ("additive", adding(required=False)),
    "a required parameter is added": ("breaking", adding(required=True)),
    "a parameter becomes required": (
        "breaking",
        lambda d: parameter(d, "figures_qualifier").update(required=True),
    ),
    "a parameter changes its type": (
        "breaking",
        lambda d: parameter(d, "limit")["schema"].update(type="string"),
    ),
    "a parameter loses a code": (
        "breaking",
        lambda d: parameter(d, "total")["schema"]["enum"].pop(),
    ),
    "a parameter gets a code": (
        "additive",
        lambda d: parameter(d, "total")["schema"]["enum"].append("roughly"),
    ),
    "a limit is tightened": (
        "breaking",
        lambda d: parameter(d, "limit")["schema"].update(maximum=100),
    ),
    "a status is removed": ("breaking", lambda d: at(d, *FIGURES)["responses"].pop("410")),
    "a format is removed": (
        "breaking",
        lambda d: at(d, *FIGURES, "responses", "200", "content").pop("application/json"),
    ),
    "a header is removed": (
        "breaking",
        lambda d: at(d, *FIGURES, "responses", "200", "headers").pop("ETag"),
    ),
    "a field is removed": ("breaking", lambda d: at(d, *FIGURE, "properties").pop("qualifier")),
    "a field is added": (
        "additive",
        lambda d: at(d, *FIGURE, "properties").update(new={"type": "string"}),
    ),
    "a field becomes optional": ("breaking", lambda d: at(d, *FIGURE, "required").remove("as_of")),
    "a field becomes nullable": (
        "breaking",
        lambda d: at(d, *FIGURE, "properties").update(
            title={"anyOf": [{"type": "string"}, {"type": "null"}]}
        ),
    ),
    "a field changes its type": (
        "breaking",
        lambda d: at(d, *FIGURE, "properties", "title").update(type="integer"),
    ),
    "a nested field is removed": (
        "breaking",
        lambda d: at(d, "components", "schemas", "QuoteEvidence", "properties").pop("exact"),
    ),
    "a field gets a code": (
        "additive",
        lambda d: at(d, "components", "schemas", "Qualifier")["enum"].append("roughly"),
    ),
    "a description changes": (
        "wording",
        lambda d: at(d, *FIGURES).update(description="Other words."),
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_change_is_classified(name: str) -> None:
    kind, mutate = MUTATIONS[name]
    changed = copy.deepcopy(SNAPSHOT)
    mutate(changed)
    differences = changes(SNAPSHOT, changed)
    assert {change.kind for change in differences} == {kind}, list(map(str, differences))
