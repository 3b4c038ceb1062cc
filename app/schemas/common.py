"""Parts that several documents share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema
from typing_extensions import TypeAliasType

from app.query.facets import MAX_MATCHES as FACETS_COUNTED_UP_TO
from app.query.facets import MAX_VALUES as MOST_FACET_VALUES
from app.query.queries import DEFAULT_LIMIT
from app.vocabulary import ResourceType

Absent = SkipJsonSchema[None]
"""None, of a field that is then absent in JSON, never null."""


class DatasetDocument(BaseModel):
    """The dataset that was queried."""

    version: str = Field(
        description="Hash of all records: equal data have equal versions.", examples=["DATASET"]
    )


class QueryDocument(BaseModel):
    """The query as the server understood it."""

    filters: dict[str, list[str]] = Field(
        description="The parameters that narrow the list, each with its values, sorted.",
        examples=[{"qualifier": ["over"]}],
    )
    sort: list[str] = Field(description="Sort keys; `-` means descending.", examples=[["id"]])
    fields: list[str] | Absent = Field(
        default=None,
        description="The fields that records are cut to, with the mandatory ones; absent for"
        " complete records.",
        examples=[["id", "title"]],
    )
    include: list[str] | Absent = Field(
        default=None,
        description="The related records in `included`, and `history`; absent if none were"
        " requested.",
        examples=[["source"]],
    )
    facets: list[str] | Absent = Field(
        default=None,
        description="The facets that are counted; absent if none were requested.",
        examples=[["qualifier"]],
    )
    known_at: str | Absent = Field(
        default=None,
        description="The requested moment, as sent; absent for the present.",
        examples=["2024-02-14"],
    )
    limit: int = Field(description="Maximum number of records per page.", examples=[DEFAULT_LIMIT])
    sentence: str = Field(
        description="The query in plain words.", examples=["figures with qualifier over, by id"]
    )


class ListLinks(BaseModel):
    """Links to other pages of the list."""

    model_config = ConfigDict(populate_by_name=True)

    self_: str = Field(
        alias="self", description="This page.", examples=["/v1/figures?qualifier=over"]
    )
    first: str = Field(description="The first page.", examples=["/v1/figures?qualifier=over"])
    prev: str | None = Field(
        description="The previous page; null on the first page.", examples=[None]
    )
    next: str | None = Field(description="The next page; null on the last page.", examples=[None])


class FacetValue(BaseModel):
    key: str | None = Field(
        description="The value, as the filter takes it; null counts the records without one.",
        examples=["over"],
    )
    count: int = Field(description="Number of records with this value.", examples=[1])


Facets = TypeAliasType(
    "Facets",
    Annotated[
        dict[str, list[FacetValue]],
        Field(
            description="Number of records by value, highest first, records without a value last."
            " A record with two values counts for both. Absent if no facet was requested."
        ),
    ],
)
FacetsComplete = TypeAliasType(
    "FacetsComplete",
    Annotated[
        bool,
        Field(
            description=f"False if a facet has more values than the {MOST_FACET_VALUES} listed.",
            examples=[True],
        ),
    ],
)
FacetsExact = TypeAliasType(
    "FacetsExact",
    Annotated[
        bool,
        Field(
            description=f"False if more than {FACETS_COUNTED_UP_TO:,} records match: without"
            " `total=exact` counts are then lower bounds.",
            examples=[True],
        ),
    ],
)
Total = TypeAliasType(
    "Total",
    Annotated[
        int | None,
        Field(
            description="Number of matches; a lower bound if `total_exact` is false; null with"
            " `total=none`.",
            examples=[8],
        ),
    ],
)
TotalExact = TypeAliasType(
    "TotalExact",
    Annotated[
        bool,
        Field(
            description="Whether `total` is exact: counting stops at 1,000 matches, unless"
            " `total=exact`.",
            examples=[True],
        ),
    ],
)


class ResourceTotalDocument(BaseModel):
    resource: ResourceType = Field(description="The resource type.", examples=["figure"])
    total: int = Field(
        description="Number of matches; a lower bound if `total_exact` is false.", examples=[9]
    )
    total_exact: bool = Field(description="Whether `total` is exact.", examples=[True])


TotalByResource = TypeAliasType(
    "TotalByResource",
    Annotated[
        list[ResourceTotalDocument],
        Field(description="Number of matches by resource type; empty with `total=none`."),
    ],
)


class Page(BaseModel):
    """What every list has besides its `data`."""

    total: Total
    total_exact: TotalExact
    query: QueryDocument
    dataset: DatasetDocument
    links: ListLinks
