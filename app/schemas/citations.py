"""Citations as CSL-JSON, for reference managers."""

from typing import Literal

from pydantic import BaseModel, Field

from app.schemas.common import Absent


class CitationAuthor(BaseModel):
    literal: str = Field(description="The name.", examples=["On Record"])


class CitationDate(BaseModel):
    date_parts: list[list[int]] = Field(
        alias="date-parts", description="Year, month and day.", examples=[[[2031, 5, 6]]]
    )


class CitationItem(BaseModel):
    """An item of CSL-JSON."""

    id: str = Field(description="Id of the item.", examples=["figure-a-figure-r1"])
    type: Literal["dataset"] = Field(description="Type of the item.", examples=["dataset"])
    author: list[CitationAuthor] = Field(description="The author of the record: On Record.")
    title: str = Field(
        description="What the record says, with all that a reader must see beside it.",
        examples=["Adults displaced by the flood: “more than 1,250”, as of 2031-05-04"],
    )
    container_title: str = Field(
        alias="container-title", description="On Record.", examples=["On Record"]
    )
    publisher: str = Field(description="On Record.", examples=["On Record"])
    version: str = Field(
        description="Revision of the record, and version of the dataset.",
        examples=["revision 1, dataset 5af78d521ea705f0"],
    )
    url: str = Field(
        alias="URL",
        description="Permanent URL of the revision.",
        examples=["https://facts.example.org/v1/figures/a-figure/revisions/1"],
    )
    accessed: CitationDate = Field(description="Day of access.")
    issued: CitationDate | Absent = Field(
        default=None, description="Day on which the revision was recorded; absent if unknown."
    )
    note: str = Field(
        description="Caveats, the source and its words.",
        examples=["The text gives no as-of date: it is that of publication."],
    )
