"""`python -m bench.pages`: what a page for people costs beside the JSON of the same address, each made anew."""

import json
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from app.resources import RESOURCES
from bench.__main__ import ours, prepared
from bench.dataset import WORDS
from bench.drive import Server, load

SIZE = 10_000
BROWSER = {"Accept": "text/html"}
_SEVERAL = 400
"""As many records of a noun are asked for in turn."""


def asked(server: Server) -> Iterator[tuple[str, Sequence[str]]]:
    """What is asked, and at which addresses."""
    for resource in RESOURCES.values():
        yield f"{resource.type}, any of {_SEVERAL}", some(server, f"{resource.path}?")
    yield (
        "figure, of a series that was drawn lately",
        some(server, f"{RESOURCES['figure'].path}?series=series-1&"),
    )
    for title, path in (
        ("list of figures", "/v1/figures"),
        ("list of statements", "/v1/statements"),
        ("filter, range and sort", "/v1/figures?unit=person&value_min=600000&sort=-value"),
        ("timeline", "/v1/timeline"),
        ("search", f"/v1/search?q={WORDS[500]}"),
        ("quotes of a source", "/v1/sources/source-1/evidence"),
        ("the first page", "/"),
    ):
        yield title, [path]


def some(server: Server, path: str) -> Sequence[str]:
    """Addresses of records of a list, from all over it."""
    found = []
    following: str | None = f"{path}fields=id&limit=500&total=none"
    while following is not None:
        page = json.loads(server.get(following)[2])
        found += [f"{path.partition('?')[0]}/{record['id']}" for record in page["data"]]
        following = page["links"]["next"]
    return random.Random(path).sample(found, min(_SEVERAL, len(found)))


def costs(server: Server, paths: Sequence[str], headers: Mapping[str, str]) -> float:
    """The least of three, over one connection."""
    return min(load(server, paths, seconds=1, connections=1, headers=headers).cpu for _ in range(3))


def main() -> None:
    database, _, _ = prepared(SIZE)
    print("| | JSON | page | | page, bytes |\n|---|---|---|---|---|")
    with (
        tempfile.TemporaryDirectory() as folder,
        ours(database, cache=False)(Path(folder)) as server,
    ):
        for title, paths in asked(server):
            bare, page = (costs(server, paths, headers) for headers in ({}, BROWSER))
            size = len(server.get(paths[0], BROWSER)[2])
            print(
                f"| {title} | {bare:,.0f} | {page:,.0f} | {page / bare:.1f} × | {size:,} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
