"""The benchmark measures what it claims to measure."""

from collections import Counter

import pytest

from bench.lines import BASELINE, LINES, Dataset, Line
from bench.report import report

DATASET = Dataset(size=1_000, page_size=5, cursors=[f"cursor-{index}" for index in range(199)])
ON_RECORD = "On Record"
UNCACHED = [line for line in LINES if line.parameters is not None]


@pytest.mark.parametrize("line", UNCACHED, ids=lambda line: line.key)
def test_no_path_of_an_uncached_line_repeats_at_on_record(line: Line) -> None:
    paths = Counter(line.paths(ON_RECORD, DATASET))
    assert max(paths.values()) == 1


def test_a_missed_ceiling_is_marked() -> None:
    line = next(line for line in LINES if line.key == "record")
    ceilings = {line.key: line.ceiling or 1.0 for line in LINES}
    cpu = {key: 10.0 * ceiling for key, ceiling in ceilings.items()} | {line.key: 91.0}
    result = {
        "size": 100_000,
        "lines": {key: {BASELINE: {"cpu": 10.0}, ON_RECORD: {"cpu": cpu[key]}} for key in ceilings},
        "exports": {},
        "starts": {ON_RECORD: 1.0, "Datasette": 1.0},
    }
    run = {"date": "2024-02-14", "commit": "abc", "versions": {}, "results": [result]}
    missed = [row for row in report(run).splitlines() if "**missed**" in row]
    assert [row.split("|")[1].strip() for row in missed] == [line.title]
