"""Search results."""

from pydantic import BaseModel, Field

from app.schemas.common import Page, TotalByResource
from app.schemas.records import AnyRecord
from app.vocabulary import ResourceType


class SpanDocument(BaseModel):
    """A stretch of a text, in Unicode code points."""

    start: int = Field(description="Offset of the first character, 0-based.", examples=[0])
    end: int = Field(description="Offset after the last character.", examples=[5])


class HighlightDocument(BaseModel):
    """A text of a record that contains words of the query."""

    field: str = Field(
        description="The field of the record that contains the text.", examples=["title"]
    )
    text: str = Field(description="The text.", examples=["Truce in Gaza in November 2023"])
    spans: list[SpanDocument] = Field(description="Positions of the matching words in `text`.")
    source: str | None = Field(
        description="Id of the source if the text is a quote; null otherwise.", examples=[None]
    )
    offset: int | None = Field(
        description="Offset of the quote in the source, in Unicode code points; null if the text"
        " is not a quote.",
        examples=[None],
    )


class SearchHit(BaseModel):
    resource: ResourceType = Field(description="Resource type of the record.", examples=["event"])
    highlights: list[HighlightDocument] = Field(
        description="Matching texts, in the order of the record's fields."
    )
    record: AnyRecord = Field(description="The record.")


class SearchResults(Page):
    """A page of search results."""

    data: list[SearchHit] = Field(description="Search results, best match first.")
    total_by_resource: TotalByResource
