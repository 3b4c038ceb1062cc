"""The table and the chart of docs/performance.md."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.lines import (
    BASELINE,
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
    baseline = min(cpu for line in LINES if (cpu := _cpu(result, line.key, BASELINE)) is not None)
    rows = [{"line": "bare uvicorn, the bytes of a record"} | _numbers({"On Record": baseline})]
    rows += [_row_of_line(line, result, larger) for line in LINES]
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
    baseline, on_record = _cpu(result, line.key, BASELINE), _cpu(result, line.key, "On Record")
    if on_record is None or baseline is None:
        return row
    row["ratio"] = f"{on_record / baseline:.1f} ×"
    if line.ceiling is not None:
        row |= Bound(on_record / baseline, line.ceiling).cells()
    if line.is_below_peers:
        row["must hold"] += ", below the peers"
        peers = [_cpu(result, line.key, peer) for peer in PEERS]
        if any(peer is not None and peer <= on_record for peer in peers):
            row["ratio"] += " **above a peer**"
    if larger and (cpu := _cpu(larger, line.key, "On Record")):
        growth = Bound(cpu / on_record, line.growth_ceiling).cells()
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
_COLUMNS, _COLUMN_WIDTH, _GROUP_HEIGHT = 3, 320, 150
_LABEL_WIDTH, _BAR_WIDTH, _BAR_HEIGHT = 90, 165, 16
_MIN_CPU, _MAX_CPU = 10, 1_000_000
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#333}.title{font-weight:600}"
    ".ours{fill:#0b6e69}.other{fill:#b9bcc0}"
)


def chart(run: Run) -> str:
    """An SVG of bars on a logarithmic scale, one group for each line."""
    result = _result(run)
    title = f"CPU µs per request at {result['size']:,} figures (logarithmic; shorter is faster)"
    parts = [f'<text x="8" y="20" class="title">{title}</text>']
    for index, line in enumerate(line for line in LINES if line.key in _CHARTED):
        row, column = divmod(index, _COLUMNS)
        parts += _group(line, result, column * _COLUMN_WIDTH, 48 + row * _GROUP_HEIGHT)
    height = 36 + math.ceil(len(_CHARTED) / _COLUMNS) * _GROUP_HEIGHT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"'
        f' viewBox="0 0 {_COLUMNS * _COLUMN_WIDTH} {height}"'
        f' role="img" aria-label="{title}"><style>{_STYLE}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _group(line: Line, result: Result, x: int, y: int) -> Iterator[str]:
    yield f'<text x="{x + 8}" y="{y}" class="title">{line.title}</text>'
    bars = {name: _cpu(result, line.key, name) for name in (BASELINE, *SERVERS)}
    left = x + _LABEL_WIDTH
    for name, cpu in bars.items():
        if cpu is None:
            continue
        y += _BAR_HEIGHT
        width = _BAR_WIDTH * math.log(cpu / _MIN_CPU) / math.log(_MAX_CPU / _MIN_CPU)
        kind = "ours" if name == "On Record" else "other"
        yield f'<text x="{left - 6}" y="{y}" text-anchor="end">{name}</text>'
        yield (
            f'<rect x="{left}" y="{y - 10}" width="{max(width, 1):.0f}" height="11"'
            f' class="{kind}"/>'
        )
        yield f'<text x="{left + width + 6:.0f}" y="{y}">{cpu:,.0f}</text>'
