"""The examples of the OpenAPI document are complete records and valid responses."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from app.api import examples
from app.api.embeds import RESOURCES_WITH_CARDS
from app.api.renderers import LIST_RENDERERS
from app.formats.media_types import ResultKind, formats_of
from app.resources import RESOURCES
from app.resources.declarations import Listing
from app.resources.lists import CHANGES, CODES, DATASETS, SEARCH, TIMELINE, VOCABULARIES
from app.schemas.cards import CardDocument, OembedDocument
from app.schemas.envelopes import ITEM_MODELS, LIST_MODELS
from app.schemas.evidence import SourceEvidence
from app.schemas.history import Changes, Datasets, RevisionItem, Revisions
from app.schemas.meta import HealthDocument, IndexDocument, ReadinessDocument
from app.schemas.problems import ProblemTypeDocument, ProblemTypesDocument
from app.schemas.records import RECORD_MODELS
from app.schemas.samples import RECORDS, TEXT
from app.schemas.search import SearchResults
from app.schemas.timeline import Timeline
from app.schemas.vocabulary import Codes, Vocabularies
from app.vocabulary import CitationStyle, codes

EMPTY_BY_NATURE = {
    "upper": "a number that is more than another has no upper bound",
    "denominator": "only a share has one",
    "excludes": "the number counts all",
    "supersedes": "most figures revise no other",
    "superseded_by": "most figures are not revised",
    "loaded_terms": "neutral words have none",
    "disagreements": "one point agrees with itself",
    "corrections": "most records were right",
}

EXAMPLES: dict[str, tuple[Callable[[], Any], type[BaseModel]]] = {
    "search": (partial(examples.list_example, "search", SEARCH), SearchResults),
    "timeline": (partial(examples.list_example, "timeline", TIMELINE), Timeline),
    "changes": (partial(examples.list_example, "changes", CHANGES), Changes),
    "datasets": (partial(examples.list_example, "datasets", DATASETS), Datasets),
    "vocabularies": (partial(examples.list_example, "vocabularies", VOCABULARIES), Vocabularies),
    "codes": (partial(examples.list_example, "codes", CODES), Codes),
    "evidence": (examples.evidence_example, SourceEvidence),
    "index": (examples.index_example, IndexDocument),
    "problem type": (examples.problem_type_example, ProblemTypeDocument),
    "problem types": (examples.problem_types_example, ProblemTypesDocument),
    "health": (examples.health_example, HealthDocument),
    "readiness": (examples.readiness_example, ReadinessDocument),
}
for _type, _resource in RESOURCES.items():
    EXAMPLES |= {
        f"list, {_type}": (partial(examples.records_example, _resource), LIST_MODELS[_type]),
        f"item, {_type}": (partial(examples.record_example, _resource), ITEM_MODELS[_type]),
        f"revisions, {_type}": (partial(examples.revisions_example, _resource), Revisions),
        f"revision, {_type}": (partial(examples.revision_example, _resource), RevisionItem),
    }
for _resource in RESOURCES_WITH_CARDS.values():
    EXAMPLES |= {
        f"card, {_resource.type}": (partial(examples.card_example, _resource), CardDocument),
        f"oembed, {_resource.type}": (
            partial(examples.oembed_example, _resource),
            OembedDocument,
        ),
    }


@pytest.mark.parametrize("resource_type", RECORDS)
def test_a_sample_is_a_complete_record(resource_type: Any) -> None:
    record = RECORDS[resource_type]
    model = TypeAdapter(RECORD_MODELS[resource_type])
    assert json.loads(model.dump_json(model.validate_python(record))) == record
    empty = {name for name, value in record.items() if value is None or value == []}
    assert empty <= EMPTY_BY_NATURE.keys()


def test_quotes_of_samples_stand_in_the_text_once() -> None:
    for part in parts_of(list(RECORDS.values())):
        if "exact" in part:
            assert TEXT[part["start"] : part["end"]] == part["exact"]
            assert TEXT.count(part["exact"]) == 1, part["exact"]


def test_samples_refer_to_each_other() -> None:
    figure, series = RECORDS["figure"], RECORDS["series"]
    assert series["points"][0]["figure"] == figure["id"]
    assert figure["series"] == series["id"]
    assert {part["source"] for part in parts_of(list(RECORDS.values())) if "source" in part} == {
        RECORDS["source"]["id"]
    }


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_a_response_of_its_model(name: str) -> None:
    make, model = EXAMPLES[name]
    model.model_validate_json(json.dumps(make()))


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=RESOURCES)
def test_there_are_examples_of_every_format(resource: Any) -> None:
    record_id = RECORDS[resource.type]["id"]
    for row in formats_of("records"):
        if not row.is_page:
            assert record_id in json.dumps(examples.records_example(resource, row.name)), row.name
    for row in formats_of("record"):
        if not row.is_page:
            assert record_id in json.dumps(examples.record_example(resource, row.name)), row.name


@pytest.mark.parametrize(
    ("kind", "listing"),
    [("search", SEARCH), ("timeline", TIMELINE), ("changes", CHANGES), ("datasets", DATASETS)],
)
def test_other_lists_have_examples_of_every_format(kind: ResultKind, listing: Listing) -> None:
    for name in LIST_RENDERERS[kind].keys() - {"html"}:
        assert examples.list_example(kind, listing, name), name


def test_quotes_and_revisions_have_examples_of_every_format() -> None:
    for name in LIST_RENDERERS["evidence"].keys() - {"html"}:
        assert RECORDS["figure"]["id"] in json.dumps(examples.evidence_example(name)), name
    for name in LIST_RENDERERS["revisions"].keys() - {"html"}:
        assert examples.revisions_example(RESOURCES["actor"], name), name


@pytest.mark.parametrize("style", codes(CitationStyle))
def test_there_is_an_example_of_every_citation_style(style: CitationStyle) -> None:
    for resource in RESOURCES.values():
        assert RECORDS[resource.type]["id"] in json.dumps(
            examples.citation_example(resource, style)
        )


def parts_of(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within a value."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from parts_of(part)
