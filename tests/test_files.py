"""Files: a name, a length, byte ranges (RFC 9110, 14), and conditions on them."""

from collections.abc import Callable

import httpx
import pytest

from app.api import exports
from app.api.byte_ranges import ByteRange, parse_range, requested_range
from app.api.responses import MAX_CODED_BYTES
from app.problems import Problem
from tests.client import Api

pytestmark = pytest.mark.any_database

RECORD = "/v1/figures/people-displaced-2031-05-04"
FILES = [
    "/v1/figures.csv?limit=2",
    "/v1/figures.csv",
    "/v1/figures.ndjson",
    "/v1/figures.ndjson?sort=-id",
    "/v1/figures.jsonld?sort=-id",
    "/v1/timeline.atom",
    "/v1/timeline.timelinejs",
    f"{RECORD}.jsonld",
    f"{RECORD}.csv",
]

Ask = Callable[..., httpx.Response]


@pytest.fixture(params=FILES)
def ask(api: Api, request: pytest.FixtureRequest) -> Ask:
    """Requests a file, whole unless there is a `Range` header."""
    return asking(api, request.param)


def asking(api: Api, path: str, coding: str = "identity") -> Ask:
    def request(method: str = "GET", **headers: str) -> httpx.Response:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return api.request(method, path, headers={"Accept-Encoding": coding, **names})

    return request


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("bytes=0-0", ByteRange(0, 0)),
        ("bytes=2-4", ByteRange(2, 4)),
        ("bytes=2-400", ByteRange(2, 9)),
        ("bytes=3-", ByteRange(3, 9)),
        ("bytes=-3", ByteRange(7, 9)),
        ("bytes=-300", ByteRange(0, 9)),
        ("Bytes= 1-2", ByteRange(1, 2)),
        ("bytes=4-2", None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("bytes=a-b", None),
        ("records=0-1", None),
        ("bytes", None),
        ("", None),
    ],
)
def test_a_range_is_read(value: str, expected: ByteRange | None) -> None:
    assert parse_range(value, 10) == expected


@pytest.mark.parametrize(
    ("value", "length"), [("bytes=10-", 10), ("bytes=-0", 10), ("bytes=0-", 0)]
)
def test_a_range_without_bytes_is_refused(value: str, length: int) -> None:
    with pytest.raises(Problem) as refused:
        parse_range(value, length)
    assert refused.value.headers == {"Content-Range": f"bytes */{length}"}


@pytest.mark.parametrize(
    ("validator", "is_current"),
    [
        ('"tag"', True),
        ('W/"tag"', False),
        ('"other"', False),
        ("Tue, 06 May 2031 12:30:00 GMT", True),
        ("Tue, 06 May 2031 12:30:01 GMT", False),
        ("tag", False),
    ],
)
def test_if_range_names_the_same_bytes(validator: str, is_current: bool) -> None:
    """By a strong tag or by the very date (RFC 9110, 13.1.5)."""
    headers = [(b"range", b"bytes=0-4"), (b"if-range", validator.encode())]
    scope = {"type": "http", "method": "GET", "headers": headers}
    requested = requested_range(scope, 10, '"tag"', "Tue, 06 May 2031 12:30:00 GMT")
    assert requested == (ByteRange(0, 4) if is_current else None)


@pytest.mark.parametrize("value", ["bytes=0-99", "bytes=100-", "bytes=-7"])
def test_a_range_of_a_file_is_206(ask: Ask, value: str) -> None:
    whole, part = ask(), ask(Range=value)
    expected = parse_range(value, len(whole.content))
    assert expected is not None
    assert part.status_code == 206
    assert part.content == whole.content[expected.first : expected.last + 1]
    assert part.headers["content-range"] == expected.content_range(len(whole.content))
    changed = {"content-length", "content-range", "x-request-id"}
    for name in {*whole.headers, *part.headers} - changed:
        assert part.headers[name] == whole.headers[name]


def test_ranges_are_of_the_file_without_coding(api: Api) -> None:
    coded = asking(api, "/v1/figures.csv", coding="zstd")
    assert coded().headers["content-encoding"] == "zstd"
    assert "accept-ranges" not in coded().headers
    part = coded(Range="bytes=0-9")
    assert "content-encoding" not in part.headers
    assert part.content == asking(api, "/v1/figures.csv")().content[:10]


def test_a_range_beyond_the_end_is_416(ask: Ask) -> None:
    length = len(ask().content)
    refused = ask(Range=f"bytes={length}-")
    assert refused.status_code == 416
    assert refused.headers["content-range"] == f"bytes */{length}"
    assert refused.headers["access-control-allow-origin"] == "*"
    assert refused.json()["type"] == "/problems/range-not-satisfiable"


@pytest.mark.parametrize("value", ["bytes=0-1,3-4", "lines=0-1", "bytes=9-1", "nonsense"])
def test_other_ranges_are_ignored(ask: Ask, value: str) -> None:
    whole = ask(Range=value)
    assert (whole.status_code, whole.content) == (200, ask().content)


def test_if_range_sends_the_whole_of_another_file(ask: Ask) -> None:
    etag = ask().headers["etag"]
    assert ask(Range="bytes=0-9", If_Range=etag).status_code == 206
    for other in ('"other"', f"W/{etag}", "Mon, 01 Jan 2024 00:00:00 GMT", etag.strip('"')):
        assert ask(Range="bytes=0-9", If_Range=other).status_code == 200


def test_conditions_come_before_ranges(ask: Ask) -> None:
    etag = ask().headers["etag"]
    assert ask(Range="bytes=0-9", If_None_Match=etag).status_code == 304
    assert ask(Range="bytes=0-9", If_None_Match='"other"').status_code == 206


def test_an_error_has_no_ranges(api: Api) -> None:
    missing = asking(api, "/v1/figures/none.csv")
    assert missing(Range="bytes=0-9").status_code == 404


def test_head_has_the_length_of_a_file(ask: Ask) -> None:
    whole, head = ask(), ask("HEAD")
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["accept-ranges"] == "bytes"
    ignored = ask("HEAD", Range="bytes=0-9")
    assert (ignored.status_code, ignored.content) == (200, b"")
    assert ignored.headers["content-length"] == str(len(whole.content))


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_what_is_read_at_once_is_no_file(api: Api, accept: str) -> None:
    response = api.get("/v1/figures", headers={"Accept": accept, "Range": "bytes=0-9"})
    assert response.status_code == 200
    assert not {"accept-ranges", "content-disposition"} & set(response.headers)


@pytest.mark.parametrize(
    ("path", "disposition"),
    [
        ("/v1/figures.csv?limit=2", 'attachment; filename="figures.csv"'),
        ("/v1/events.ndjson", 'attachment; filename="events.ndjson"'),
        (f"{RECORD}.jsonld", f'inline; filename="{RECORD.split("/")[-1]}.jsonld"'),
        ("/v1/changes.atom", 'inline; filename="changes.atom"'),
    ],
)
def test_a_file_has_a_name(api: Api, path: str, disposition: str) -> None:
    assert api.get(path).headers["content-disposition"] == disposition


def test_a_file_that_accept_asks_for_is_the_same(api: Api) -> None:
    by_suffix = api.get("/v1/figures.csv")
    by_accept = api.get("/v1/figures", headers={"Accept": "text/csv"})
    assert by_accept.content == by_suffix.content
    assert by_accept.headers["content-disposition"] == by_suffix.headers["content-disposition"]


@pytest.mark.parametrize("path", ["/v1/figures.csv?limit=1", f"{RECORD}.csv"])
def test_ranges_are_cut_from_what_is_in_the_cache(made_up_url: str, path: str) -> None:
    with Api.over(made_up_url, cache_bytes=2**20) as cached:
        ask = asking(cached, path)
        whole = ask()
        # Ranges are of what has no coding, for which clients may not have asked by name.
        assert ask(Range="bytes=0-9").status_code == 206
        part = ask(Range="bytes=10-19")
        assert part.content == whole.content[10:20]
        assert cached.statements == []
        assert ask(Range="bytes=99999999-").status_code == 416
        assert cached.statements == []


# Large files, which are sent in parts.


@pytest.mark.parametrize("path", ["/v1/figures.ndjson", "/v1/figures.ndjson?sort=-id"])
def test_a_large_file_has_a_length_and_no_coding(large_api: Api, path: str) -> None:
    whole = asking(large_api, path, coding="zstd, gzip")()
    assert "content-encoding" not in whole.headers
    assert int(whole.headers["content-length"]) == len(whole.content) > MAX_CODED_BYTES
    assert whole.content.count(b"\n") == 1500


@pytest.mark.parametrize("public_url", [None, "https://facts.example.org/on/record"])
@pytest.mark.parametrize("format_name", ["csv", "ndjson"])
def test_a_range_reads_only_the_parts_that_have_it(
    large_api: Api, format_name: str, public_url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MAX_CODED_BYTES", 0)
    url = large_api.snapshot.settings.database_url
    with Api.over(url, public_url=public_url) as api:
        ask = asking(api, f"/v1/figures.{format_name}")
        whole = ask().content
        for first in range(0, len(whole), 100_001):
            part = ask(Range=f"bytes={first}-{first + 30_000}")
            assert part.content == whole[first : first + 30_001]
            assert part.headers["content-length"] == str(len(part.content))
            assert len(api.statements) == 2  # the sizes, and the parts
        assert ask(Range=f"bytes={len(whole)}-").status_code == 416
        head = ask("HEAD")
        assert head.headers["content-length"] == str(len(whole))
        assert len(api.statements) == 1


def test_a_range_of_a_large_list_with_filters(large_api: Api) -> None:
    ask = asking(large_api, "/v1/figures.ndjson?sort=-id")
    whole = ask()
    part = ask(Range="bytes=1000000-1300000", If_Range=whole.headers["etag"])
    assert (part.status_code, part.content) == (206, whole.content[1_000_000:1_300_001])
    assert ask("HEAD").headers["content-length"] == str(len(whole.content))
    assert ask(If_None_Match=whole.headers["etag"]).status_code == 304
    assert ask(If_None_Match="*").status_code == 304


def test_a_list_with_filters_is_written_once_for_all_its_ranges(
    large_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = asking(large_api, "/v1/figures.ndjson?sort=-id&id=!none")
    length = int(ask("HEAD").headers["content-length"])
    monkeypatch.setattr(exports, "MAX_FILE_BYTES", 0)  # so that it could not be written now
    ranges = [ask(Range=f"bytes={first}-{first + 499_999}") for first in range(0, length, 500_000)]
    assert {part.status_code for part in ranges} == {206}
    whole = b"".join(part.content for part in ranges)
    assert (len(whole), whole.count(b"\n")) == (length, 1500)


@pytest.mark.parametrize("path", ["/v1/figures.csv?sort=-id", "/v1/timeline.csv"])
def test_a_list_that_does_not_fit_in_memory_is_streamed(
    large_api: Api, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    ask = asking(large_api, path)
    whole = ask().content
    monkeypatch.setattr(exports, "MAX_FILE_BYTES", 100_000)
    for streamed in (ask(), ask(Range="bytes=0-9")):
        assert (streamed.status_code, streamed.content) == (200, whole)
        assert not {"accept-ranges", "content-length"} & set(streamed.headers)
    head = ask("HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert "content-length" not in head.headers
    assert ask(If_None_Match="*").status_code == 304


def test_a_list_that_is_read_page_by_page_is_an_export(made_up_url: str) -> None:
    evidence = "/v1/sources/{}/evidence.csv"
    with Api.over(made_up_url, max_exports=1) as api:
        source = api.json("/v1/sources?limit=1")["data"][0]["id"]
        for path in ("/v1/timeline.csv", evidence.format("none"), evidence.format(source)) * 2:
            assert api.get(path).status_code == (404 if "none" in path else 200)
        end_export = api.snapshot.database.open_export()
        assert api.get("/v1/timeline.csv").status_code == 503
        end_export()
        assert api.get("/v1/timeline.csv").status_code == 200
