"""Whole lists that the build makes."""

from sqlmodel import Field, SQLModel

from app import vocabulary as v
from app.models.base import Code, is_one_of


class PrebuiltPart(SQLModel, table=True):
    """A stretch of a whole list in one format, in order; `number` counts from 0.

    `body` is what `app.formats.prebuilt` makes of some hundred records; `size` is its length in
    bytes before compression, in which `urls` bytes stand for the base of a URL.
    """

    __tablename__ = "prebuilt_part"
    __table_args__ = (is_one_of("resource_type", v.ResourceType),)

    resource_type: str = Field(sa_type=Code, primary_key=True)
    format: str = Field(sa_type=Code, primary_key=True)
    number: int = Field(primary_key=True)
    size: int
    urls: int
    body: bytes
