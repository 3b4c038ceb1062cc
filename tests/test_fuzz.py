"""Random requests, made from the OpenAPI document and without it, get documented responses.

All checks of Schemathesis: no 5xx; no status, media type, header or body that is not documented;
nothing accepted that the document does not allow. `make test` sends some hundreds of cases, always
the same; `make fuzz` 20,000 new ones.
"""

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
    config = schemathesis.Config.from_dict({"checks": {"negative_data_rejection": rejection}})
    return schemathesis.openapi.from_asgi("/openapi.json", fuzzed.app, config=config)


# Constraints between parameters, and cursors, cannot be expressed in schemas of parameters.
_TOGETHER = (
    "cannot stand beside",
    "is excluded by",
    "lies beyond",
    "has no place in",
    "no resource type has",
    "no quote lies between them",
    "leaves only resource types that are not asked",
)
_OPAQUE = ("this server made no such cursor", "the cursor is of a list with other filters")
_SORTED = ("names ", "stands behind id", "has ")
# Nor can they say how many digits a number has, or how it is written: 1e22 is a number of JSON.
_WRITTEN = ("is not a number: write digits", "has more than 15 significant digits")
_CALENDAR = ("is not a date of the calendar",)
# Nor what was recorded when.
_RECORDED = (
    "lies before every dataset",
    "lies in the future",
    "lies behind known_at",
    "is no dataset version",
    "is not a moment of the calendar",
)
# Nor on which day one may have read what was recorded on another.
_READ = ("lies before this revision was recorded", "lies in the future")
_UNSEEN = ("has an empty value", "is empty")


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
    for error in response.json()["errors"]:
        if "no resource type of the timeline has all of these" in error["detail"]:
            continue
        reasons = (
            *_TOGETHER,
            *_OPAQUE,
            *_UNSEEN,
            *_WRITTEN,
            *(_SORTED if error["parameter"] == "sort" else ()),
        )
        reasons += _RECORDED if error["parameter"] in ("known_at", "updated_after") else ()
        reasons += _READ if error["parameter"] == "accessed" else ()
        reasons += _CALENDAR if error["value"] and error["value"][-2:] in ("29", "30", "31") else ()
        assert error["detail"].startswith(reasons), (case.as_curl_command(), error)


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
    path.replace("{id}", "iran").replace("{resource}", "figure").replace("{slug}", "not-found")
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
            "format",
            "id",
            "as_of",
            "value_min",
            "",
            "x",
            "total",
        ),
        *("known_at", "updated_after", "include_history"),
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
    assert str(response.status_code) in {*documented, "204"}, response.text
    assert response.status_code < 500
    if response.status_code >= 400 and "format=html" not in query:
        assert response.headers["content-type"] == "application/problem+json"
        if method == "GET":
            assert response.json()["status"] == response.status_code
