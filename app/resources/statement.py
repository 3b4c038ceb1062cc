from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from app import vocabulary as v
from app.models import (
    Statement,
    StatementAddressee,
    StatementLoadedTerm,
    StatementQuotedWords,
    StatementRelay,
    StatementSpeaker,
    StatementTopic,
)
from app.resources.declarations import (
    SLUG_VALUE,
    TEXT_VALUE,
    DateRange,
    Filter,
    Include,
    Resource,
    by_date,
    by_id,
    by_title,
    code_of,
    id_filter,
    one_of,
    published,
)
from app.resources.fields import (
    Attribution,
    Caveats,
    Corrections,
    Date,
    End,
    EvidenceList,
    Part,
    Record,
    Reference,
    Start,
    field,
)


class QuotedWords(Part):
    """Words that the source itself puts in quotation marks, whole."""

    type: Literal["quote"] = field("Words that are quoted whole.", "quote")
    exact: str = field("The words, without the marks.", "very good")
    start: Start
    end: End


class QuotedRange(Part):
    """A longer passage that the source puts in quotation marks, by its first and last words."""

    type: Literal["range"] = field("A passage of which only the ends are quoted.", "range")
    first_words: str = field(
        "Its first words, without the mark.",
        "During the meeting, they discussed bilateral relations",
    )
    last_words: str = field(
        "Its last words, without the mark.", "Gaza and the occupied Palestinian territories"
    )
    start: Start
    end: End


QuotedPassage = TypeAliasType(
    "QuotedPassage", Annotated[QuotedWords | QuotedRange, Field(discriminator="type")]
)


class LoadedTerm(Part):
    """A term of the published list of loaded words that stands in the published words of this
    record's evidence: tagged, never removed.
    """

    term: str = field("The term as the list has it.", "onslaught")
    exact: str = field("The word as the source has it.", "onslaught")
    start: Start
    end: End


class Topic(Reference):
    resource: v.TopicResourceType = field("The resource type of `id`.", "place")


class StatementRecord(Record):
    source: str = field(
        "Id of the source that makes or reports it.", "iran-fm-qatar-amir-2024-02-14"
    )
    summary: str = field(
        "What is stated, in our own neutral words; a loaded term stands in quotation marks, as the"
        " source has it.",
        "Iran's foreign minister describes Iran's ties with Qatar as “very good”.",
    )
    attribution: Attribution = field("Whom the words come from.")
    voice: v.Voice = field(
        "Whose words these are: the source's own (`article`), a speaker's, or one cannot tell; it"
        " follows from the origin of the attribution.",
        "article",
    )
    quote_type: v.QuoteType | None = field(
        "How the source renders a speaker's words; null in its own voice.", None
    )
    quoted_words: tuple[QuotedPassage, ...] = field("What the source puts in quotation marks.")
    act: v.Act = field("What the speaker does by it: our classification.", "assesses")
    addressees: tuple[Reference, ...] = field("To whom it is addressed.")
    about: tuple[Topic, ...] = field("What it is about.")
    made_on: Date | None = field("When it was made; null: the text does not say.")
    event: Reference | None = field("The event at which it was made; null: the text does not say.")
    loaded_terms: tuple[LoadedTerm, ...] = field(
        "Loaded terms in the published words of its evidence."
    )
    caveats: Caveats
    corrections: Corrections = ()
    evidence: EvidenceList


STATEMENT = Resource(
    type="statement",
    plural="statements",
    path="/v1/statements",
    record=StatementRecord,
    table=Statement,
    description="Who said what: one record for each proposition, with voice and attribution.",
    filters=(
        id_filter(Statement, "statements", "article-on-qatar-in-de-escalation-efforts"),
        Filter(
            name="source",
            columns=(Statement.source_id,),
            value_type=SLUG_VALUE,
            description="Source that makes or reports it.",
            example="iran-fm-qatar-amir-2024-02-14",
            phrase="from {}",
        ),
        Filter(
            name="speaker",
            columns=(StatementSpeaker.actor_id,),
            value_type=SLUG_VALUE,
            is_credit=True,
            description="Who said it.",
            example="hossein-amir-abdollahian",
            phrase="by {}",
        ),
        Filter(
            name="relayed_by",
            columns=(StatementRelay.actor_id,),
            value_type=SLUG_VALUE,
            is_credit=True,
            description="Through whom it came.",
            example="irna",
            phrase="relayed by {}",
        ),
        Filter(
            name="voice",
            columns=(Statement.voice,),
            value_type=one_of(v.Voice),
            description="Whose words these are.",
            example="attributed",
        ),
        Filter(
            name="quote_type",
            columns=(Statement.quote_type,),
            value_type=one_of(v.QuoteType),
            description="How the words are rendered.",
            example="partial",
        ),
        Filter(
            name="act",
            columns=(Statement.act,),
            value_type=code_of(v.Act),
            description="What the speaker does by it.",
            example="urges",
        ),
        Filter(
            name="origin",
            columns=(Statement.origin,),
            value_type=one_of(v.Origin),
            description="Whom it comes from.",
            example="stated",
        ),
        Filter(
            name="addressee",
            columns=(StatementAddressee.actor_id,),
            value_type=SLUG_VALUE,
            description="To whom it is addressed.",
            example="qatar",
            phrase="addressed to {}",
        ),
        Filter(
            name="about",
            columns=(StatementTopic.actor_id, StatementTopic.place_id, StatementTopic.event_id),
            value_type=SLUG_VALUE,
            description="Actor, place or event that it is about.",
            example="gaza-strip",
            phrase="about {}",
        ),
        Filter(
            name="event",
            columns=(Statement.event_id,),
            value_type=SLUG_VALUE,
            description="The event at which it was made.",
            example="meeting-of-iran-fm-and-qatar-amir-2024-02-13",
            phrase="made at {}",
        ),
        Filter(
            name="quoted_word",
            columns=(StatementQuotedWords.exact,),
            value_type=TEXT_VALUE,
            is_credit=True,
            description="Words that the source puts in quotation marks, exactly;"
            " `present=quoted_word`: any.",
            example="very good",
        ),
        Filter(
            name="loaded_term",
            columns=(StatementLoadedTerm.term,),
            value_type=TEXT_VALUE,
            description="A loaded term in its evidence.",
            example="onslaught",
        ),
    ),
    dates=(
        DateRange(
            name="date",
            earliest=Statement.made_on_earliest,
            latest=Statement.made_on_latest,
            description="When it was made: `made_on`.",
            example="2024-02",
            phrase="made {}",
        ),
        published(Statement),
    ),
    sorts=(
        by_id(Statement),
        by_title(Statement),
        by_date("date", Statement.made_on_earliest, Statement.made_on_latest, "date"),
        by_date(
            "published", Statement.published_earliest, Statement.published_latest, "publication"
        ),
    ),
    includes=(
        Include(
            name="source",
            type="source",
            columns=(Statement.source_id,),
            description="The source that makes or reports it.",
        ),
        Include(
            name="speaker",
            type="actor",
            columns=(StatementSpeaker.actor_id,),
            description="Who said it.",
        ),
        Include(
            name="relayed_by",
            type="actor",
            columns=(StatementRelay.actor_id,),
            description="Through whom it came.",
        ),
        Include(
            name="addressee",
            type="actor",
            columns=(StatementAddressee.actor_id,),
            description="To whom it is addressed.",
        ),
        Include(
            name="about_actor",
            type="actor",
            columns=(StatementTopic.actor_id,),
            description="Actors that it is about.",
        ),
        Include(
            name="about_place",
            type="place",
            columns=(StatementTopic.place_id,),
            description="Places that it is about.",
        ),
        Include(
            name="about_event",
            type="event",
            columns=(StatementTopic.event_id,),
            description="Events that it is about.",
        ),
        Include(
            name="event",
            type="event",
            columns=(Statement.event_id,),
            description="The event at which it was made.",
        ),
    ),
)
