"""A database that is built again and again from records that change at random."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app.curation.build import Silent, build_records
from app.curation.records import Records, WithdrawalNotice
from app.database.engine import parse_url
from app.vocabulary import ResourceType
from tests.many import Maker

FIRST = datetime(2021, 5, 1, 12, tzinfo=UTC)


def recorded_at(build: int) -> datetime:
    """Builds are a day apart; the first is number 1."""
    return FIRST + timedelta(days=build - 1)


@dataclass
class Edited:
    """`versions` are those of the builds, in order."""

    url: str
    seed: int = 1
    size: int = 40
    versions: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.maker = Maker(self.size, self.seed)
        self.records: Records = self.maker.records()
        self.made = 0

    def build(self) -> str:
        number = len(self.versions) + 1
        loaded = build_records(
            self.records,
            parse_url(self.url),
            f"build {number}",
            Silent(),
            recorded_at=recorded_at(number),
        )
        self.versions.append(loaded.version)
        return loaded.version

    def edit(self, times: int = 1) -> None:
        for _ in range(times):
            edits = [self.change, self.change, self.change, self.withdraw, self.rename, self.add]
            self.random.choice(edits)()

    # ------------------------------------------------------------------------------------------
    # edits

    def change(self) -> None:
        resource_type: ResourceType = self.random.choice(list(self.records.by_type))
        records = self.records.by_type[resource_type]
        index = self.random.randrange(len(records))
        changes = {"title": self.maker.text(3)}
        if self.random.random() < 0.5:
            changes = self._moved(resource_type, index)
        records[index] = records[index].model_copy(update=changes)

    def _moved(self, resource_type: ResourceType, index: int) -> dict[str, Any]:
        """What other records are found by, or hang together by."""
        if resource_type == "source":
            return {"published_on": self.maker.maybe(self.maker.date())}
        if resource_type == "place":
            ids = [place.id for place in self.records.by_type["place"]]
            own = self.maker.ids["place"].index(ids[index])
            return {"part_of": self.random.choice([None, *self.maker.ids["place"][:own]])}
        if resource_type == "figure":
            return {
                "as_of": self.maker.as_of(),
                "places": self.maker.some(self.maker.place_reference),
            }
        if resource_type == "event":
            return {"date": self.maker.maybe(self.maker.date())}
        if resource_type == "series":
            return {"places": self.maker.some(self.maker.series_place, 2)}
        return (
            {"evidence": self.maker.evidence()}
            if resource_type == "actor"
            else {"made_on": self.maker.maybe(self.maker.date())}
        )

    def withdraw(self) -> None:
        resource_type, record = self._free()
        if record is not None:
            self.records.by_type[resource_type].remove(record)
            reason = self.random.choice([None, f"{record.id} stands in no source."])
            self._withdraw(resource_type, record.id, WithdrawalNotice(reason))

    def rename(self) -> None:
        resource_type, record = self._free()
        if record is not None:
            self.made += 1
            name = f"{resource_type}-named-{self.made}"
            self.records.by_type[resource_type].remove(record)
            self._put(resource_type, record.model_copy(update={"id": name}))
            self._withdraw(
                resource_type, record.id, WithdrawalNotice("The id was not neutral.", name)
            )

    def _free(self) -> tuple[ResourceType, Any]:
        """A record that no other one refers to."""
        resource_type: ResourceType = self.random.choice(["figure", "statement"])
        events: list[Any] = self.records.by_type["event"]
        figures: list[Any] = self.records.by_type["figure"]
        related = {relation.to for event in events for relation in event.relations}
        related |= {
            other for figure in figures for other in (figure.supersedes, figure.superseded_by)
        }
        free = [
            record for record in self.records.by_type[resource_type] if record.id not in related
        ]
        return resource_type, self.random.choice(free) if len(free) > 3 else None

    def _withdraw(
        self, resource_type: ResourceType, record_id: str, notice: WithdrawalNotice
    ) -> None:
        self.records.withdrawal_notices = {
            **self.records.withdrawal_notices,
            (resource_type, record_id): notice,
        }

    def add(self) -> None:
        self.made += 1
        resource_type: ResourceType = self.random.choice(["figure", "statement"])
        make = self.maker.figure if resource_type == "figure" else self.maker.statement
        self._put(resource_type, make(f"{resource_type}-made-{self.made}"))

    def _put(self, resource_type: ResourceType, record: Any) -> None:
        records = self.records.by_type[resource_type]
        records.append(record)
        records.sort(key=lambda item: item.id)
