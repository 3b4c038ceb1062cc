"""The queries that HTML forms send."""

from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from app.api.context import base_of
from app.api.negotiation import wants_page
from app.pages.page_context import root_of
from app.query.parameters import Parameters
from app.query.query_string import is_tracking
from app.resources.declarations import DateRange, Listing

_NAME_LISTS = frozenset(("match_all", "missing", "present", "fields", "include", "facets"))
"""Parameters whose values are check boxes of a form, and stand once in a query."""


def redirect_form(request: Request, model: type[Parameters] | None) -> Response | None:
    """A redirect (303) to the URL that a form means, where a page is wanted.

    A form sends its empty fields too, each checked box by itself, and the two ends of a window of
    days as `date.from` and `date.to`. A program that sends an empty value gets an error.
    """
    raw: bytes = request.scope["query_string"]
    is_form = raw.endswith(b"=") or b"=&" in raw or b".from=" in raw or b".to=" in raw
    if not is_form or not wants_page(request):
        return None
    pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
    query = urlencode(list(_meant(pairs, model)), safe="!,/:", quote_via=quote)
    path = quote(request.scope["path"], safe="/:@!$&'()*+,;=~-._")
    # The path of a mounted application has its prefix already.
    path = path.removeprefix(quote(request.scope.get("root_path", "")))
    headers = {
        "Location": f"{root_of(base_of(request))}{path}{'?' if query else ''}{query}",
        "Cache-Control": "no-store",
        "Vary": "Accept",
    }
    return Response(status_code=303, headers=headers)


def _meant(
    pairs: Sequence[tuple[str, str]], model: type[Parameters] | None
) -> Iterator[tuple[str, str]]:
    """The parameters that a form means. A single value that is repeated stays so: a mistake."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if value and not is_tracking(name):
            values.setdefault(name, []).append(value)
    windows = dict(_windows(values, getattr(model, "listing", None)))
    joined = _NAME_LISTS | (model.repeatable if model else frozenset())
    for name, of_name in values.items():
        for value in [",".join(of_name)] if name in joined else of_name:
            yield name, value
    yield from windows.items()


def _windows(values: dict[str, list[str]], listing: Listing | None) -> Iterator[tuple[str, str]]:
    """The windows of days, whose two ends are taken out of `values`."""
    for parameter in listing.parameters if listing else ():
        dates = parameter.criterion
        if not isinstance(dates, DateRange):
            continue
        ends = [values.pop(f"{parameter.name}.{end}", [".."])[0] for end in ("from", "to")]
        if ends == ["..", ".."]:
            continue
        # A day by itself is the end of the window of a parameter that goes up to it.
        is_day = ends[0] == ends[1] and not dates.up_to
        yield parameter.name, ends[0] if is_day else "/".join(ends)
