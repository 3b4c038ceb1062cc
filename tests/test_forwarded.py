"""Behind a proxy: what it says is believed where the operator said so, and nowhere else."""

from typing import Any

import anyio
import httpx
import pytest

from tests.client import Api

pytestmark = pytest.mark.any_database

SAID = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "facts.example",
    "X-Forwarded-Prefix": "/onrecord",
    "X-Forwarded-For": "192.0.2.7",
}


def linked(api: Api, client: str = "10.0.0.1", **headers: str) -> tuple[Any, Any]:
    """A record's address in JSON and in JSON-LD, as a proxy at `client` gets them."""

    async def send() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=api.app, client=(client, 1))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://inside", headers={**SAID, **headers}
        ) as web:
            return [await web.get(f"/v1/figures.{name}") for name in ("json", "jsonld")]

    plain, linked = anyio.run(send)
    return plain.json()["data"][0]["url"], linked.json()["records"][0]["@id"]


def test_nobody_is_believed_unless_named(api: Api) -> None:
    plain, linked_data = linked(api)
    assert plain.startswith("/v1/figures/")
    assert linked_data.startswith("http://inside/v1/figures/")


@pytest.mark.parametrize(
    ("believed", "client", "is_believed"),
    [
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.0/8", "10.9.9.9", True),
        ("*", "203.0.113.9", True),
        ("10.0.0.1", "203.0.113.9", False),
    ],
)
def test_the_proxies_that_are_named_are_believed(
    made_up_url: str, believed: str, client: str, is_believed: bool
) -> None:
    with Api.over(made_up_url, forwarded_allow_ips=believed) as api:
        plain, linked_data = linked(api, client)
    assert plain.startswith("/onrecord/v1/figures/") == is_believed
    assert linked_data.startswith("https://facts.example/onrecord/v1/figures/") == is_believed


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Prefix": '/"><script>'},
        {"X-Forwarded-Prefix": "//evil"},
        {"X-Forwarded-Host": "a b"},
    ],
)
def test_what_no_address_can_hold_is_not_believed_of_anybody(
    made_up_url: str, headers: dict[str, str]
) -> None:
    with Api.over(made_up_url, forwarded_allow_ips="*") as api:
        for address in linked(api, **headers):
            assert not set(address) & set('"<> ')
            assert "evil" not in address


def test_one_proxys_answer_is_not_anothers(made_up_url: str) -> None:
    with Api.over(made_up_url, forwarded_allow_ips="*", cache_bytes=1_000_000) as api:
        first = linked(api)
        second = linked(api, **{"X-Forwarded-Host": "other.example", "X-Forwarded-Prefix": "/b"})
    assert first[0].startswith("/onrecord/")
    assert second[0].startswith("/b/")
    assert second[1].startswith("https://other.example/b/")


def test_a_public_url_wins_over_what_any_proxy_says(made_up_url: str) -> None:
    with Api.over(made_up_url, forwarded_allow_ips="*", public_url="https://public.example") as api:
        assert all(address.startswith("https://public.example/v1/") for address in linked(api))


def test_of_several_hosts_that_of_the_trusted_proxy_counts(made_up_url: str) -> None:
    """Clients can send the ones before it, in the same line or in one of its own."""
    lines = [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Host", "facts.example")]
    with Api.over(made_up_url, forwarded_allow_ips="*") as api:
        _, linked_data = linked(api, **{"X-Forwarded-Host": "evil.example, facts.example"})
        in_lines = api.get("/v1/figures", headers=[*lines, ("Accept", "application/ld+json")])
    assert linked_data.startswith("https://facts.example/")
    assert "//facts.example/" in in_lines.text
    assert "evil" not in in_lines.text
