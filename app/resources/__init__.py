"""The resource types of the API, one module each."""

from app.resources.actor import ACTOR
from app.resources.declarations import Filter, Include, Resource
from app.resources.event import EVENT
from app.resources.figure import FIGURE
from app.resources.place import PLACE
from app.resources.series import SERIES
from app.resources.source import SOURCE
from app.resources.statement import STATEMENT
from app.vocabulary import ResourceType

RESOURCES: dict[ResourceType, Resource] = {
    resource.type: resource for resource in (SOURCE, ACTOR, PLACE, EVENT, STATEMENT, FIGURE, SERIES)
}

__all__ = ["RESOURCES", "Filter", "Include", "Resource"]
