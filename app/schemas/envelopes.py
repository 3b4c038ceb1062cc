"""Envelopes of lists and of single records: a model of each for every resource type."""

from typing import Any

from pydantic import BaseModel, Field, create_model

from app.query.revisions import MAX_REVISIONS
from app.resources import RESOURCES, Resource
from app.schemas.common import Absent, DatasetDocument, Facets, FacetsComplete, FacetsExact, Page
from app.schemas.history import (
    ListedRevisionDocument,
    NoLongerMatching,
    Withdrawn,
    WithdrawnComplete,
)
from app.schemas.records import RECORD_MODELS
from app.vocabulary import ResourceType


class ItemLinks(BaseModel):
    """Links to related resources."""

    self_: str = Field(alias="self", description="This record.", examples=["/v1/actors/iran"])
    collection: str = Field(description="All records of this type.", examples=["/v1/actors"])
    citation: str = Field(
        description="Citation of this record.", examples=["/v1/actors/iran/citation"]
    )
    text: str | Absent = Field(
        default=None,
        description="The whole text of a source, if its `text_access` is `full`.",
        examples=["/v1/sources/flood-in-lower-vale-2031-05-04/text"],
    )


class RecordPage(Page):
    """A page of records; the models of LIST_MODELS say which."""

    data: list[Any]
    facets: Facets | Absent = None
    facets_complete: FacetsComplete | Absent = None
    facets_exact: FacetsExact | Absent = None
    withdrawn: Withdrawn | Absent = None
    no_longer_matching: NoLongerMatching | Absent = None
    withdrawn_complete: WithdrawnComplete | Absent = None


class RecordItem(BaseModel):
    """One record; the models of ITEM_MODELS say which."""

    data: Any
    links: ItemLinks
    dataset: DatasetDocument


def _history_field(resource: Resource) -> Any:
    earlier: Any = create_model(
        f"{resource.type.title()}Revision",
        revision=(ListedRevisionDocument, Field(description="The revision.")),
        record=(RECORD_MODELS[resource.type], Field(description="The record in this revision.")),
    )
    return (
        dict[str, list[earlier]] | Absent,
        Field(
            default=None,
            description=f"The newest {MAX_REVISIONS} revisions by id of the record, newest first.",
        ),
    )


_INCLUDED_FIELDS: Any = {
    RESOURCES[resource_type].plural: (
        dict[str, record] | Absent,  # type: ignore[valid-type]
        Field(default=None, description="Records by id."),
    )
    for resource_type, record in RECORD_MODELS.items()
}
Included = create_model(
    "Included", __doc__="The related records that `include` names.", **_INCLUDED_FIELDS
)


def _envelopes(resource: Resource) -> tuple[type[RecordPage], type[RecordItem]]:
    record: Any = RECORD_MODELS[resource.type]
    shared: dict[str, Any] = {"history": _history_field(resource)}
    if resource.includes:
        shared["included"] = (Included, None)
    name = resource.type.title()
    list_model = create_model(
        f"{name}List",
        __base__=RecordPage,
        __doc__=f"A page of {resource.plural}.",
        data=(list[record], Field(description=f"The {resource.plural} of this page.")),
        **shared,
    )
    item_model = create_model(
        f"{name}Item",
        __base__=RecordItem,
        __doc__=f"One {resource.type}.",
        data=(record, Field(description=f"The {resource.type}.")),
        **shared,
    )
    return list_model, item_model


_ENVELOPES = {resource_type: _envelopes(resource) for resource_type, resource in RESOURCES.items()}

LIST_MODELS: dict[ResourceType, type[RecordPage]] = {
    resource_type: list_model for resource_type, (list_model, _) in _ENVELOPES.items()
}
ITEM_MODELS: dict[ResourceType, type[RecordItem]] = {
    resource_type: item_model for resource_type, (_, item_model) in _ENVELOPES.items()
}
