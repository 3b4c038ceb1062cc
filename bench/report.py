"""The tables that are shown, in Markdown: CPU time for each request, and ratios."""

from typing import Any

from bench.work import works


def written(told: dict[str, Any]) -> str:
    return "\n\n".join(_of(result) for result in told["results"])


def _of(result: dict[str, Any]) -> str:
    titles = {work.name: work.title for work in works(result["size"], result["built"]["version"])} | {"same": "304"}
    names = list(dict.fromkeys(name for found in result["work"].values() for name in found))
    lines = [f"### {result['size']:,} figures", "", "CPU µs per request", ""]
    lines.append("| | " + " | ".join(titles[name] for name in result["work"]) + " |")
    lines.append("|---|" + "---|" * len(result["work"]))
    for name in names:
        cells = [f"{found[name]['cpu']:,.0f}" if name in found else "" for found in result["work"].values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    built = result["built"]
    load, stages = built["load"], built["stages"]
    rate, raw = load["rows"] / stages["load"], load["raw_rows"] / load["raw_seconds"]
    lines += ["", f"Load stage: {rate:,.0f} rows/s, `executemany` of the same rows {raw:,.0f} ({rate / raw:.2f} ×)."]
    lines += [
        f"{name}: first answer after {about['start']:.2f} s, {about['idle']:.0f} MiB idle, {about['after']:.0f} MiB after load."
        for name, about in result["servers"].items()
    ]
    return "\n".join(lines)
