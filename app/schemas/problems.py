"""Problem details (RFC 9457) and the kinds of problems."""

from pydantic import BaseModel, Field

from app.problems import INVALID_QUERY, KINDS
from app.schemas.common import Absent

_UNKNOWN_PARAMETER = (
    "Did you mean “qualifier”? “qualifer” is no parameter of the list of figures, which takes those"
    " listed at /docs."
)


class FaultDocument(BaseModel):
    """One mistake in the request."""

    parameter: str = Field(description="The parameter.", examples=["qualifer"])
    received: str | None = Field(
        description="The value as sent; null if there was none.", examples=["over"]
    )
    detail: str = Field(
        description="How to fix it, then what is wrong and what is accepted.",
        examples=[_UNKNOWN_PARAMETER],
    )
    nearest: str | None = Field(
        description="The most similar known name or value; null if there is none.",
        examples=["qualifier"],
    )


class ProblemDocument(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(
        description="URL of the explanation of this kind of problem.",
        examples=["/problems/invalid-query"],
    )
    title: str = Field(
        description="The kind of problem, in short.", examples=["The query is not understood"]
    )
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(
        description="How to fix it, then what is wrong, as of the first of `errors`.",
        examples=[_UNKNOWN_PARAMETER],
    )
    instance: str = Field(description="Path of the request.", examples=["/v1/figures"])
    errors: list[FaultDocument] = Field(default=[], description="Each mistake in the request.")
    reason: str | None = Field(
        default=None,
        description="With `withdrawn`: the reason in the curator's words; null if none was given.",
        examples=["The number was read from another paragraph."],
    )
    last_revision: str | Absent = Field(
        default=None,
        description="With `withdrawn`: URL of the record's last revision.",
        examples=["/v1/actors/iran/revisions/1"],
    )
    first: str | Absent = Field(
        default=None,
        description="With `cursor-expired`: the first page of the same list in the current data.",
        examples=["/v1/figures"],
    )


class ProblemExampleDocument(BaseModel):
    request: str = Field(description="Method and URL.", examples=[INVALID_QUERY.example.request])
    headers: dict[str, str] = Field(description="The relevant request headers.", examples=[{}])
    response: ProblemDocument = Field(description="The problem in the response.")


class ProblemTypeDocument(BaseModel):
    slug: str = Field(description="The kind of problem.", examples=["invalid-query"])
    status: int = Field(description="Its HTTP status.", examples=[422])
    title: str = Field(
        description="The kind of problem, in short.", examples=["The query is not understood"]
    )
    explanation: str = Field(
        description="What it means, and how to solve it.",
        examples=[KINDS["invalid-cursor"].explanation],
    )
    example: ProblemExampleDocument = Field(description="A request that causes it.")


class ProblemTypesDocument(BaseModel):
    data: list[ProblemTypeDocument] = Field(description="All kinds of problems.")
