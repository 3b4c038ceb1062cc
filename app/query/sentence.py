"""A query as an English sentence, made from its canonical form."""

from collections.abc import Sequence

from sqlalchemy import Table

from app.query.filters import AppliedFilter, link_of, listed, within_link
from app.query.queries import ListQuery
from app.resources.declarations import table_of


def sentence(query: ListQuery) -> str:
    listing = query.listing
    table = None if listing.table is None else table_of(listing.table)
    phrases = ", ".join(clauses(query.filters, table))
    fixed = listing.fixed_sort
    order = fixed[1] if fixed else ", then ".join(key.phrase for key in query.sort)
    time_phrase = f", as recorded by {query.known_at.text}" if query.known_at else ""
    subject = f"{listing.plural} {phrases}" if phrases else listing.plural
    return f"{subject}, {order}{time_phrase}"


def clauses(filters: Sequence[AppliedFilter], table: Table | None) -> list[str]:
    """The clauses of filters; one about a link that another filter names comes last."""
    by_link: dict[tuple[Table, str], list[AppliedFilter]] = {}
    for item in filters:
        link = None if table is None else link_of(item, table)
        if link is not None:
            by_link.setdefault(link, []).append(item)
    of_named_link = [item for on_link in by_link.values() for item in within_link(on_link)]
    phrases = [item.operator.phrase(item) for item in filters if item not in of_named_link]
    return [phrase for phrase in phrases if phrase] + [
        f"there without {item.words}"
        if item.operator_name == "missing"
        else f"there with {item.words} other than {listed(item.raw)}"
        for item in of_named_link
    ]
