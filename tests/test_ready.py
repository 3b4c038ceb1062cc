"""Whole lists that the build made ready are what would be written now, for who asks by whatever
address.
"""

from contextlib import aclosing

import anyio
import pytest
from anyio import create_task_group
from anyio.lowlevel import checkpoint

from app.formats.prebuilt import PREBUILT_FORMATS
from app.formats.streams import RECORD_STREAMS
from app.query.queries import ListQuery
from app.query.records import read_everything
from app.resources import RESOURCES, Resource
from app.urls import BaseUrl
from tests.client import Api

ANY_ID = "id=!no-such-id"
"""A filter that every record meets."""


@pytest.mark.parametrize("form", PREBUILT_FORMATS)
@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.plural)
def test_what_is_ready_is_what_would_be_written(
    many_api: Api, resource: Resource, form: str
) -> None:
    ready = many_api.get(f"{resource.path}.{form}")
    assert "FROM prebuilt_part" in many_api.statements[0]
    assert ready.content.count(b"\n") > 1
    written = many_api.get(f"{resource.path}.{form}?{ANY_ID}")
    assert "FROM prebuilt_part" not in many_api.statements[0]
    assert ready.content == written.content


@pytest.mark.parametrize("form", PREBUILT_FORMATS)
def test_addresses_in_it_are_those_of_who_asks(many_url: str, form: str) -> None:
    with Api.over(many_url, public_url="https://facts.example.org/on") as public:
        ready, written = (
            public.get(f"/v1/events.{form}{query}").text for query in ("", f"?{ANY_ID}")
        )
    assert ready == written
    assert "https://facts.example.org/on/v1/events/" in ready


@pytest.mark.parametrize("asked", ["limit=500", "sort=-id", "fields=id", ANY_ID])
def test_whoever_asks_for_something_else_gets_that(many_api: Api, asked: str) -> None:
    many_api.get(f"/v1/figures.ndjson?{asked}")
    assert not any("prebuilt_part" in sql for sql in many_api.statements)


def test_others_have_their_turn_while_a_list_is_written(many_api: Api) -> None:
    """A client that reads as fast as we write never makes us wait: we have to let others in by
    ourselves.
    """
    written = 0
    turns: list[int] = []
    figures = RESOURCES["figure"]

    async def count() -> None:
        while True:
            turns.append(written)
            await checkpoint()

    async def write() -> None:
        nonlocal written
        query = ListQuery(figures)
        async with aclosing(
            await read_everything(many_api.snapshot.database, figures, query)
        ) as rows:
            async for _ in RECORD_STREAMS["csv"].write(rows, query, BaseUrl("", "")):
                written += 1

    async def write_beside_others() -> None:
        async with create_task_group() as others:
            others.start_soon(count)
            await write()
            others.cancel_scope.cancel()

    anyio.run(write_beside_others)
    # Between two parts somebody else was asked, but for the head, which comes with the first.
    assert len(set(turns)) >= written - 1 > 1
