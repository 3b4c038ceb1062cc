"""The plain tables as tutorials serve them: a session for each request by a dependency, ORM
objects, and response models that validate the output.
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
    source_record: Source | None = Relationship()
    event_record: Event | None = Relationship()


class FigureWithRecords(FigureBase):
    source_record: SourceBase | None
    event_record: EventBase | None


def open_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


SessionDependency = Annotated[Session, Depends(open_session)]
app = FastAPI()


@app.get("/figures/{figure_id}", response_model=FigureBase)
def read_figure(figure_id: str, session: SessionDependency) -> Figure:
    figure = session.get(Figure, figure_id)
    if figure is None:
        raise HTTPException(status_code=404)
    return figure


@app.get("/figures", response_model=list[FigureBase])
def read_figures(
    session: SessionDependency,
    unit: str | None = None,
    value_min: float | None = None,
    offset: int = 0,
    limit: Annotated[int, Query(le=500)] = 20,
    sort: str = "id",
) -> list[Figure]:
    statement = select(Figure)
    if unit is not None:
        statement = statement.where(Figure.unit == unit)
    if value_min is not None:
        statement = statement.where(col(Figure.value) >= value_min)
    order = col(Figure.value).desc() if sort == "-value" else col(Figure.id)
    return list(session.exec(statement.order_by(order).offset(offset).limit(limit)).all())


@app.get("/figures-joined", response_model=list[FigureWithRecords])
def read_joined_figures(
    session: SessionDependency, value_min: float, limit: int = 20
) -> list[Figure]:
    statement = select(Figure).where(col(Figure.value) >= value_min)
    return list(session.exec(statement.order_by(col(Figure.id)).limit(limit)).all())
