"""A client that was generated from the OpenAPI document, asking for one figure and for a list."""

import json
import sys

from client import Client
from client.api.figures import get_figure, list_figures
from client.models import FigureItem, FigureList, FigureRecord, ListFiguresQualifierItem

with Client(base_url=sys.argv[1], raise_on_unexpected_status=True) as asked:
    item = get_figure.sync(client=asked, id=sys.argv[2])
    figures = list_figures.sync(client=asked, qualifier=[ListFiguresQualifierItem.OVER])
assert isinstance(item, FigureItem)
assert isinstance(figures, FigureList)
record = item.data
assert isinstance(record, FigureRecord)
told = {
    "value": record.value,
    "qualifier": str(record.qualifier),
    "as_of": record.as_of.edtf,
    "source": record.source,
    "over": figures.total,
}
print(json.dumps(told))
