"""What a running application serves."""

from dataclasses import dataclass
from typing import cast

from starlette.requests import HTTPConnection

from app.db import Database
from app.query.read import Dataset
from app.settings import Settings

BASE = "onrecord.base"
"""Where the edge keeps what every link of the answer begins with: the public URL if one is set, else the prefix that we
are mounted under. (`root_path` itself grows with every mount inside us.)
"""


@dataclass
class Served:
    """The one state of an application: its settings, its database and the dataset in it."""

    settings: Settings
    database: Database
    dataset: Dataset


def base_of(connection: HTTPConnection) -> str:
    return cast("str", connection.scope[BASE])


def served(connection: HTTPConnection) -> Served:
    return cast("Served", connection.app.state.served)
