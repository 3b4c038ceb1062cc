"""The queries that HTML forms send."""

from urllib.parse import quote, unquote_plus

from starlette.requests import Request
from starlette.responses import Response

from app.api.context import base_of
from app.api.negotiation import wants_page
from app.pages.page_context import root_of


def redirect_empty_fields(request: Request) -> Response | None:
    """A redirect (303) to the URL without empty fields, where a page is wanted.

    A form sends its empty fields too, and each checked box by itself; a program that sends an
    empty value gets an error.
    """
    raw: bytes = request.scope["query_string"]
    if not (raw.endswith(b"=") or b"=&" in raw) or not wants_page(request):
        return None
    values: dict[str, list[str]] = {}
    for pair in raw.decode("ascii", "replace").split("&"):
        name, separator, value = pair.partition("=")
        if separator and value:
            values.setdefault(name, []).append(quote(unquote_plus(value), safe=",:.-_~"))
    query = "&".join(f"{name}={','.join(of_name)}" for name, of_name in values.items())
    path = quote(request.scope["path"], safe="/:@!$&'()*+,;=~-._")
    # The path of a mounted application has its prefix already.
    path = path.removeprefix(quote(request.scope.get("root_path", "")))
    headers = {
        "Location": f"{root_of(base_of(request))}{path}{'?' if query else ''}{query}",
        "Cache-Control": "no-store",
        "Vary": "Accept",
    }
    return Response(status_code=303, headers=headers)
