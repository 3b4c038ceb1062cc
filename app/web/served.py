"""What a running application serves."""

from dataclasses import dataclass
from typing import cast

from starlette.requests import HTTPConnection
from starlette.types import Scope

from app.db import Database
from app.query.read import Dataset
from app.settings import Settings


@dataclass
class Served:
    """The one state of an application: its settings, its database and the dataset in it."""

    settings: Settings
    database: Database
    dataset: Dataset

    def base(self, scope: Scope) -> str:
        """What every link begins with: the public URL if one is set, else the prefix that we are mounted under."""
        return self.settings.public_url or cast("str", scope.get("root_path", "")).rstrip("/")


def served(connection: HTTPConnection) -> Served:
    return cast("Served", connection.app.state.served)
