"""Nothing that was served is ever lost: builds on a database keep every revision of every record,
and say what changed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.curation.build import Silent, build_records
from app.curation.records import Records
from app.database.builds import current_schema
from app.database.engine import create_write_engine, parse_url, sqlite_path
from app.database.execute import CompiledStatement
from app.errors import OperatorError
from app.models import PAST
from app.resources import RESOURCES
from tests.client import Api
from tests.many import Maker

pytestmark = pytest.mark.slow

FIRST = datetime(2031, 5, 1, tzinfo=UTC)


@dataclass
class Grown:
    """A database that is built again and again, a day apart."""

    url: str
    records: Records = field(default_factory=lambda: Maker(30).records())
    builds: int = 0

    def build(self) -> str:
        at = FIRST + timedelta(days=self.builds)
        self.builds += 1
        return build_records(
            self.records, parse_url(self.url), f"build {self.builds}", Silent(), recorded_at=at
        ).version

    def retitle(self, resource_type: Any, index: int, title: str) -> str:
        record = self.records.by_type[resource_type][index]
        self.records.by_type[resource_type][index] = record.model_copy(update={"title": title})
        return record.id

    def withdraw(self, resource_type: Any, index: int) -> str:
        return self.records.by_type[resource_type].pop(index).id


@pytest.fixture
def grown(new_database: Callable[[], str]) -> Grown:
    return Grown(new_database())


@pytest.fixture(scope="module")
def thrice(new_database: Callable[[], str]) -> Iterator[tuple[Api, str]]:
    """A place with three titles, one after another."""
    grown = Grown(new_database())
    place = grown.retitle("place", 0, "One")
    grown.build()
    for title in ("Two", "Three"):
        grown.retitle("place", 0, title)
        grown.build()
    with Api.over(grown.url) as api:
        yield api, f"/v1/places/{place}"


def test_a_record_keeps_its_revisions_each_as_it_was_served(thrice: tuple[Api, str]) -> None:
    api, place = thrice
    listed = api.json(f"{place}/revisions")
    assert [item["revision_number"] for item in listed["data"]] == [3, 2, 1]
    assert listed["total"] == 3
    revisions = [api.json(item["url"]) for item in listed["data"]]
    assert [revision["data"]["title"] for revision in revisions] == ["Three", "Two", "One"]
    now = api.json(place)["data"]
    assert {**revisions[0]["data"], "url": place} == now
    ended = [item["recorded_to"] and item["recorded_to"]["recorded_at"] for item in listed["data"]]
    assert ended == [None, "2031-05-03T00:00:00Z", "2031-05-02T00:00:00Z"]
    assert listed["data"][2]["recorded_from"]["recorded_at"] == "2031-05-01T00:00:00Z"


def test_a_revision_never_changes_and_leads_to_its_neighbours(thrice: tuple[Api, str]) -> None:
    api, place = thrice
    response = api.get(f"{place}/revisions/2")
    assert "immutable" in response.headers["cache-control"]
    for rel, target in (
        ("latest-version", place),
        ("version-history", f"{place}/revisions"),
        ("predecessor-version", f"{place}/revisions/1"),
    ):
        assert f'<{target}>; rel="{rel}"' in response.headers["link"]
    assert api.json(f"{place}/revisions/1")["links"]["predecessor"] is None
    again = api.get(f"{place}/revisions/2", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304


def test_a_later_build_leaves_the_bytes_of_a_revision_as_they_are(grown: Grown) -> None:
    place = grown.retitle("place", 0, "One")
    grown.build()
    with Api.over(grown.url) as api:
        served = api.get(f"/v1/places/{place}/revisions/1").content
    grown.retitle("place", 0, "Two")
    grown.build()
    with Api.over(grown.url) as api:
        assert api.get(f"/v1/places/{place}/revisions/1").content == served


@pytest.mark.parametrize("number", ["0", "4", "01", "x", "-1", "9" * 30])
def test_a_revision_that_never_was_is_not_found(thrice: tuple[Api, str], number: str) -> None:
    api, place = thrice
    response = api.get(f"{place}/revisions/{number}")
    assert (response.status_code, response.json()["type"]) == (404, "/problems/not-found")


def test_lists_of_the_past_go_on_like_all_lists(thrice: tuple[Api, str]) -> None:
    api, place = thrice
    for path, key in ((f"{place}/revisions", "revision_number"), ("/v1/datasets", "version")):
        whole = [item[key] for item in api.json(path)["data"]]
        assert [item[key] for item in api.all(f"{path}?limit=1")] == whole
        last = api.json(api.json(f"{path}?limit=2")["links"]["next"])
        assert [item[key] for item in api.json(last["links"]["prev"])["data"]] == whole[:2]


def test_datasets_say_what_changed(grown: Grown) -> None:
    versions = [grown.build()]
    grown.retitle("place", 0, "Other")
    grown.retitle("event", 1, "Other")
    grown.withdraw("figure", -1)
    versions.append(grown.build())
    with Api.over(grown.url) as api:
        newest, first = api.json("/v1/datasets")["data"]
        counts = api.snapshot.dataset.counts
    assert [first["version"], newest["version"]] == versions
    assert newest["counts"] == counts
    assert first["changes"]["place"] == {
        "added": first["counts"]["place"],
        "changed": 0,
        "withdrawn": 0,
        "renamed": 0,
    }
    assert newest["changes"] == {
        "event": {"added": 0, "changed": 1, "withdrawn": 0, "renamed": 0},
        "figure": {"added": 0, "changed": 0, "withdrawn": 1, "renamed": 0},
        "place": {"added": 0, "changed": 1, "withdrawn": 0, "renamed": 0},
    }


def test_a_withdrawn_record_is_gone_and_leads_to_what_it_said(grown: Grown) -> None:
    grown.build()
    figure = grown.withdraw("figure", -1)
    version = grown.build()
    with Api.over(grown.url) as api:
        response = api.get(f"/v1/figures/{figure}")
        problem = response.json()
        assert (response.status_code, problem["type"]) == (410, "/problems/withdrawn")
        assert version in problem["detail"]
        assert api.json(problem["last_revision"])["data"]["id"] == figure
        assert figure not in [record["id"] for record in api.all("/v1/figures")]
        assert (
            api.json(f"/v1/figures/{figure}/revisions")["data"][0]["recorded_to"]["version"]
            == version
        )


def test_the_id_of_a_withdrawn_record_is_never_used_again(grown: Grown) -> None:
    grown.build()
    figure = grown.records.by_type["figure"][-1]
    grown.withdraw("figure", -1)
    version = grown.build()
    grown.records.by_type["figure"].append(figure)
    with pytest.raises(OperatorError, match=f"{figure.id} was withdrawn in dataset {version}"):
        grown.build()
    with Api.over(grown.url) as api:
        assert api.snapshot.dataset.version == version


def test_unchanged_records_are_no_new_dataset(grown: Grown) -> None:
    assert grown.build() == grown.build()
    with Api.over(grown.url) as api:
        assert api.json("/v1/datasets")["total"] == 1
        for resource_type, resource in RESOURCES.items():
            first = api.json(f"{resource.path}?limit=1")["data"][0]["url"]
            assert api.json(f"{first}/revisions")["total"] == 1, resource_type


def test_data_that_return_to_what_they_were_are_a_dataset_of_their_own(grown: Grown) -> None:
    grown.retitle("place", 0, "One")
    first = grown.build()
    grown.retitle("place", 0, "Two")
    grown.build()
    place = grown.retitle("place", 0, "One")
    third = grown.build()
    assert third != first
    assert third.startswith(first)
    with Api.over(grown.url) as api:
        titles = [
            api.json(item["url"])["data"]["title"]
            for item in api.all(f"/v1/places/{place}/revisions")
        ]
    assert titles == ["One", "Two", "One"]


def plan(api: Api, sql: str) -> list[str]:
    """How SQLite goes about a statement, whatever its values."""
    values = dict.fromkeys(re.findall(r":(\w+)", sql))
    rows = api.snapshot.database.fetch_all_sync(
        CompiledStatement(f"EXPLAIN QUERY PLAN {sql}", values)
    )
    return [row.detail for row in rows]


def test_present_answers_are_those_of_a_database_without_a_past(
    grown: Grown, new_database: Callable[[], str]
) -> None:
    grown.build()
    grown.retitle("event", 0, "Other")
    grown.withdraw("statement", 0)
    grown.build()
    fresh = Grown(new_database(), grown.records)
    fresh.build()
    with Api.over(grown.url) as old, Api.over(fresh.url) as new:
        for resource in RESOURCES.values():
            path = f"{resource.path}?limit=500&facets={resource.facets[0].name}"
            with_past, asked = old.json(path), list(old.statements)
            without = new.json(path)
            assert (with_past["data"], with_past["facets"]) == (without["data"], without["facets"])
            assert asked == new.statements
            if old.snapshot.database.is_sqlite:
                assert [plan(old, sql) for sql in asked] == [plan(new, sql) for sql in asked]


def ended(url: str) -> dict[str, int]:
    """How many rows each table of the past holds, those without any left out."""
    there = parse_url(url)
    engine = create_write_engine(
        there, schema="public" if sqlite_path(there) else current_schema(there)
    )
    with engine.connect() as connection:
        counts = {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in PAST.items()
        }
    engine.dispose()
    return {name: count for name, count in counts.items() if count}


def test_what_is_kept_grows_with_changes_and_not_with_builds(grown: Grown) -> None:
    grown.build()
    grown.build()
    assert ended(grown.url) == {}
    figure = grown.records.by_type["figure"][0]
    grown.retitle("figure", 0, "Other")
    grown.build()
    proofs = len(figure.evidence)
    assert ended(grown.url) == {"figure": 1, "proof": proofs, "search_document": 1}
    grown.build()
    assert ended(grown.url) == {"figure": 1, "proof": proofs, "search_document": 1}
