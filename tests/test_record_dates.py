"""Dates of records: bounded by publication, and those of statements by their events."""

import pytest

from app.curation.dates import bounds, some_day_of
from app.curation.files import SeedTree
from app.curation.quotes import Texts
from app.curation.records import make_records
from app.curation.seeds import read_seeds
from app.resources.event import EventRecord
from app.resources.fields import Date, Record
from app.resources.statement import StatementRecord
from app.vocabulary import ResourceType
from tests.test_checks import FACTS, change


def record_of(tree: SeedTree, resource_type: ResourceType, record_id: str) -> Record:
    seeds, findings = read_seeds(tree, Texts([tree.root / "texts"]))
    assert findings == []
    return next(
        record for record in make_records(seeds).by_type[resource_type] if record.id == record_id
    )


def date_of_event(tree: SeedTree, record_id: str) -> Date | None:
    event = record_of(tree, "event", record_id)
    assert isinstance(event, EventRecord)
    return event.date


def test_what_goes_on_is_known_up_to_publication(tree: SeedTree) -> None:
    date = date_of_event(tree, "flood-2031-05")
    assert date is not None
    assert (date.edtf, date.earliest, date.latest) == ("2031-05-02/..", "2031-05-02", "2031-05-04")


def test_a_rough_date_ends_at_publication_too(tree: SeedTree) -> None:
    change(tree, FACTS, "date: {edtf: 2031-05-03,", "date: {edtf: 2031-05,")
    date = date_of_event(tree, "volunteers-arrive-2031-05-03")
    assert date is not None
    assert (date.edtf, date.latest) == ("2031-05", "2031-05-04")


@pytest.mark.parametrize("status", ["planned", "agreed"])
def test_what_is_planned_or_agreed_may_follow_publication(tree: SeedTree, status: str) -> None:
    change(tree, FACTS, "status: ongoing", f"status: {status}")
    date = date_of_event(tree, "flood-2031-05")
    assert date is not None
    assert date.latest is None


@pytest.mark.parametrize(
    ("event", "edtf", "latest", "note"),
    [
        (
            "volunteers-arrive-2031-05-03",
            "2031-05-03",
            "2031-05-03",
            "Made at the event “Arrival of volunteers”; the date is that of the event.",
        ),
        (
            "flood-2031-05",
            "[2031-05-02..]",
            "2031-05-04",
            "Made at the event “Flood in the Lower Vale”; the date is some day of the event.",
        ),
    ],
)
def test_a_statement_made_at_a_dated_event_has_its_date(
    tree: SeedTree, event: str, edtf: str, latest: str, note: str
) -> None:
    change(tree, FACTS, "    act: describes\n", f"    act: describes\n    event: {event}\n")
    statement = record_of(tree, "statement", "council-silence")
    assert isinstance(statement, StatementRecord)
    made_on = statement.made_on
    assert made_on is not None
    assert (made_on.edtf, made_on.latest, made_on.basis) == (edtf, latest, "inferred")
    assert made_on.note == note


@pytest.mark.parametrize(
    ("edtf", "some_day"),
    [
        ("2024-02-14", "2024-02-14"),
        ("[2024..2025]", "[2024..2025]"),
        ("2024-02-12/2024-02-14", "[2024-02-12..2024-02-14]"),
        ("2012/..", "[2012..]"),
        ("/2012", "[..2012]"),
        ("2023-10/2024", "[2023-10-01..2024-12-31]"),
        ("2023~/2024", "[2023-01-01..2024-12-31]"),
    ],
)
def test_some_day_of_an_interval_has_its_bounds(edtf: str, some_day: str) -> None:
    assert some_day_of(edtf) == some_day
    assert bounds(some_day) == bounds(edtf)
