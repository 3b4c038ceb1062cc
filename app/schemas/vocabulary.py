"""The documents of the vocabulary."""

from pydantic import Field

from app.resources.vocabulary import VocabularyCode, VocabularyScheme
from app.schemas.common import Page


class SchemeDocument(VocabularyScheme):
    url: str = Field(description="URL of its codes.", examples=["/v1/vocabularies/event_type"])


class Vocabularies(Page):
    """`/v1/vocabularies`."""

    data: list[SchemeDocument] = Field(description="The schemes, by name.")


class CodeDocument(VocabularyCode):
    url: str = Field(
        description="URL of the code.", examples=["/v1/vocabularies/event_type#meeting"]
    )


class Codes(Page):
    """The codes of a scheme."""

    data: list[CodeDocument] = Field(description="The codes, sorted.")
