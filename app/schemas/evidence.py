"""The evidence of one source, with the records that it proves."""

from typing import Annotated

from pydantic import BaseModel, Field
from typing_extensions import TypeAliasType

from app.resources.fields import QuoteEvidence, RangeEvidence
from app.schemas.common import Page
from app.vocabulary import ResourceType


class ProvedDocument(BaseModel):
    """A record that a span of a source proves."""

    resource: ResourceType = Field(description="Its resource type.", examples=["figure"])
    id: str = Field(
        description="Its id.", examples=["palestinians-killed-since-2023-10-07-at-2024-02-14"]
    )
    title: str = Field(
        description="Its title.", examples=["Palestinians killed since 7 October 2023"]
    )
    proves: list[str] = Field(
        description="Fields of it that the words prove.", examples=[["value"]], min_length=1
    )
    url: str = Field(
        description="Its URL.",
        examples=["/v1/figures/palestinians-killed-since-2023-10-07-at-2024-02-14"],
    )


Proved = Annotated[list[ProvedDocument], Field(description="The records that it proves.")]


class QuoteDocument(QuoteEvidence):
    """A quote with all records that it proves."""

    records: Proved


class RangeDocument(RangeEvidence):
    """A range with all records that it proves."""

    records: Proved


ListedEvidence = TypeAliasType(
    "ListedEvidence", Annotated[QuoteDocument | RangeDocument, Field(discriminator="type")]
)


class SourceEvidence(Page):
    """A page of the evidence of one source."""

    data: list[ListedEvidence] = Field(description="Quotes and ranges in reading order.")
