"""Records as the API returns them: the declared fields and the URL."""

from functools import reduce
from operator import or_
from typing import Any

from pydantic import Field, create_model
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import ModelSchema
from typing_extensions import TypeAliasType

from app.resources import RESOURCES, Resource
from app.resources.fields import Record
from app.vocabulary import ResourceType


def _record_model(resource: Resource) -> type[Record]:
    example = next(item.example for item in resource.filters if item.name == "id")
    url = Field(description="URL of this record.", examples=[f"{resource.path}/{example}"])
    return create_model(
        f"{resource.type.title()}Record",
        __base__=resource.record,
        __doc__=resource.description,
        url=(str, url),
    )


RECORD_MODELS: dict[ResourceType, type[Record]] = {
    resource_type: _record_model(resource) for resource_type, resource in RESOURCES.items()
}


AnyRecord: Any = TypeAliasType("AnyRecord", reduce(or_, RECORD_MODELS.values()))


class _OpenSchema(GenerateJsonSchema):
    """New fields may come at any time, so records may have more fields than the schema names."""

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        described = super().model_schema(schema)
        described.pop("additionalProperties", None)
        return described


def record_schema(resource_type: ResourceType) -> dict[str, Any]:
    """Return the JSON Schema of a record as the API returns it."""
    return RECORD_MODELS[resource_type].model_json_schema(
        mode="serialization", schema_generator=_OpenSchema
    )
