"""The quotes of one source, with the records that they support."""

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

from app.resources.fields import Evidence
from app.schemas.common import Page
from app.vocabulary import ResourceType


class RestingDocument(BaseModel):
    """A record that a quote supports."""

    resource: ResourceType = Field(description="Its resource type.", examples=["figure"])
    id: str = Field(
        description="Its id.", examples=["palestinians-killed-since-2023-10-07-at-2024-02-14"]
    )
    title: str = Field(
        description="Its title.", examples=["Palestinians killed since 7 October 2023"]
    )
    proves: list[str] = Field(
        description="Fields that the quote supports; empty for the whole record.",
        examples=[["value"]],
    )
    url: str = Field(
        description="Its URL.",
        examples=["/v1/figures/palestinians-killed-since-2023-10-07-at-2024-02-14"],
    )


class QuoteDocument(Evidence):
    """A quote with all records that it supports."""

    proves: SkipJsonSchema[tuple[str, ...]] = ()
    records: list[RestingDocument] = Field(description="The records that it supports.")


class SourceEvidence(Page):
    """A page of the quotes of one source."""

    data: list[QuoteDocument] = Field(description="Quotes in reading order.")
