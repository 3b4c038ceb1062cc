"""Every output of a record has its number as written, credit, dates, source, caveats and
corrections, and the quote that supports it.
"""

import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple
from xml.etree.ElementTree import fromstring

import pytest
from bibtexparser.entrypoint import parse_string

from app.curation.build import Silent, build_records
from app.curation.records import Records
from app.database.engine import parse_url
from app.presentation import preview
from app.presentation.cards import CARD_TYPES
from app.presentation.citations import STYLES
from app.presentation.model import Presentation, plain
from app.presentation.passages import MAX_GAP, main_passage_of, passages_of
from app.presentation.records import MAX_NAMES, attribution_texts, present
from app.presentation.text import code_label, date_text, long_date
from app.resources import RESOURCES
from app.resources.fields import published_words
from app.vocabulary import ResourceType
from tests.client import Api
from tests.many import Maker
from tests.vocabulary import VOCABULARY

pytestmark = pytest.mark.any_database

BROWSER = {"Accept": "text/html"}
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
ATOM = "{http://www.w3.org/2005/Atom}"
CORRECTION = {"corrected_on": "2031-05-06", "reason": "The number was misread."}


@pytest.fixture(scope="session")
def corrected_api(new_database: Callable[[], str]) -> Iterator[Api]:
    """Generated records, each of which was corrected."""
    url = new_database()
    by_type = {
        resource_type: [
            RESOURCES[resource_type].record.model_validate(
                record.model_dump(mode="json") | {"corrections": [CORRECTION]}
            )
            for record in records
        ]
        for resource_type, records in Maker(12).records().by_type.items()
    }
    build_records(Records(by_type, vocabulary=VOCABULARY), parse_url(url), "corrected", Silent())
    with Api.over(url) as client:
        yield client


@pytest.fixture(params=["api", "seed_api", "corrected_api"])
def any_api(request: pytest.FixtureRequest, backend: str) -> Api:
    client: Api = request.getfixturevalue(request.param)
    return client


class Presented(NamedTuple):
    record: Any
    presentation: Presentation
    source_names: tuple[str, ...]

    @property
    def type(self) -> ResourceType:
        return self.presentation.resource_type

    @property
    def url(self) -> str:
        return str(self.record["url"])


def every_record(api: Api) -> list[Presented]:
    records: list[tuple[ResourceType, Any]] = [
        (resource.type, record)
        for resource in RESOURCES.values()
        for record in api.all(f"{resource.path}?limit=500")
    ]
    titles: dict[tuple[str, str], str] = dict(api.snapshot.dataset.vocabulary.labels)
    titles |= {(type_, record["id"]): record["title"] for type_, record in records}
    headlines = {record["id"]: record["headline"] for type_, record in records if type_ == "source"}
    return [
        Presented(
            record,
            present(type_, record, titles),
            tuple(
                name
                for name in (titles.get(("source", source)), headlines.get(source))
                if name is not None
            ),
        )
        for type_, record in records
        for source in [record.get("source")]
    ]


# ----------------------------------------------------------------------------------------------
# from the record to its presentation


UNITS = {code.code: code.label for code in VOCABULARY.codes("unit").values()}


def stated(record: Any) -> Iterator[str]:
    """What a record states, in the words of its presentation."""
    yield record["title"]
    yield from record["caveats"]
    yield from (
        f"{long_date(item['corrected_on'])}: {item['reason']}" for item in record["corrections"]
    )
    if "as_written" in record:
        yield f"“{record['as_written']}”"
        yield UNITS.get(record["unit"], record["unit"])
        yield (
            "no qualifier"
            if record["qualifier"] == "none_stated"
            else code_label(record["qualifier"])
        )
        yield f"as of: {date_text(record['as_of'])}"
    yield from (record[name] for name in ("summary", "definition") if name in record)
    for field, name in (("date", "when"), ("made_on", "made on"), ("published_on", "published")):
        if field in record:
            yield f"{name}: {date_text(record[field])}"
    for role in record.get("roles", ())[:MAX_NAMES]:
        yield role["title"]
    if "status" in record:
        yield f"status: {code_label(record['status'])}"
    for point in record.get("points", ())[-1:]:
        yield f"as of {date_text(point['as_of'])}: “{point['as_written']}”"
        yield from credited(point["attribution"])
    if "attribution" in record:
        yield from credited(record["attribution"])
    if "quote_type" in record:
        yield {
            "direct": "a direct quotation",
            "partial": "partly quoted",
            "paraphrase": "a paraphrase",
            None: "",
        }[record["quote_type"]]


def credited(attribution: dict[str, Any]) -> Iterator[str]:
    """According to whom."""
    yield {
        "publisher": "according to: the publisher",
        "none_named": "according to: nobody is named",
        "ambiguous": "according to: ambiguous: ",
        "stated": "according to: ",
    }[attribution["origin"]]
    for person in (*attribution["speakers"], *attribution["relayed_by"]):
        if person["as_written"]:
            yield f"“{person['as_written']}”"
    if attribution["note"]:
        yield attribution["note"]


@pytest.mark.parametrize(
    ("origin", "speakers", "relays", "words"),
    [
        ("publisher", [], [], "the publisher"),
        ("none_named", [], [], "nobody is named"),
        ("stated", ["Ada", "Ben"], [], "“Ada”, “Ben”"),
        ("stated", ["Ada"], ["IRNA"], "“Ada”, relayed by “IRNA”"),
        ("stated", [], ["IRNA"], "no speaker is named, relayed by “IRNA”"),
        ("ambiguous", ["Ada"], [], "ambiguous: “Ada” or the publisher"),
    ],
)
def test_every_origin_has_one_wording(
    origin: str, speakers: list[str], relays: list[str], words: str
) -> None:
    named = [
        [{"id": None, "as_written": name, "basis": "stated", "note": None} for name in names]
        for names in (speakers, relays)
    ]
    attribution = {"origin": origin, "speakers": named[0], "relayed_by": named[1], "note": None}
    assert plain(attribution_texts(attribution, {})) == words
    noted = attribution_texts({**attribution, "note": "It is so."}, {})
    assert plain(noted) == f"{words} (It is so)"


@pytest.mark.parametrize("any_api", ["api", "seed_api", "corrected_api", "many_api"], indirect=True)
def test_a_presentation_has_what_its_record_states(any_api: Api) -> None:
    for record, presentation, _ in every_record(any_api):
        for text in stated(record):
            assert as_words(text).rstrip(".") in as_words(presentation.one_line), presentation.key


def test_values_are_shown_in_words(seed_api: Api) -> None:
    for address, words in (
        ("/v1/figures?limit=500", ("at least 67 984 · people", "running total", "no qualifier")),
        ("/v1/events?limit=500", ("where from Gaza Strip",)),
    ):
        page = as_words(read(seed_api.get(address, headers=BROWSER).text.partition("<main")[2]))
        assert [found for found in words if found not in page] == []
    for record, presentation, _ in every_record(seed_api):
        assert not re.search("[a-z]_[a-z]", presentation.one_line), record["id"]


def test_a_presentation_names_records_by_their_titles(any_api: Api) -> None:
    for _, presentation, _ in every_record(any_api):
        for fact in presentation.facts:
            for text in fact.texts:
                assert text.is_quoted or text.record is None or text.text != text.record[1]


def test_the_main_passage_has_most_words_of_the_headline() -> None:
    of_headline = quote(900, "the mayor has asked for help", "type")
    other = quote(0, "the mayor who was elected after the flood of 2 May", "participants")
    passages = passages_of([of_headline, other, quote(51, "asks", "type")])
    assert [passage.text for passage in passages if passage is main_passage_of(passages)] == [
        of_headline["exact"]
    ]


def test_an_actor_is_shown_with_its_roles_and_relations(seed_api: Api) -> None:
    said = {
        item.record_id: item.claim
        for _, item, _ in every_record(seed_api)
        if item.resource_type == "actor"
    }
    assert said["hossein-amir-abdollahian"].endswith("role: foreign minister of Iran")
    assert said["qatar"].endswith("related: ally of United States")
    assert said["amiri-diwan-of-qatar"].endswith("related: office of Qatar (inferred)")


def test_the_main_passage_supports_the_headline(api: Api, seed_api: Api) -> None:
    for which in (api, seed_api):
        for record, presentation, _ in every_record(which):
            if presentation.resource_type in ("figure", "statement", "event"):
                passage = presentation.main_passage
                assert passage is not None, record["id"]
                assert passage.is_of_headline, record["id"]
                assert record.get("as_written", "") in passage.text


# ----------------------------------------------------------------------------------------------
# passages


def quote(start: int, exact: str, *proves: str, prefix: str = "", suffix: str = "") -> Any:
    """A quote, of the claim unless it `proves` other fields."""
    end = start + len(exact)
    context = {"prefix": prefix, "suffix": suffix}
    place = {"source": "s", "start": start, "end": end, "proves": proves or ("summary",)}
    return {"type": "quote", "exact": exact, **place, **context}


def range_of(start: int, end: int, first: str, last: str) -> Any:
    place = {"source": "s", "start": start, "end": end, "proves": ["summary"]}
    return {"type": "range", "first_words": first, "last_words": last, **place}


@pytest.mark.parametrize(
    ("quotes", "texts"),
    [
        ([quote(9, "later"), quote(0, "earlier")], ["earlier […] later"]),
        ([quote(0, "one two"), quote(4, "two three")], ["one two three"]),
        ([quote(0, "one two three"), quote(4, "two")], ["one two three"]),
        ([quote(0, "one"), quote(4, "two")], ["one two"]),
        ([quote(0, "one", suffix=", not two, "), quote(14, "three")], ["one, not two, three"]),
        ([quote(0, "one"), quote(14, "three", prefix=", not two, ")], ["one, not two, three"]),
        ([quote(0, "a" * 9), quote(9 + MAX_GAP + 1, "b")], ["a" * 9, "b"]),
        ([range_of(0, 900, "first", "last")], ["first […] last"]),
        ([quote(400, "amid"), range_of(0, 900, "first", "last")], ["first […] amid […] last"]),
        ([range_of(0, 90, "one two", "end"), quote(4, "two three")], ["one two three […] end"]),
        (
            [range_of(0, 90, "a b", "c d"), range_of(80, 190, "x y", "z")],
            ["a b […] x y […] c d […] z"],
        ),
        ([quote(0, "he", "attribution"), quote(9, "so", "summary")], ["he […] so"]),
        # What is not of the claim stands apart, unless it touches or stands between.
        ([quote(0, "May", "period"), quote(9, "40 hurt", "value")], ["May", "40 hurt"]),
        ([quote(0, "Al", "names_as_written"), quote(9, "Bo", "names_as_written")], ["Al", "Bo"]),
        ([quote(0, "May", "date"), quote(4, "war", "type")], ["May war"]),
        (
            [quote(0, "40", "value"), quote(9, "May", "period"), quote(20, "hurt", "measure")],
            ["40 […] May […] hurt"],
        ),
    ],
)
def test_neighbouring_quotes_of_the_claim_are_one_passage(quotes: Any, texts: list[str]) -> None:
    assert [passage.text for passage in passages_of(quotes)] == texts


def test_parts_of_a_passage_name_the_fields_that_they_support() -> None:
    (passage,) = passages_of([quote(0, "one two", "value"), quote(4, "two three", "unit", "value")])
    assert [tuple(span) for span in passage.spans] == [
        ("one ", ("value",)),
        ("two", ("value", "unit")),
        (" three", ("unit", "value")),
    ]


@pytest.mark.parametrize("any_api", ["api", "seed_api"], indirect=True)
def test_passages_have_every_quote_in_reading_order(any_api: Api) -> None:
    """Not of generated records, whose quotes overlap by chance with other words."""
    for record, presentation, _ in every_record(any_api):
        places = [(passage.source, passage.start) for passage in presentation.passages]
        assert places == sorted(places)
        if isinstance(record["evidence"], list):
            texts = " ".join(passage.text for passage in presentation.passages)
            for item in record["evidence"]:
                assert all(words in texts for words, _ in published_words(item))


# ----------------------------------------------------------------------------------------------
# from the presentation to each output


def as_words(text: str) -> str:
    """A text without quotation marks, colons, isolates and line ends, in which outputs differ."""
    return " ".join(re.sub('[“”‘’:\u2068\u2069"]', "", text).split())


def read(markup: str) -> str:
    """What a reader of HTML sees."""
    return html.unescape(re.sub("<[^>]+>", "", re.sub("</(dt|p|h1|h2|span)>", " ", markup)))


def card_as_json(api: Api, item: Presented) -> str | None:
    if item.type not in CARD_TYPES:
        return None
    card = api.json(item.url.replace("/v1/", "/embed/"))
    facts = (
        f"{fact['name']} {''.join(part['text'] for part in fact['parts'])}"
        for fact in card["facts"]
    )
    quoted = "".join(span["text"] or " […] " for span in card["passage"] or ())
    heads = (card[name] or "" for name in ("title", "as_written", "value_in_words", "summary"))
    return "\n".join([*heads, *facts, quoted, *card["caveats"], *card["correction_notices"]])


def framed_card(api: Api, item: Presented) -> str | None:
    if item.type not in CARD_TYPES:
        return None
    frame = api.json(f"/oembed?url={item.url}")["html"]
    (url,) = re.findall('src="http://test([^"]+)"', frame)
    return read(api.get(url, headers=BROWSER).text.partition("<article")[2])


def description(api: Api, item: Presented) -> str:
    page = api.get(item.url, headers=BROWSER).text
    (content,) = re.findall('<meta property="og:description" content="([^"]*)">', page)
    return html.unescape(content)


def record_page(api: Api, item: Presented) -> str:
    return read(api.get(item.url, headers=BROWSER).text.partition("<main")[2])


def revision_page(api: Api, item: Presented) -> str:
    return read(api.get(f"{item.url}/revisions/1", headers=BROWSER).text.partition("<main")[2])


def list_card(api: Api, item: Presented) -> str:
    page = api.get(f"{RESOURCES[item.type].path}?id={item.record['id']}", headers=BROWSER).text
    return read(page.partition("<article")[2].partition("</article>")[0])


def entry(api: Api, item: Presented) -> str:
    feed = api.get(f"{RESOURCES[item.type].path}.atom?id={item.record['id']}").content
    (found,) = fromstring(feed).iter(f"{ATOM}entry")
    return "\n".join(
        [found.findtext(f"{ATOM}title", ""), read(found.findtext(f"{ATOM}content", ""))]
    )


def entry_summary(api: Api, item: Presented) -> str:
    feed = api.get(f"{RESOURCES[item.type].path}.atom?id={item.record['id']}").content
    return fromstring(feed).findtext(f"{ATOM}entry/{ATOM}summary", "")


def slide(api: Api, item: Presented) -> str | None:
    slides = api.json("/v1/timeline.timelinejs?limit=500")["events"]
    name = f"{item.type}-{item.record['id']}"
    return next(
        (read("\n".join(each["text"].values())) for each in slides if each["unique_id"] == name),
        None,
    )


def picture(api: Api, item: Presented) -> str | None:
    """What a preview draws; None: it does not exist."""
    if item.type not in CARD_TYPES:
        return None
    status = api.get(f"{item.url.replace('/v1/', '/preview/')}.png").status_code
    blocks = preview.layout(item.presentation)
    assert status == (404 if blocks is None else 200)
    if blocks is None:
        return None
    assert sum(block.height for block in blocks) <= preview.CONTENT_HEIGHT
    return "\n".join(f"{block.label} {' '.join(block.lines)}" for block in blocks)


def cited(style: str) -> Callable[[Api, Presented], str]:
    def citation(api: Api, item: Presented) -> str:
        text = api.get(f"{item.url}/citation?style={style}").text
        if style == "bibtex":
            (found,) = parse_string(text).entries
            text = re.sub(r"\\([$&#%_])", r"\1", " ".join(str(f.value) for f in found.fields))
        if style == "csl-json":
            text = " ".join(map(str, json.loads(text)[0].values()))
        return text

    return citation


WHOLE = {
    "card as JSON": card_as_json,
    "card in a frame": framed_card,
    "page of a record": record_page,
    "entry of a feed": entry,
    "slide of a timeline": slide,
}
"""Outputs with all facts."""
BOUNDED = {
    "picture": picture,
    "description of a page": description,
    "card of a list": list_card,
    "summary of an entry": entry_summary,
}
"""Outputs with essential facts alone."""


def assert_complete(
    said: str | None, item: Presented, *, whole: bool, unlike: Sequence[str] = ("source",)
) -> None:
    """Compare with the presentation, without the facts that an output has in a form of its own.

    The source is named by its title or by its own headline.
    """
    if said is None:
        return
    words = as_words(said)
    presentation = item.presentation
    facts = [fact for fact in presentation.facts if whole or fact.is_essential]
    expected = [
        presentation.title,
        presentation.number or "",
        presentation.measure or "",
        presentation.summary.rstrip("."),
        *(f"{fact.name} {plain(fact.texts)}" for fact in facts if fact.name not in unlike),
        *presentation.notes,
    ]
    for text in expected:
        assert as_words(text) in words, (presentation.key, text)
    if "source" in item.record:
        assert any(as_words(name) in words for name in item.source_names), presentation.key


@pytest.mark.parametrize("output", WHOLE)
def test_an_output_has_the_whole_presentation(any_api: Api, output: str) -> None:
    for item in every_record(any_api):
        assert_complete(WHOLE[output](any_api, item), item, whole=True)


@pytest.mark.parametrize("output", BOUNDED)
def test_a_bounded_output_has_all_that_is_essential(any_api: Api, output: str) -> None:
    for item in every_record(any_api):
        assert_complete(BOUNDED[output](any_api, item), item, whole=False)


@pytest.mark.parametrize("style", STYLES)
def test_a_citation_has_all_that_is_essential(any_api: Api, style: str) -> None:
    """What it says of its source has the form of the style."""
    unlike = ("source", "headline", "authors", "publisher", "published")
    for item in every_record(any_api):
        assert_complete(cited(style)(any_api, item), item, whole=False, unlike=unlike)


def test_a_revision_has_the_whole_presentation(any_api: Api) -> None:
    for item in every_record(any_api):
        untitled = present(item.type, item.record, {})
        item = item._replace(presentation=untitled, source_names=(item.record.get("source"),))
        assert_complete(revision_page(any_api, item), item, whole=True)


QUOTING = [*WHOLE.values(), list_card, *map(cited, ("sentence", "bibtex", "ris", "csl-json"))]
"""Outputs with quotes: styles of bibliographies have none."""


@pytest.mark.parametrize("output", QUOTING)
def test_an_output_has_the_passage_of_the_headline(
    seed_api: Api, output: Callable[[Api, Presented], str | None]
) -> None:
    for item in every_record(seed_api):
        said = output(seed_api, item)
        if said is not None and "source" in item.record:
            assert item.presentation.main_passage is not None
            assert as_words(item.presentation.main_passage.text) in as_words(said)


@pytest.mark.parametrize("output", [*WHOLE.values(), list_card, description, *map(cited, STYLES)])
def test_no_output_has_control_characters(
    hostile_api: Api, output: Callable[[Api, Presented], str | None]
) -> None:
    for item in every_record(hostile_api)[::4]:
        said = output(hostile_api, item) or ""
        assert not CONTROLS.search(re.sub("[\u2068\u2069]", "", said)), item.url
