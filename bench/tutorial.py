"""The same rows in the form in which tutorials write it: a session for each request by a dependency, objects of the ORM,
models that validate what goes out.
"""

import os
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query
from sqlmodel import Field, Relationship, Session, SQLModel, col, create_engine, select

engine = create_engine(
    f"sqlite:///file:{os.environ['BENCH_DATABASE']}?mode=ro&uri=true",
    connect_args={"check_same_thread": False},
)


class SourceBase(SQLModel):
    id: str = Field(primary_key=True)
    title: str
    kind: str
    headline: str | None
    publisher: str | None
    published_on: str | None


class Source(SourceBase, table=True):
    __tablename__ = "sources"


class EventBase(SQLModel):
    id: str = Field(primary_key=True)
    title: str
    source: str
    type: str
    status: str
    date: str | None
    quote: str


class Event(EventBase, table=True):
    __tablename__ = "events"


class FigureBase(SQLModel):
    id: str = Field(primary_key=True)
    title: str
    source: str = Field(foreign_key="sources.id")
    series: str
    event: str | None = Field(foreign_key="events.id")
    measure: str
    measure_kind: str
    unit: str
    value: float | None
    qualifier: str
    as_written: str
    lower: float | None
    upper: float | None
    bound: str
    population: str | None
    place: str | None
    as_of: str
    attribution: str
    speaker: str | None
    quote: str


class Figure(FigureBase, table=True):
    __tablename__ = "figures"
    told_by: Source | None = Relationship()
    happened: Event | None = Relationship()


class FigureWithMore(FigureBase):
    told_by: SourceBase | None
    happened: EventBase | None


def session() -> Iterator[Session]:
    with Session(engine) as opened:
        yield opened


Opened = Annotated[Session, Depends(session)]
app = FastAPI()


@app.get("/figures/{record_id}", response_model=FigureBase)
def one(record_id: str, opened: Opened) -> Figure:
    found = opened.get(Figure, record_id)
    if found is None:
        raise HTTPException(status_code=404)
    return found


@app.get("/figures", response_model=list[FigureBase])
def several(
    opened: Opened,
    unit: str | None = None,
    value_min: float | None = None,
    offset: int = 0,
    limit: Annotated[int, Query(le=500)] = 20,
    sort: str = "id",
) -> list[Figure]:
    wanted = select(Figure)
    if unit is not None:
        wanted = wanted.where(Figure.unit == unit)
    if value_min is not None:
        wanted = wanted.where(col(Figure.value) >= value_min)
    wanted = wanted.order_by(col(Figure.value).desc() if sort == "-value" else col(Figure.id))
    return list(opened.exec(wanted.offset(offset).limit(limit)).all())


@app.get("/figures-with-more", response_model=list[FigureWithMore])
def joined(opened: Opened, limit: int = 20) -> list[Figure]:
    return list(opened.exec(select(Figure).order_by(col(Figure.id)).limit(limit)).all())
