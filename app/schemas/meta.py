"""The service itself: index, health and readiness."""

from pydantic import BaseModel, Field

from app.resources import RESOURCES
from app.schemas.common import Absent, DatasetDocument, Facets, FacetsComplete


class IndexEntry(BaseModel):
    """A resource type."""

    href: str = Field(description="URL of the list.", examples=["/v1/figures"])
    description: str = Field(
        description="What its records are.", examples=[RESOURCES["figure"].description]
    )
    schema_: str = Field(
        alias="schema", description="JSON Schema of its records.", examples=["/v1/schema/figure"]
    )
    count: int = Field(description="Number of records.", examples=[8])
    facets: Facets | Absent = None
    facets_complete: FacetsComplete | Absent = None


class IndexLinks(BaseModel):
    search: str = Field(
        description="Full-text search (URI template, RFC 6570).", examples=["/v1/search{?q}"]
    )
    timeline: str = Field(description="The timeline.", examples=["/v1/timeline"])
    changes: str = Field(description="All changes.", examples=["/v1/changes"])
    datasets: str = Field(description="All datasets that were served.", examples=["/v1/datasets"])
    vocabularies: str = Field(
        description="The codes that records are classified by.", examples=["/v1/vocabularies"]
    )
    context: str = Field(description="The JSON-LD context.", examples=["/v1/context.jsonld"])
    problems: str = Field(description="All kinds of problems.", examples=["/problems"])
    oembed: str = Field(description="oEmbed (URI template, RFC 6570).", examples=["/oembed{?url}"])
    catalog: str = Field(
        description="API catalog (RFC 9727).", examples=["/.well-known/api-catalog"]
    )
    health: str = Field(description="Health of the process.", examples=["/healthz"])
    readiness: str = Field(description="Readiness of the data.", examples=["/readyz"])
    metrics: str = Field(description="Metrics for Prometheus.", examples=["/metrics"])
    openapi: str = Field(description="The OpenAPI document.", examples=["/openapi.json"])
    docs: str = Field(description="Interactive API documentation.", examples=["/docs"])
    guide: str = Field(description="Guide to records and queries.", examples=["/docs/guide"])
    self_: str = Field(alias="self", description="This index.", examples=["/v1"])


class IndexDocument(BaseModel):
    resources: dict[str, IndexEntry] = Field(description="The resource types, by plural name.")
    dataset: DatasetDocument = Field(description="The current dataset.")
    links: IndexLinks = Field(description="Links to all parts of the API.")


class HealthDocument(BaseModel):
    status: str = Field(description="`ok` if the process responds.", examples=["ok"])


class ReadinessDocument(BaseModel):
    status: str = Field(description="`ready` if the data can be read.", examples=["ready"])
    dataset: DatasetDocument = Field(description="The current dataset.")
