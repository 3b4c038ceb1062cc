"""The change feed: who follows it has what is served, whatever happened in between."""

import random
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from app.resources import RESOURCES
from tests.client import Api
from tests.edits import Edited

pytestmark = pytest.mark.slow

EDITS = 1_000
BUILDS = 20
ATOM = "{http://www.w3.org/2005/Atom}"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"

DatasetVersion = dict[tuple[str, str], dict[str, Any]]


def exported(api: Api) -> DatasetVersion:
    return {
        (resource_type, record["id"]): record
        for resource_type, resource in RESOURCES.items()
        for record in api.all(f"{resource.path}?limit=500")
    }


class ListMirror:
    """Asks every list for what was updated after the dataset that it has."""

    def __init__(self) -> None:
        self.state: DatasetVersion = {}
        self.version = "2000-01-01"

    def follow(self, api: Api) -> None:
        for resource_type, resource in RESOURCES.items():
            following = f"{resource.path}?updated_after={self.version}&limit=50"
            while following:
                page = api.json(following)
                for withdrawal in page["withdrawn"]:
                    self.state.pop((withdrawal["resource"], withdrawal["id"]), None)
                assert page["withdrawn_complete"]
                self.state |= {(resource_type, record["id"]): record for record in page["data"]}
                following = page["links"]["next"]
        self.version = page["dataset"]["version"]


class PartMirror(ListMirror):
    """Follows parts of lists: what no longer belongs to them is told, too."""

    parts = (
        "/v1/figures?as_of=2024-02/..",
        "/v1/events?date=2023-10/..&q=river",
        "/v1/figures?place_role=in",
    )

    def follow(self, api: Api) -> None:
        for part in self.parts:
            following = f"{part}&updated_after={self.version}&limit=50"
            while following:
                page = api.json(following)
                for gone in (*page["withdrawn"], *page["no_longer_matching"]):
                    self.state.pop((part, gone["id"]), None)
                self.state |= {(part, record["id"]): record for record in page["data"]}
                following = page["links"]["next"]
        self.version = page["dataset"]["version"]

    def wanted(self, api: Api) -> DatasetVersion:
        return {
            (part, record["id"]): record
            for part in self.parts
            for record in api.all(f"{part}&limit=500")
        }


class FeedMirror(ListMirror):
    """Reads a feed from where it stopped, and keeps the newest state of each record."""

    def follow(self, api: Api) -> None:
        seen = set()
        following = f"/v1/changes?updated_after={self.version}&limit=50"
        while following:
            page = api.json(following)
            for change in page["data"]:
                name = change["resource"], change["id"]
                if name in seen:
                    continue
                seen.add(name)
                if change["record"] is None:
                    self.state.pop(name, None)
                else:
                    address = f"{RESOURCES[change['resource']].path}/{change['id']}"
                    self.state[name] = {**change["record"], "url": address}
            following = page["links"]["next"]
        self.version = page["dataset"]["version"]


@pytest.mark.long
def test_mirrors_equal_the_server_after_a_thousand_edits(
    new_database: Callable[[], str],
) -> None:
    grown = Edited(new_database(), seed=3, size=60)
    chance = random.Random(3)
    mirrors = [ListMirror(), FeedMirror(), ListMirror(), PartMirror()]
    for number in range(BUILDS):
        grown.edit(EDITS // BUILDS)
        grown.build()
        with Api.over(grown.url) as api:
            for mirror in mirrors:
                if chance.random() < 0.5 or number == BUILDS - 1:
                    mirror.follow(api)
    with Api.over(grown.url) as api:
        whole, parts = exported(api), PartMirror().wanted(api)
    for mirror in mirrors:
        assert mirror.state == (parts if isinstance(mirror, PartMirror) else whole)


@pytest.fixture(scope="module")
def fed(new_database: Callable[[], str]) -> Edited:
    grown = Edited(new_database(), seed=5)
    for _ in range(4):
        grown.build()
        grown.edit(15)
        grown.rename()
        grown.withdraw()
    grown.build()
    return grown


def test_changes_are_complete_and_newest_first(fed: Edited) -> None:
    with Api.over(fed.url) as api:
        page = api.json("/v1/changes?limit=500")
        versions = [change["recorded_in"]["version"] for change in page["data"]]
        assert [fed.versions.index(version) for version in versions] == sorted(
            map(fed.versions.index, versions)
        )[::-1]
        changes = dict.fromkeys(("added", "changed", "withdrawn", "renamed"), 0)
        told = api.all("/v1/changes?limit=77")
        for change in told:
            # What was withdrawn before it was ever served is told, so that its address leads
            # somewhere, and counted nowhere.
            changes[change["change"]] += change["revision_number"] is not None
        assert page["total"] == len(told)
        datasets = [
            resource_type
            for dataset in api.all("/v1/datasets")
            for resource_type in dataset["changes"].values()
        ]
        for kind in ("changed", "withdrawn", "renamed"):
            assert changes[kind] == sum(dataset[kind] for dataset in datasets), kind
        for narrowed in (
            "resource=figure",
            "change=renamed,withdrawn",
            "resource=statement&change=added",
        ):
            wanted = [pair.split("=") for pair in narrowed.split("&")]
            listed = api.all(f"/v1/changes?limit=77&{narrowed}")
            assert listed == [
                c for c in told if all(c[name] in values.split(",") for name, values in wanted)
            ]
            assert api.json(f"/v1/changes?{narrowed}&total=exact")["total"] == len(listed)


def test_changes_are_paged_both_ways(fed: Edited) -> None:
    with Api.over(fed.url) as api:
        first = api.json("/v1/changes?limit=5")
        second = api.json(first["links"]["next"])
        assert api.json(second["links"]["prev"])["data"] == first["data"]


def test_changes_may_be_limited_to_a_window_of_time(fed: Edited) -> None:
    with Api.over(fed.url) as api:
        whole = api.all("/v1/changes?limit=500")
        begin, end = fed.versions[1], fed.versions[3]
        between = api.all(f"/v1/changes?limit=500&updated_after={begin}&known_at={end}")
        assert between == [
            change for change in whole if change["recorded_in"]["version"] in fed.versions[2:4]
        ]


@pytest.mark.parametrize(
    ("after", "before"),
    [(3, 2), ("2021-05-03", "2021-05-02"), ("2021-05-02T13:00:00Z", "2021-05-02T12:30:00Z")],
)
def test_updated_after_must_lie_before_known_at(fed: Edited, after: Any, before: Any) -> None:
    after, before = (fed.versions[at] if isinstance(at, int) else at for at in (after, before))
    with Api.over(fed.url) as api:
        for path in ("/v1/figures", "/v1/timeline", "/v1/changes"):
            response = api.get(f"{path}?updated_after={after}&known_at={before}")
            assert response.status_code == 422
            assert response.json()["detail"].startswith("Choose an earlier moment than known_at=")


@pytest.mark.parametrize("form", ["csv", "ndjson", "jsonld"])
def test_formats_without_withdrawals_refuse_updated_after(fed: Edited, form: str) -> None:
    with Api.over(fed.url) as api:
        response = api.get(f"/v1/figures.{form}?updated_after={fed.versions[0]}")
        assert (response.status_code, response.json()["errors"][0]["parameter"]) == (
            422,
            "updated_after",
        )


def test_a_feed_has_update_times_and_deletions(fed: Edited) -> None:
    with Api.over(fed.url, public_url="http://test") as api:
        page = api.json(f"/v1/figures?updated_after={fed.versions[0]}&limit=500")
        feed = ElementTree.fromstring(
            api.get(f"/v1/figures.atom?updated_after={fed.versions[0]}&limit=500").text
        )
        for entry, record in zip(feed.iter(f"{ATOM}entry"), page["data"], strict=True):
            newest = api.json(f"{record['url']}/revisions?limit=1")["data"][0]
            assert entry.findtext(f"{ATOM}updated") == newest["recorded_from"]["recorded_at"]
        gone = [deleted.attrib["ref"].rpartition("/")[2] for deleted in feed.iter(DELETED)]
        assert gone == [withdrawal["id"] for withdrawal in page["withdrawn"]] != []


def test_the_feed_of_changes_has_every_change(fed: Edited) -> None:
    with Api.over(fed.url, public_url="http://test") as api:
        changes = api.json("/v1/changes?limit=500")["data"]
        feed = ElementTree.fromstring(api.get("/v1/changes.atom?limit=500").text)
        ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
        assert len(ids) == len(set(ids)) == len(changes)
        for change, entry_id in zip(changes, ids, strict=True):
            assert change["url"] is None or str(entry_id).startswith(change["url"])
        assert len(list(feed.iter(DELETED))) == sum(change["record"] is None for change in changes)
