"""Changes, revisions and withdrawals of records."""

from typing import Annotated

from pydantic import BaseModel, Field
from typing_extensions import TypeAliasType

from app.query.withdrawals import MAX_WITHDRAWALS
from app.schemas.common import Page
from app.schemas.records import AnyRecord
from app.vocabulary import ChangeKind, ResourceType


class MomentDocument(BaseModel):
    """A dataset, and when it was recorded."""

    version: str = Field(description="Version of the dataset.", examples=["DATASET"])
    recorded_at: str | None = Field(
        description="When it was recorded, RFC 3339 in UTC; null if the build was given no time.",
        examples=["2026-05-04T12:00:00Z"],
    )


class WithdrawalDocument(BaseModel):
    """A record that was withdrawn or renamed."""

    resource: ResourceType = Field(description="Its resource type.", examples=["figure"])
    id: str = Field(description="Its id, which is never reused.", examples=["a-figure"])
    withdrawn_in: MomentDocument = Field(description="The first dataset without it.")
    reason: str | None = Field(
        description="The reason in the curator's words; null if none was given.",
        examples=["The number stands in no source."],
    )
    renamed_to: str | None = Field(
        description="Its new id; null if it was withdrawn.", examples=[None]
    )
    last_revision: str | None = Field(
        description="URL of its last revision; null if this database has none.",
        examples=["/v1/figures/a-figure/revisions/1"],
    )


class NoLongerMatchingDocument(BaseModel):
    """A record that changed and no longer matches the other filters."""

    resource: ResourceType = Field(description="Its resource type.", examples=["figure"])
    id: str = Field(description="Its id.", examples=["a-figure"])


Withdrawn = TypeAliasType(
    "Withdrawn",
    Annotated[
        list[WithdrawalDocument],
        Field(
            description="Records withdrawn since `updated_after`, whatever the other filters; on"
            " the first page only."
        ),
    ],
)
NoLongerMatching = TypeAliasType(
    "NoLongerMatching",
    Annotated[
        list[NoLongerMatchingDocument],
        Field(description="Records that changed since and no longer match the other filters."),
    ],
)
WithdrawnComplete = TypeAliasType(
    "WithdrawnComplete",
    Annotated[
        bool,
        Field(
            description=f"False if there are more than {MAX_WITHDRAWALS:,} of either; /v1/changes"
            " has all of them.",
            examples=[True],
        ),
    ],
)


class RenamedDocument(BaseModel):
    """The body of a redirect to a record's new id."""

    data: WithdrawalDocument = Field(description="The old id and the new one.")


class ChangeDocument(BaseModel):
    resource: ResourceType = Field(description="Resource type of the record.", examples=["figure"])
    id: str = Field(
        description="Its id.", examples=["palestinians-killed-since-2023-10-07-at-2024-02-14"]
    )
    change: ChangeKind = Field(description="The kind of change.", examples=["added"])
    recorded_in: MomentDocument = Field(description="The dataset that contains the change.")
    reason: str | None = Field(
        description="The reason in the curator's words; null if none was given.", examples=[None]
    )
    renamed_to: str | None = Field(
        description="Its new id; null if it was not renamed.", examples=[None]
    )
    revision_number: int | None = Field(
        description="The revision that the change made, or the last one of a withdrawn record;"
        " null if this database has none.",
        examples=[1],
    )
    url: str | None = Field(
        description="URL of that revision.", examples=["/v1/actors/iran/revisions/1"]
    )
    record: AnyRecord | None = Field(
        description="The record after the change; null if it was withdrawn or renamed."
    )


class Changes(Page):
    """A page of `/v1/changes`."""

    data: list[ChangeDocument] = Field(description="Changes, newest first.")


class PastDatasetDocument(MomentDocument):
    counts: dict[ResourceType, int] = Field(
        description="Number of records by resource type.", examples=[{"figure": 9}]
    )
    changes: dict[ResourceType, dict[ChangeKind, int]] = Field(
        description="Number of changes since the previous dataset by resource type and kind; types"
        " without changes are absent.",
        examples=[{"figure": {"added": 2, "changed": 1, "withdrawn": 0, "renamed": 0}}],
    )


class Datasets(Page):
    """A page of `/v1/datasets`."""

    data: list[PastDatasetDocument] = Field(description="Datasets, newest first.")


class RevisionDocument(BaseModel):
    revision_number: int = Field(description="Counts the record's revisions from 1.", examples=[1])
    recorded_from: MomentDocument = Field(description="The first dataset with this revision.")
    record_sha256: str = Field(
        description="SHA-256 of the record as JSON, without `url`.",
        examples=["e64ec6c3491a2c220ce547fb0c918aace0eec0fa177d77696a3dcf0399d70619"],
    )
    reason: str | None = Field(
        description="Why it replaced the previous one, in the curator's words; null if not given.",
        examples=["The qualifier had been left out."],
    )


class ListedRevisionDocument(RevisionDocument):
    url: str = Field(
        description="Permanent URL of the revision.", examples=["/v1/actors/iran/revisions/1"]
    )
    recorded_to: MomentDocument | None = Field(
        description="The first dataset without this revision; null for the current revision."
    )


class Revisions(Page):
    """A page of the revisions of one record."""

    data: list[ListedRevisionDocument] = Field(description="Revisions, newest first.")


class RevisionLinks(BaseModel):
    self_: str = Field(
        alias="self", description="This revision.", examples=["/v1/actors/iran/revisions/1"]
    )
    latest: str = Field(description="The current record.", examples=["/v1/actors/iran"])
    predecessor: str | None = Field(
        description="The previous revision; null for the first.", examples=[None]
    )
    revisions: str = Field(description="All revisions.", examples=["/v1/actors/iran/revisions"])


class RevisionItem(BaseModel):
    """One revision of a record."""

    data: AnyRecord = Field(
        description="The record in this revision; `url` is the URL of the revision."
    )
    revision: RevisionDocument = Field(description="The revision.")
    links: RevisionLinks = Field(description="Links to other revisions.")
