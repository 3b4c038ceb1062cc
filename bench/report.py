"""The table and the chart of docs/performance.md."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.lines import (
    CEILING_SIZE,
    EXPORT_FLOORS,
    EXPORT_GROWTH_CEILING,
    LINES,
    PEERS,
    START_CEILING,
    Line,
)

BEGIN, END = "<!-- measured: written by python -m bench --write -->", "<!-- /measured -->"
Run = Mapping[str, Any]
Result = Mapping[str, Any]


Row = dict[str, str]
SERVERS = ("On Record", "before", *PEERS)
COLUMNS = ("line", "On Record", "ratio", "must hold", "before", "ten times the figures", *PEERS)


@dataclass(frozen=True)
class Bound:
    """A ratio to bare uvicorn, or to the server named, and its ceiling or floor."""

    ratio: float
    bound: float
    server: str = ""
    is_floor: bool = False

    @property
    def is_met(self) -> bool:
        return self.ratio >= self.bound if self.is_floor else self.ratio <= self.bound

    def cells(self) -> Row:
        ratio = f"{self.ratio:.1f} × {self.server}".rstrip()
        return {
            "ratio": ratio if self.is_met else f"{ratio} **missed**",
            "must hold": f"{'≥' if self.is_floor else '≤'} {self.bound:g} ×",
        }


def write_report(page: Path, run: Run) -> None:
    """Replace what stands between the two marks of the page."""
    head, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    page.write_text(f"{head}{BEGIN}\n\n{report(run)}\n\n{END}{tail}", encoding="utf-8")


def report(run: Run) -> str:
    """The table in Markdown; columns without cells are left out."""
    versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
    result = _result(run)
    larger = _result_of_size(run, result["size"] * 10)
    rows = [_row_of_line(line, result, larger) for line in LINES]
    rows += [*_rows_of_exports(result), _row_of_start(result)]
    columns = [column for column in COLUMNS if any(row.get(column) for row in rows)]
    heads = [f"{result['size']:,} figures", *columns[1:]]
    lines = [f"| {' | '.join(heads)} |", f"|---|{'---:|' * (len(heads) - 1)}"]
    lines += [f"| {' | '.join(row.get(column, '') for column in columns)} |" for row in rows]
    head = f"CPU µs per request, {run['date']}, commit {run['commit']} ({versions}):"
    return "\n".join([head, "", *lines])


def _result(run: Run) -> Result:
    """The result that the ceilings are for, or else the largest."""
    largest = max(run["results"], key=lambda result: int(result["size"]))
    return _result_of_size(run, CEILING_SIZE) or largest


def _result_of_size(run: Run, size: int) -> Result | None:
    return next((result for result in run["results"] if result["size"] == size), None)


def _cpu(result: Result, line: str, server: str) -> float | None:
    measurement = result["lines"][line].get(server)
    return measurement["cpu"] if measurement else None


def _numbers(values: Mapping[str, float | None]) -> Row:
    return {name: f"{value:,.0f}" for name, value in values.items() if value is not None}


def _row_of_line(line: Line, result: Result, larger: Result | None) -> Row:
    row = {"line": line.title}
    row |= _numbers({name: _cpu(result, line.key, name) for name in SERVERS})
    bare, ours = _cpu(result, "bare", "uvicorn"), _cpu(result, line.key, "On Record")
    if line.key == "bare":
        return row | _numbers({"On Record": bare})
    if ours is None or bare is None:
        return row
    row["ratio"] = f"{ours / bare:.1f} ×"
    if line.ceiling is not None:
        row |= Bound(ours / bare, line.ceiling).cells()
    if line.is_below_peers:
        row["must hold"] += ", below the peers"
        peers = [_cpu(result, line.key, peer) for peer in PEERS]
        if any(peer is not None and peer <= ours for peer in peers):
            row["ratio"] += " **above a peer**"
    if larger and (cpu := _cpu(larger, line.key, "On Record")):
        growth = Bound(cpu / ours, line.growth_ceiling).cells()
        row["ten times the figures"] = f"{growth['ratio']} ({growth['must hold']})"
    return row


def _rows_of_exports(result: Result) -> Iterator[Row]:
    growth: dict[str, float] = {}
    for name, exports in result["exports"].items():
        rates = {
            server: export["size"] / export["seconds"] / 1e6 for server, export in exports.items()
        }
        for server, export in exports.items():
            growth[server] = max(export["growth"], growth.get(server, 0.0))
        row = {"line": f"{name} of all figures, MB/s"} | _numbers(rates)
        if {"On Record", "Datasette"} <= rates.keys():
            ratio = rates["On Record"] / rates["Datasette"]
            row |= Bound(ratio, EXPORT_FLOORS[name], "Datasette", is_floor=True).cells()
        yield row
    row = {"line": "growth of memory by an export, MiB"} | _numbers(growth)
    row["must hold"] = f"≤ {EXPORT_GROWTH_CEILING:g}"
    if growth.get("On Record", 0.0) > EXPORT_GROWTH_CEILING:
        row["ratio"] = "**missed**"
    yield row


def _row_of_start(result: Result) -> Row:
    seconds = result["starts"]
    row = {"line": "first response after start, ms"}
    row |= _numbers({name: value * 1000 for name, value in seconds.items()})
    return (
        row
        | Bound(
            seconds["On Record"] / seconds["Datasette"], START_CEILING, "Datasette 1.0a"
        ).cells()
    )


_CHARTED = ("record", "page", "filter", "fulltext", "join", "cached")
_LEFT, _WIDTH, _ROW_HEIGHT, _GROUP_GAP = 130, 640, 16, 30
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#333}.title{font-weight:600}"
    ".ours{fill:#0b6e69}.other{fill:#b9bcc0}"
)


def chart(run: Run) -> str:
    """An SVG of bars on a logarithmic scale, one group for each line that has peers."""
    result = _result(run)
    title = f"CPU µs per request at {result['size']:,} figures (logarithmic; shorter is faster)"
    parts, y = [f'<text x="8" y="22" class="title">{title}</text>'], 48
    bare = _cpu(result, "bare", "uvicorn")
    for line in LINES:
        if line.key not in _CHARTED:
            continue
        parts.append(f'<text x="8" y="{y}" class="title">{line.title}</text>')
        bars = {"bare uvicorn": bare} | {
            name: _cpu(result, line.key, name) for name in ("On Record", "before", *PEERS)
        }
        for name, cpu in bars.items():
            if cpu is None:
                continue
            y += _ROW_HEIGHT
            width = (_WIDTH - 80) * math.log10(max(cpu, 1.0)) / 6
            kind = "ours" if name == "On Record" else "other"
            parts += [
                f'<text x="{_LEFT - 8}" y="{y}" text-anchor="end">{name}</text>',
                f'<rect x="{_LEFT}" y="{y - 10}" width="{width:.0f}" height="11" class="{kind}"/>',
                f'<text x="{_LEFT + width + 6:.0f}" y="{y}">{cpu:,.0f}</text>',
            ]
        y += _GROUP_GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH} {y}"'
        f' role="img" aria-label="{title}"><style>{_STYLE}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )
