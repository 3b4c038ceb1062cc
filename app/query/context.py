"""What the values of a query are checked against."""

from dataclasses import dataclass

from app.query.datasets import NO_PAST, DatasetHistory
from app.resources.vocabulary import Vocabulary


@dataclass(frozen=True)
class QueryContext:
    """The datasets that a query may name, and the codes; `vocabulary` None: codes of any name."""

    history: DatasetHistory = NO_PAST
    vocabulary: Vocabulary | None = None


NO_CONTEXT = QueryContext()
