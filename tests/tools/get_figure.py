"""Prints a figure, how many figures its series has, and the title of its citation."""

import json
import sys

from client import Client
from client.api.figures import cite_figure, get_figure, list_figures
from client.models import CitationStyle, FigureItem, FigureList, Qualifier

with Client(base_url=sys.argv[1], raise_on_unexpected_status=True) as client:
    item = get_figure.sync(client=client, id=sys.argv[2])
    assert isinstance(item, FigureItem)
    record = item.data
    figures = list_figures.sync(
        client=client, series=[record.series], qualifier=[Qualifier.OVER, "!about"]
    )
    assert isinstance(figures, FigureList)
    citation = cite_figure.sync(client=client, id=sys.argv[2], style=CitationStyle.CSL_JSON)
    assert isinstance(citation, list)
result = {
    "value": record.value,
    "qualifier": str(record.qualifier),
    "as_of": record.as_of.edtf,
    "source": record.source,
    "in_series": figures.total,
    "cited": citation[0].title,
}
print(json.dumps(result))
