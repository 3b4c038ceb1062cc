"""`onrecord openapi`."""

import json


def openapi() -> None:
    """Print the OpenAPI document, for client generators. Needs no database."""
    # The application takes long to load, and most commands do not need it.
    from app.api.openapi import openapi_under
    from app.main import describe_app

    print(json.dumps(openapi_under(describe_app(), ""), indent=1, ensure_ascii=False))
