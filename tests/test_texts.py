"""The whole text of a source: served where its licence allows it, and said why not elsewhere."""

import hashlib

from tests.client import Api
from tests.conftest import MADE_UP

COUNT = "/v1/sources/flood-count-2031-05-06"
TEXT = (MADE_UP / "articles" / "2031-05-06-flood-count" / "text.txt").read_bytes()


def test_a_text_is_served_byte_for_byte(api: Api) -> None:
    response = api.get(f"{COUNT}/text")
    assert response.content == TEXT
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    record = api.json(COUNT)["data"]
    assert hashlib.sha256(response.content).hexdigest() == record["content_sha256"]
    assert len(response.text) == record["characters"]


def test_every_span_of_a_text_is_where_the_evidence_says(api: Api) -> None:
    text = api.get(f"{COUNT}/text").text
    for item in api.all(f"{COUNT}/evidence"):
        words = item["exact"] if item["type"] == "quote" else item["first_words"]
        assert text[item["start"] :].startswith(words)


def test_a_text_is_revalidated_and_sent_in_ranges(api: Api) -> None:
    first = api.get(f"{COUNT}/text")
    again = api.get(f"{COUNT}/text", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    part = api.get(f"{COUNT}/text", headers={"Range": "bytes=4-11"})
    assert (part.status_code, part.content) == (206, TEXT[4:12])
    assert api.get(f"{COUNT}/text", headers={"Range": "bytes=99999-"}).status_code == 416


def test_a_text_that_is_not_published_is_a_problem_that_says_why(api: Api) -> None:
    response = api.get("/v1/sources/flood-in-lower-vale-2031-05-04/text")
    assert response.status_code == 404
    assert response.json()["detail"].startswith(
        "Read its evidence at /v1/sources/flood-in-lower-vale-2031-05-04/evidence"
    )
    assert "quotes_only" in response.json()["detail"]
    assert api.get("/v1/sources/no-such-source/text").status_code == 404


def test_the_record_links_to_its_text_in_every_form(api: Api) -> None:
    response = api.get(COUNT)
    assert response.json()["links"]["text"] == f"{COUNT}/text"
    assert f'<{COUNT}/text>; rel="describes"; type="text/plain"' in response.headers["link"]
    encoding = api.json(f"{COUNT}.jsonld")["encoding"]
    assert encoding["contentUrl"].endswith(f"{COUNT}/text")
    assert f'href="{COUNT}/text"' in api.get(f"{COUNT}.html").text
    other = api.get("/v1/sources/flood-in-lower-vale-2031-05-04")
    assert "text" not in other.json()["links"]
    assert "/text>" not in other.headers["link"]
