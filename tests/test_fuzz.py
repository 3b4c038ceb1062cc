"""Random requests, made from the OpenAPI document and without it, get documented responses.

All checks of Schemathesis: no 5xx; no status, media type, header or body that is not documented;
nothing accepted that the document does not allow. `make test` sends some hundreds of cases, always
the same; `make fuzz` 20,000 new ones.
"""

import itertools
import os
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import positive_data_acceptance

from app.api.openapi import openapi_under
from app.main import describe_app
from tests.client import Api

pytestmark = pytest.mark.any_database

Case = schemathesis.Case[Any]
PATHS: dict[str, Any] = openapi_under(describe_app(), "")["paths"]
FUZZ_CASES = os.environ.get("ONRECORD_FUZZ_CASES")
CASES = int(FUZZ_CASES or 800)
RAW = CASES // 4


def cases(number: int) -> settings:
    return settings(
        max_examples=max(1, number),
        derandomize=FUZZ_CASES is None,
        database=None,
        print_blob=True,
    )


@pytest.fixture(scope="session")
def fuzzed(made_up_url: str) -> Iterator[Api]:
    with Api.over(made_up_url) as api:
        yield api


@pytest.fixture(scope="session")
def document(fuzzed: Api) -> Any:
    # A request that is wrong in several ways may be refused for being too long, or for its format.
    rejection = {"expected-statuses": ["404", "406", "414", "422", "501"]}
    # oEmbed prescribes 501 for a format that is not offered.
    no_failure = {"expected-statuses": ["2xx", "3xx", "4xx", "501"]}
    checks = {"negative_data_rejection": rejection, "not_a_server_error": no_failure}
    config = schemathesis.Config.from_dict({"checks": checks})
    return schemathesis.openapi.from_asgi("/openapi.json", fuzzed.app, config=config)


INEXPRESSIBLE = {
    "two values contradict each other": (
        *("Swap ", "Leave out ", "Choose an earlier moment", "Give the values that must all match"),
        "Leave “",
    ),
    "the day is not in the calendar": (
        *("Write a date of the calendar", "Write a moment of the calendar"),
        *(f"Write {year}" for year in "0123456789"),
    ),
    "a code of an open vocabulary is unknown": (
        *("Did you mean “", "Leave it out or choose another one"),
    ),
    "a cursor is opaque": ("Follow links.next, or leave", "Follow links.next as it is"),
    "nothing was recorded then": (
        *("Choose ", "Give a dataset version", "Leave it out for the present"),
    ),
    "one cannot have read it then": ("Leave it out for today", "Write a day of the calendar"),
    "a number has more digits than a value has": ("Round it to 15", "Write a smaller number"),
    "a phrase or its words have no limit": ("Close the quotation mark", "Search for fewer words"),
    "a sort key stands once, and id last": ("Name “", "Put id last"),
}
"""Why a query that the document allows may still be refused: what schemas of parameters, one by
one, cannot say, each with how the advice begins.
"""


def is_page(response: Response) -> bool:
    """The same problem, for people."""
    return response.headers["content-type"] == ["text/html; charset=utf-8"]


@schemathesis.check
def what_the_document_allows_is_understood(ctx: Any, response: Response, case: Case) -> None:
    """Stands for `positive_data_acceptance`, which knows of parameters one by one only."""
    if (
        case.meta is None
        or not case.meta.generation.mode.is_positive
        or response.status_code != 422
        or is_page(response)
    ):
        return
    beginnings = tuple(itertools.chain.from_iterable(INEXPRESSIBLE.values()))
    for error in response.json()["errors"]:
        assert error["detail"].startswith(beginnings), (case.as_curl_command(), error)


@schemathesis.check
def errors_are_problems(ctx: Any, response: Response, case: Case) -> None:
    if response.status_code >= 400 and not is_page(response):
        assert response.headers["content-type"] == ["application/problem+json"]
        assert {"type", "title", "status", "detail", "instance"} <= set(response.json())


@pytest.mark.slow
@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value
)
@pytest.mark.parametrize("path", PATHS)
def test_generated_requests_get_documented_responses(
    document: Any, path: str, mode: GenerationMode
) -> None:
    operation = document[path]["GET"]
    if mode.is_negative and not PATHS[path]["get"].get("parameters"):
        return  # there is nothing to get wrong; what nobody declared is asked for below

    @given(case=operation.as_strategy(generation_mode=mode))
    @cases(CASES // len(PATHS) // 2)
    def ask(case: Case) -> None:
        case.call_and_validate(
            additional_checks=[what_the_document_allows_is_understood, errors_are_problems],
            excluded_checks=[positive_data_acceptance],
        )

    ask()


ADDRESSES = [
    path.replace("{id}", "iran")
    .replace("{resource}", "figure")
    .replace("{slug}", "not-found")
    .replace("{scheme}", "unit")
    for path in PATHS
]
NAMES = st.sampled_from(
    [
        *(
            "limit",
            "sort",
            "q",
            "fields",
            "cursor",
            "id",
            "as_of",
            "value_min",
            "",
            "x",
            "total",
        ),
        *("known_at", "updated_after", "missing", "present", "match_all", "utm_source"),
    ]
)
VALUES = st.one_of(
    st.binary(max_size=12).map(lambda raw: "".join(f"%{byte:02x}" for byte in raw)),
    st.text(
        st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=20
    ),
    st.sampled_from(
        [
            "",
            "%",
            "%0",
            "%zz",
            "a" * 9_000,
            "," * 300,
            "\\,",
            "%00",
            "%ed%a0%80",
            "-" * 50,
            "1e999",
            "+",
        ]
    ),
)
QUERIES = st.lists(
    st.tuples(NAMES, st.sampled_from(["=", "", "=="]), VALUES).map("".join), max_size=6
).map("&".join)
JUNK = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Accept": st.one_of(
            JUNK, st.sampled_from(["*/*;q=0", "text/csv;q=NaN", "a/b;q=1, */*", ",,,", ";q=1", "*"])
        ),
        "Accept-Encoding": st.one_of(
            JUNK, st.sampled_from(["*;q=0", "identity;q=0", "zstd;q=2", "gzip, br;q=0"])
        ),
        "If-None-Match": st.one_of(JUNK, st.sampled_from(["*", '""', "W/", '"a', '"a" "b"'])),
        "If-Modified-Since": st.one_of(
            JUNK, st.sampled_from(["Tue, 99 Foo 2031", "0", "Tue, 06 May 9999 12:30:00 GMT"])
        ),
        "Range": st.sampled_from(["bytes=0-1", "bytes=-", "x"]),
        "X-Request-Id": JUNK,
        "Host": st.sampled_from(["", "a b", "[::1", "<script>", "x" * 300]),
        "X-Forwarded-Host": JUNK,
    },
)


@given(
    path=st.sampled_from(ADDRESSES),
    query=QUERIES,
    headers=HEADERS,
    method=st.sampled_from(["GET", "HEAD", "OPTIONS"]),
)
@cases(RAW)
def test_random_requests_get_documented_statuses(
    fuzzed: Api, path: str, query: str, headers: dict[str, str], method: str
) -> None:
    sent = {name: value.encode("latin-1") for name, value in headers.items()}
    url = httpx.URL("http://test").copy_with(raw_path=f"{path}?{query}".encode())
    response = fuzzed.request(method, str(url), headers=sent)
    documented = PATHS[list(PATHS)[ADDRESSES.index(path)]]["get"]["responses"]
    # `default` describes 414, which any URL can be answered with.
    assert str(response.status_code) in {*documented, "204", "414"}, response.text
    assert response.status_code < 500
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        if method == "GET":
            assert response.json()["status"] == response.status_code
