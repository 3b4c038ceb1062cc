"""The timeline."""

from functools import reduce
from operator import or_
from typing import Any

from pydantic import BaseModel, Field
from typing_extensions import TypeAliasType

from app.resources.lists import TIMELINE_RESOURCES
from app.schemas.common import Absent, Page, TotalByResource
from app.schemas.history import NoLongerMatching, Withdrawn, WithdrawnComplete
from app.schemas.records import RECORD_MODELS
from app.vocabulary import TimelineResourceType

DatedRecord: Any = TypeAliasType(
    "DatedRecord",
    reduce(or_, (RECORD_MODELS[resource_type] for resource_type in TIMELINE_RESOURCES)),
)


class TimelineEntry(BaseModel):
    resource: TimelineResourceType = Field(
        description="Resource type of the record.", examples=["event"]
    )
    dated_by: str = Field(
        description="The field that gives the date of the record.", examples=["date"]
    )
    record: DatedRecord = Field(description="The record.")


class Timeline(Page):
    """A page of the timeline."""

    data: list[TimelineEntry] = Field(description="Records in chronological order.")
    total_by_resource: TotalByResource
    withdrawn: Withdrawn | Absent = None
    no_longer_matching: NoLongerMatching | Absent = None
    withdrawn_complete: WithdrawnComplete | Absent = None
