"""What was measured, in Markdown for docs/performance.md, and as a chart."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.goals import HELD_AT, growth, load_rates, reached, reached_besides
from bench.work import works

MARKS = ("<!-- measured: written by python -m bench --write -->", "<!-- /measured -->")
"""What stands between them in the page is replaced."""

Work = Mapping[str, Mapping[str, Mapping[str, float]]]


def written(told: Mapping[str, Any]) -> str:
    results = told["results"]
    versions = ", ".join(f"{name} {version}" for name, version in told["versions"].items())
    parts = [f"Measured on {told['date']} at commit {told['commit']}: {versions}."]
    parts += ["\n".join(_of(result)) for result in results]
    for smaller, larger in pairwise(results):
        parts.append("\n".join(_growth(smaller, larger)))
    return "\n\n".join(parts)


def write_into(page: Path, told: Mapping[str, Any]) -> None:
    begin, end = MARKS
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    page.write_text(f"{before}{begin}\n\n{written(told)}\n\n{end}{after}", encoding="utf-8")


def _titles(result: Mapping[str, Any]) -> dict[str, str]:
    return {work.name: work.title for work in works(result["size"], result["built"]["version"])} | {
        "same": "304"
    }


def _of(result: Mapping[str, Any]) -> Iterator[str]:
    titles = _titles(result)
    asked: Work = result["work"]
    names = list(dict.fromkeys(name for found in asked.values() for name in found))
    yield from (f"### {result['size']:,} figures", "", "CPU µs per request:", "")
    yield from _table(
        [titles[name] for name in asked], [(name, _cells(asked, name)) for name in names]
    )
    yield from ("", "Beside others:", "")
    is_held = result["size"] == HELD_AT
    rows = []
    for goal, ratio in reached(asked):
        beside = f"{goal.beside}{f', {titles[goal.beside_work]}' if goal.beside_work else ''}"
        bound = [f"≤ {goal.most:g} ×", "**missed**" * (ratio > goal.most)] if is_held else []
        rows.append((titles[goal.work], [goal.ours, beside, f"{ratio:.2f} ×", *bound]))
    wanted = ["wanted", ""] if is_held else []
    yield from _table(["ours", "beside", "costs", *wanted], rows)
    yield ""
    rows = []
    for item in reached_besides(result):
        bound = (
            [f"{'≤' if item.is_most else '≥'} {item.bound:g} ×", "**missed**" * item.is_missed]
            if is_held
            else []
        )
        rows.append((item.what, [f"{item.ratio:.2f} ×", *bound]))
    yield from _table(["", *wanted], rows)
    yield from ("", _load_stage(result["built"]), "")
    rows = [
        (name, [f"{about['start']:.2f}", f"{about['idle']:.0f}", f"{about['after']:.0f}"])
        for name, about in result["servers"].items()
    ]
    yield from _table(["first answer after s", "MiB idle", "MiB after load"], rows)
    if "starts" in result:
        yield from ("", "Start, the best of three:", "")
        starts = [
            (name, [f"{at['start']:.2f}", f"{at['idle']:.0f}"])
            for name, at in result["starts"].items()
        ]
        yield from _table(["first answer after s", "MiB then"], starts)
    if "exports" in result:
        yield from ("", "All figures at once, and what a record by id takes meanwhile:", "")
        yield from _table(
            ["MB", "MB/s", "CPU s", "server grew by MiB", "p99 µs", "p99 µs meanwhile"],
            list(_exports(result)),
        )
    if "workers" in result:
        one, two = (result["workers"][number]["per_second"] for number in ("1", "2"))
        yield from (
            "",
            f"Records by id over 64 connections, the load on the same cores: {one:,.0f} requests/s with one worker, {two:,.0f} with two.",
        )


def _exports(result: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for server, formats in result["exports"].items():
        for name, found in formats.items():
            rate = found["bytes"] / found["seconds"] / 1e6
            numbers = [
                f"{found['bytes'] / 1e6:.0f}",
                f"{rate:.0f}",
                f"{found['cpu']:.2f}",
                f"{found['grew']:.0f}",
            ]
            yield (
                f"{server}, {name}",
                [*numbers, f"{found['p99']:,.0f}", f"{found['p99_meanwhile']:,.0f}"],
            )


def _growth(smaller: Mapping[str, Any], larger: Mapping[str, Any]) -> Iterator[str]:
    titles = _titles(larger)
    yield from (f"### From {smaller['size']:,} to {larger['size']:,} figures", "")
    is_held = smaller["size"] == HELD_AT
    rows = []
    for work, name, ratio, most in growth(smaller, larger):
        bound = [
            "" if most is None else f"≤ {most:g} ×",
            "**missed**" if most and ratio > most else "",
        ]
        rows.append((f"{titles[work]}: {name}", [f"{ratio:.2f} ×", *(bound if is_held else [])]))
    yield from _table(["costs", *(["wanted", ""] if is_held else [])], rows)
    (before, raw_before), (after, raw_after) = (
        load_rates(smaller["built"]),
        load_rates(larger["built"]),
    )
    yield ""
    yield f"The load stage takes {before / after:.2f} × as long for each row, `executemany` {raw_before / raw_after:.2f} ×."


def _cells(asked: Work, name: str) -> list[str]:
    return [f"{found[name]['cpu']:,.0f}" if name in found else "" for found in asked.values()]


def _load_stage(built: Mapping[str, Any]) -> str:
    rate, raw = load_rates(built)
    return f"Load stage: {rate:,.0f} rows/s; `executemany` of the same rows {raw:,.0f}."


def _table(heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    return [
        f"| | {' | '.join(heads)} |",
        f"|---|{'---|' * len(heads)}",
        *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows),
    ]


# --------------------------------------------------------------------------------------------------------------- chart

_SHOWN = ("record", "list", "filter", "search", "join")
_SERVERS = (
    "nginx",
    "uvicorn",
    "On Record, hot",
    "On Record",
    "soul",
    "roapi",
    "Datasette",
    "tutorial",
)
_LEFT, _WIDTH, _ROW, _GAP = 190, 760, 17, 34


def chart(result: Mapping[str, Any]) -> str:
    """Bars of CPU µs per request on a logarithmic scale, an answer each; what a server cannot do has none."""
    titles = _titles(result)
    asked: Work = result["work"]
    lines: list[str] = []
    y = 52
    for work in _SHOWN:
        lines.append(f'<text x="8" y="{y}" class="title">{titles[work]}</text>')
        for name in _SERVERS:
            found = asked.get(work, {}).get(name)
            if found is None:
                continue
            y += _ROW
            width = max(2.0, _along(found["cpu"]))
            kind = "ours" if name.startswith("On Record") else "other"
            lines.append(f'<text x="{_LEFT - 8}" y="{y}" text-anchor="end">{name}</text>')
            lines.append(
                f'<rect x="{_LEFT}" y="{y - 11}" width="{width:.0f}" height="12" class="{kind}"/>'
            )
            lines.append(f'<text x="{_LEFT + width + 6:.0f}" y="{y}">{found["cpu"]:,.0f}</text>')
        y += _GAP
    style = (
        "text{font:12px system-ui,sans-serif;fill:#333}.title{font-weight:600}.head{font-size:14px;font-weight:600}"
        ".ours{fill:#0b6e69}.other{fill:#b9bcc0}svg{background:#fff}"
    )
    head = (
        f"CPU µs per request at {result['size']:,} figures (logarithmic scale; shorter is faster)"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH} {y}" role="img" aria-label="{head}">'
        f'<style>{style}</style><rect width="100%" height="100%" fill="#fff"/><text x="8" y="22" class="head">{head}</text>'
        f"{''.join(lines)}</svg>\n"
    )


def _along(microseconds: float) -> float:
    """Where a value lies between 1 and 1,000,000 µs."""
    return (_WIDTH - 80) * math.log10(max(1.0, microseconds)) / 6
