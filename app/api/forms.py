"""The queries that HTML forms send."""

from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from app.api.context import base_of
from app.api.negotiation import wants_page
from app.pages.page_context import root_of

_ENDS = (".from", ".to")


def redirect_form(request: Request) -> Response | None:
    """A redirect (303) to the URL that a form means, where a page is wanted.

    A form sends its empty fields too, each checked box by itself, and the two ends of a window of
    dates as `date.from` and `date.to`. A program that sends an empty value gets an error.
    """
    raw: bytes = request.scope["query_string"]
    is_form = raw.endswith(b"=") or b"=&" in raw or b".from=" in raw or b".to=" in raw
    if not is_form or not wants_page(request):
        return None
    pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
    ends = {name: value for name, value in pairs if name.endswith(_ENDS)}
    windows = {name.rpartition(".")[0]: None for name in ends}
    sent = [(name, value) for name, value in pairs if value and name not in ends]
    for name in windows:
        first, last = ends.get(f"{name}.from", ""), ends.get(f"{name}.to", "")
        if first or last:
            window = first if first == last else f"{first or '..'}/{last or '..'}"
            sent.append((name, window))
    values: dict[str, list[str]] = {}
    for name, value in sent:
        values.setdefault(name, []).append(value)
    query = urlencode(
        {name: ",".join(of_name) for name, of_name in values.items()},
        safe="!,/:",
        quote_via=quote,
    )
    path = quote(request.scope["path"], safe="/:@!$&'()*+,;=~-._")
    # The path of a mounted application has its prefix already.
    path = path.removeprefix(quote(request.scope.get("root_path", "")))
    headers = {
        "Location": f"{root_of(base_of(request))}{path}{'?' if query else ''}{query}",
        "Cache-Control": "no-store",
        "Vary": "Accept",
    }
    return Response(status_code=303, headers=headers)
