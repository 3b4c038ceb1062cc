"""What the server is held to: its CPU time per request beside others', in one run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Found = Mapping[str, Mapping[str, Mapping[str, float]]]
"""What was measured: by work and server."""

PEERS = ("Datasette", "roapi", "soul")
HELD_AT = 100_000
"""The goals are for this many figures; over more or fewer, what is reached is told without them."""


@dataclass(frozen=True)
class Goal:
    """`ours` at `work` costs at most `most` times what `beside` costs at `beside_work` (null: at the same)."""

    work: str
    ours: str
    beside: str
    most: float
    beside_work: str | None = None


GOALS = (
    Goal("record", "On Record", "uvicorn", 7),
    Goal("record", "On Record", "fastest peer", 0.85),
    Goal("list", "On Record", "uvicorn", 8.5),
    Goal("list", "On Record", "roapi", 0.9),
    Goal("list", "On Record", "Datasette", 0.1),
    Goal("filter", "On Record", "soul", 0.7),
    Goal("filter", "On Record", "Datasette", 0.15),
    Goal("filter", "On Record, uncounted", "Datasette", 0.15),
    Goal("search", "On Record", "Datasette", 0.25),
    Goal("search", "On Record, uncounted", "Datasette", 0.25),
    Goal("join", "On Record", "soul", 0.5),
    Goal("join", "On Record", "Datasette", 0.12),
    Goal("depth", "On Record", "On Record", 1.1, "list"),
    Goal("same", "On Record, hot", "uvicorn", 1.6, "record"),
    *(
        goal
        for work in ("record", "list", "filter", "search", "join", "depth")
        for goal in (
            Goal(
                work,
                "On Record, hot",
                "uvicorn",
                1.6,
                work if work in ("record", "join") else "list",
            ),
            Goal(
                work,
                "On Record, as shipped",
                "uvicorn",
                2.5,
                work if work in ("record", "join") else "list",
            ),
        )
    ),
)

MOST_GROWTH: Mapping[str, float | None] = {"search": 4.0, "facets": 4.0, "total": None}
"""How many times more a request may cost over ten times as many figures; others: DEFAULT_GROWTH. Null: it counts them all."""
DEFAULT_GROWTH = 1.5


def reached(found: Found) -> Iterator[tuple[Goal, float]]:
    """The goals whose two sides were both measured, and the ratio."""
    for goal in GOALS:
        ours = found.get(goal.work, {}).get(goal.ours)
        other = _cost_of(found.get(goal.beside_work or goal.work, {}), goal.beside)
        if ours is not None and other is not None:
            yield goal, ours["cpu"] / other


def _cost_of(answers: Mapping[str, Mapping[str, float]], name: str) -> float | None:
    names = PEERS if name == "fastest peer" else (name,)
    costs = [answers[one]["cpu"] for one in names if one in answers]
    return min(costs) if costs else None


@dataclass(frozen=True)
class Reached:
    """A ratio of ours to another's, and what it has to be: at most or at least `bound`."""

    what: str
    ratio: float
    bound: float
    is_most: bool = True

    @property
    def is_missed(self) -> bool:
        return self.ratio > self.bound if self.is_most else self.ratio < self.bound


def reached_besides(result: Mapping[str, Any]) -> Iterator[Reached]:
    """Of what is not a request: start, memory, whole lists, workers, the load stage; as far as it was measured."""
    if "starts" in result:
        ours, alpha = (
            found
            for name, found in result["starts"].items()
            if name == "On Record" or " 1.0a" in name
        )
        yield Reached(
            "start to the first answer, beside Datasette 1.0a", ours["start"] / alpha["start"], 1.6
        )
        yield Reached("memory then, beside Datasette 1.0a", ours["idle"] / alpha["idle"], 1.6)
    for form, least in (("NDJSON", 10.0), ("CSV", 3.0)) if "exports" in result else ():
        ours, other = result["exports"]["On Record"][form], result["exports"]["Datasette"][form]
        rates = [found["bytes"] / found["seconds"] for found in (ours, other)]
        yield Reached(
            f"bytes a second of {form}, beside Datasette", rates[0] / rates[1], least, is_most=False
        )
        meanwhile = ours["p99_meanwhile"] / ours["p99"]
        yield Reached(f"p99 of a record while {form} is sent, beside p99 without", meanwhile, 3.0)
    if "workers" in result:
        one, two = (result["workers"][number]["per_second"] for number in ("1", "2"))
        yield Reached("requests a second of two workers, beside one", two / one, 1.7, is_most=False)
    rate, raw = load_rates(result["built"])
    yield Reached(
        "rows a second of the load stage, beside executemany", rate / raw, 0.1, is_most=False
    )


def load_rates(built: Mapping[str, Any]) -> tuple[float, float]:
    """Rows a second: of the load stage, and of `executemany` with the same rows."""
    load = built["load"]
    return load["rows"] / built["stages"]["load"], load["raw_rows"] / load["raw_seconds"]


def growth(
    smaller: Mapping[str, Any], larger: Mapping[str, Any]
) -> Iterator[tuple[str, str, float, float | None]]:
    """Work, ours, the ratio of costs, and what it may be, from one size to ten times that."""
    for work, answers in larger["work"].items():
        for name, measured in answers.items():
            before = smaller["work"].get(work, {}).get(name)
            if name.startswith("On Record") and before is not None:
                yield (
                    work,
                    name,
                    measured["cpu"] / before["cpu"],
                    MOST_GROWTH.get(work, DEFAULT_GROWTH),
                )
