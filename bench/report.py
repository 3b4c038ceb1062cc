"""What was measured, in Markdown: CPU time for each request by server, and how many times what a server costs beside ours."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.work import works

Work = Mapping[str, Mapping[str, Mapping[str, float]]]


def written(told: Mapping[str, Any]) -> str:
    return "\n\n".join(_of(result) for result in told["results"])


def _of(result: Mapping[str, Any]) -> str:
    titles = {work.name: work.title for work in works(result["size"], result["built"]["version"])} | {"same": "304"}
    asked: Work = result["work"]
    names = list(dict.fromkeys(name for found in asked.values() for name in found))
    lines = [f"### {result['size']:,} figures", "", "CPU µs per request:", ""]
    lines += _table([titles[name] for name in asked], [(name, _cells(asked, name)) for name in names])
    lines += ["", _load_stage(result["built"]), ""]
    rows = [
        (name, [f"{about['start']:.2f}", f"{about['idle']:.0f}", f"{about['after']:.0f}"])
        for name, about in result["servers"].items()
    ]
    return "\n".join([*lines, *_table(["first answer after s", "MiB idle", "MiB after load"], rows)])


def _cells(asked: Work, name: str) -> list[str]:
    return [f"{found[name]['cpu']:,.0f}" if name in found else "" for found in asked.values()]


def _load_stage(built: Mapping[str, Any]) -> str:
    load = built["load"]
    rate, raw = load["rows"] / built["stages"]["load"], load["raw_rows"] / load["raw_seconds"]
    return f"Load stage: {rate:,.0f} rows/s; `executemany` of the same rows {raw:,.0f} ({rate / raw:.2f} ×)."


def _table(heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    return [
        f"| | {' | '.join(heads)} |",
        f"|---|{'---|' * len(heads)}",
        *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows),
    ]
