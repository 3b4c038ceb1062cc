"""Cards for other pages, and oEmbed."""

from typing import Literal

from pydantic import BaseModel, Field

from app.schemas.common import Absent, DatasetDocument
from app.vocabulary import ResourceType


class CardPartDocument(BaseModel):
    """A part of a fact on a card."""

    text: str = Field(description="Plain text.", examples=["14 February 2024"])
    quoted: bool = Field(description="Whether it is quoted from the source.", examples=[False])
    url: str | None = Field(
        description="URL of the record that it names; null if it names none.",
        examples=["/v1/actors/qatar"],
    )


class CardFactDocument(BaseModel):
    name: str = Field(description="Label of the fact.", examples=["as of"])
    parts: list[CardPartDocument] = Field(description="The parts whose texts make up the fact.")


class CardSpanDocument(BaseModel):
    """A part of the supporting passage."""

    text: str | None = Field(
        description="The words of the source; null: words that are not quoted.",
        examples=["At least 67,984 others have been injured"],
    )
    proves: list[str] = Field(
        description="The fields of the record that these words support.", examples=[["value"]]
    )


class CardDocument(BaseModel):
    """A record in words, with everything that must be displayed with it."""

    resource: ResourceType = Field(description="The resource type.", examples=["figure"])
    id: str = Field(
        description="The record's id.",
        examples=["palestinians-killed-since-2023-10-07-at-2024-02-14"],
    )
    kind: str = Field(description="The record's kind, in words.", examples=["cumulative"])
    title: str = Field(
        description="The record's title.", examples=["Palestinians killed since 7 October 2023"]
    )
    as_written: str | None = Field(
        description="The number of a figure, as its source writes it.", examples=["over 28,473"]
    )
    value_in_words: str | None = Field(
        description="A figure's qualifier, value and unit, in words.",
        examples=["over · more than 28 473 · people"],
    )
    summary: str | None = Field(
        description="A statement's summary or a series' definition.",
        examples=["Iran supports Qatar's mediation."],
    )
    facts: list[CardFactDocument] = Field(
        description="The as-of date, attribution, source and other facts."
    )
    passage: list[CardSpanDocument] | None = Field(
        description="The passage of the source that supports the number, the summary or the type,"
        " in reading order; null: no words are quoted for it."
    )
    caveats: list[str] = Field(
        description="Caveats that must be displayed.",
        examples=[["The text names no origin for this number."]],
    )
    correction_notices: list[str] = Field(
        description="Corrections that must be displayed, with day and reason.",
        examples=[["Corrected 6 May 2031: The number was misread."]],
    )
    url: str = Field(
        description="URL of the record.",
        examples=["/v1/figures/palestinians-killed-since-2023-10-07-at-2024-02-14"],
    )
    dataset: DatasetDocument = Field(description="The dataset that the record is from.")


class OembedDocument(BaseModel):
    """An oEmbed 1.0 response of type `rich`, with a thumbnail if that fits the requested size."""

    type: Literal["rich"] = Field(description="Always `rich`.", examples=["rich"])
    version: Literal["1.0"] = Field(description="Version of oEmbed.", examples=["1.0"])
    title: str = Field(
        description="The record's title.", examples=["Palestinians killed since 7 October 2023"]
    )
    provider_name: str = Field(description="Always “On Record”.", examples=["On Record"])
    provider_url: str = Field(
        description="URL of the front page.", examples=["https://facts.example.org/"]
    )
    cache_age: int = Field(
        description="Seconds for which the response may be cached.", examples=[3600]
    )
    html: str = Field(
        description="An iframe that displays the card.", examples=["<iframe src=…></iframe>"]
    )
    width: int = Field(description="Width of the iframe in CSS pixels.", examples=[600])
    height: int = Field(
        description="Approximate height of the iframe in CSS pixels.", examples=[420]
    )
    thumbnail_url: str | Absent = Field(
        default=None,
        description="URL of the card as a PNG image.",
        examples=["https://facts.example.org/preview/figures/….png"],
    )
    thumbnail_width: int | Absent = Field(
        default=None, description="Width of the image in pixels.", examples=[1200]
    )
    thumbnail_height: int | Absent = Field(
        default=None, description="Height of the image in pixels.", examples=[630]
    )
    not_read: list[str] | Absent = Field(
        default=None,
        description="Parameters that the consumer added and that have no effect.",
        examples=[["dnt"]],
    )
