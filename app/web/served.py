"""What a running application serves."""

import re
from dataclasses import dataclass
from typing import cast

from starlette.requests import HTTPConnection

from app.db import Database
from app.query.read import Dataset
from app.render.origin import Origin
from app.settings import Settings

BASE = "onrecord.base"
"""Where the edge keeps what every link of the answer begins with: the public URL if one is set, else the prefix that we
are mounted under. (`root_path` itself grows with every mount inside us.)
"""


IS_HEAD = "onrecord.is_head"
"""Set where the body will be thrown away: what is expensive to write need not be written."""

_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9a-fA-F:.]+\](:[0-9]+)?")


@dataclass
class Served:
    """The one state of an application: its settings, its database and the dataset in it."""

    settings: Settings
    database: Database
    dataset: Dataset


def base_of(connection: HTTPConnection) -> str:
    return cast("str", connection.scope[BASE])


def origin_of(connection: HTTPConnection) -> Origin:
    base = base_of(connection)
    if "://" in base:
        return Origin(base, base)
    host = connection.headers.get("host", "")
    return Origin(base, f"{connection.scope['scheme']}://{host if _HOST.fullmatch(host) else 'localhost'}{base}")


def served(connection: HTTPConnection) -> Served:
    return cast("Served", connection.app.state.served)
