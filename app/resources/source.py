from typing import Annotated, Literal

from pydantic import Field

from app import vocabulary as v
from app.models import Source, SourceAuthor
from app.resources.declarations import (
    LANGUAGE_VALUE,
    TEXT_VALUE,
    DateRange,
    Filter,
    NumberRange,
    Resource,
    Sort,
    by_date,
    by_id,
    by_title,
    code_of,
    id_filter,
    one_of,
)
from app.resources.fields import Caveats, Corrections, Date, EvidenceList, Record, field


class SourceRecord(Record):
    kind: v.SourceKind = field("What sort of source it is.", "news_article")
    headline: str | None = field(
        "The headline as printed; null: the text that we have states none.", None
    )
    publisher: str | None = field(
        "Who published it; null: the text that we have states none.", None
    )
    authors: tuple[str, ...] = field(
        "Who wrote it, as printed; empty: the text that we have states nobody.", []
    )
    original_url: str | None = field("Where it was published on the web; null: unknown.", None)
    language: str | None = field("Language of its text (BCP 47).", "en")
    published_on: Date | None = field("Day of publication; null: unknown.")
    content_sha256: str = field(
        "SHA-256 of the source's file. Offsets count over its text as decoded from UTF-8, nothing"
        " normalised.",
        "e64ec6c3491a2c220ce547fb0c918aace0eec0fa177d77696a3dcf0399d70619",
        pattern="^[0-9a-f]{64}$",
    )
    quotes_verified: Literal[True] = field(
        "That all evidence stands at its offsets in that file, and nothing more: builds verify it.",
        True,
    )
    characters: int = field("Length of its text in Unicode code points.", 3858, gt=0)
    text_access: v.TextAccess = field(
        "How much of its text is published here; all of it (`full`) is at `/v1/sources/{id}/text`.",
        "quotes_only",
    )
    licence: str | None = field(
        "Licence of its text; null: unknown, so only short quotes are published.", None
    )
    counts: dict[v.CountedResourceType, Annotated[int, Field(ge=0)]] = field(
        "Number of records that rest on it, by resource type."
    )
    caveats: Caveats
    corrections: Corrections = ()
    evidence: EvidenceList


SOURCE = Resource(
    type="source",
    plural="sources",
    path="/v1/sources",
    record=SourceRecord,
    table=Source,
    description="The reports that all records rest on: what is known of each, and every quote taken"
    " from it.",
    filters=(
        id_filter(Source, "sources", "iran-fm-qatar-amir-2024-02-14"),
        Filter(
            name="kind",
            columns=(Source.kind,),
            value_type=code_of(v.SourceKind),
            description="Sort of source.",
            example="news_article",
        ),
        Filter(
            name="publisher",
            columns=(Source.publisher,),
            value_type=TEXT_VALUE,
            description="Publisher, as printed.",
            example="IRNA",
        ),
        Filter(
            name="author",
            columns=(SourceAuthor.name,),
            value_type=TEXT_VALUE,
            description="Author, as printed.",
            example="Ana Example",
        ),
        Filter(
            name="language",
            columns=(Source.language,),
            value_type=LANGUAGE_VALUE,
            description="Language of the text (BCP 47).",
            example="en",
        ),
        Filter(
            name="text_access",
            columns=(Source.text_access,),
            value_type=one_of(v.TextAccess),
            description="How much of the text is published.",
            example="quotes_only",
        ),
    ),
    ranges=(
        NumberRange(
            name="characters",
            column=Source.characters,
            is_count=True,
            description="Length of the text in Unicode code points.",
            example="3858",
        ),
    ),
    dates=(
        DateRange(
            name="date",
            earliest=Source.published_earliest,
            latest=Source.published_latest,
            description="The day of publication, as `published`.",
            example="2024-02",
        ),
        DateRange(
            name="published",
            earliest=Source.published_earliest,
            latest=Source.published_latest,
            description="The day of publication.",
            example="2024-02",
            phrase="published {}",
        ),
    ),
    sorts=(
        by_id(Source),
        by_title(Source),
        by_date("published", Source.published_earliest, Source.published_latest, "publication"),
        Sort(
            name="characters",
            ascending=Source.characters,
            descending=Source.characters,
            phrases=("shortest first", "longest first"),
        ),
    ),
)
