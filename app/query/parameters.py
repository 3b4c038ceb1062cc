"""The query parameters of each endpoint, as Pydantic models.

The model of a list is generated from its declaration. The route class validates the query string
into the model of its endpoint, and FastAPI describes the model in the OpenAPI document:

    async def list_figures(
        request: Request, params: Annotated[FigureParameters, Query()]
    ) -> Response: ...
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache, cached_property, partial
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    create_model,
)
from pydantic_core import ErrorDetails
from typing_extensions import TypeAliasType

from app.problems import QueryError, invalid_query
from app.query.canonical import canonical_pairs
from app.query.context import NO_CONTEXT, QueryContext
from app.query.contradictions import contradictions
from app.query.datasets import KnownAt
from app.query.filters import AppliedFilter, applied_filters
from app.query.queries import DEFAULT_LIMIT, DEFAULT_TOTAL_MODE, MAX_LIMIT, TotalMode
from app.query.query_string import mistake, read_query_string
from app.query.sorting import parse_sort
from app.query.suggestions import Suggestion, suggest_parameter
from app.query.values import (
    MAX_ECHOED,
    WINDOW_PATTERN,
    InvalidValue,
    InvalidValues,
    Selection,
    echo,
    parse_boolean,
    parse_choice,
    parse_count,
    parse_full_text,
    parse_names,
    parse_number,
    parse_selection,
    parse_text,
    parse_whole,
    parse_window,
)
from app.resources import RESOURCES
from app.resources.declarations import (
    MAPPING_VALUE,
    MAX_COUNT,
    MAX_TEXT_LENGTH,
    SLUG_VALUE,
    DateRange,
    Filter,
    FullText,
    LatestPerGroup,
    Listing,
    NumberRange,
    Parameter,
    Resource,
    ValueType,
)
from app.resources.fields import DAY_PATTERN, MOMENT_PATTERN
from app.vocabulary import CODE_PATTERN, MAX_SLUG_LENGTH, CitationStyle, Theme, codes

_MAX_LISTED = 12
"""Names that a message lists; a link leads to longer lists."""
_MAX_UNREAD_PARAMETERS = 20
_IN_PATH = {
    "format": "End the path in the format, such as .csv, or send Accept.",
    "bom": "End the path in .csv: that format alone has a byte order mark.",
}
"""How to ask for what the suffix of the path decides."""
_RECORD_URL = f"/v1/figures/{RESOURCES['figure'].filters[0].example}"


class Parameters(BaseModel):
    """The query parameters of an endpoint; a subclass has a field for each.

    `subject` names the endpoint in messages. `repeatable` are the parameters that may stand
    several times, `choices` the names of filters that a parameter such as `missing` takes.
    """

    # Of some fifty models, a process needs few.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    subject: ClassVar[str] = "this URL"
    repeatable: ClassVar[frozenset[str]] = frozenset()
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @classmethod
    def from_query_string(cls, raw: bytes, context: QueryContext = NO_CONTEXT) -> Self:
        """Validate a query.

        Raises Problem `invalid-query` with all mistakes: first those of single values, then the
        contradictions among the right ones.
        """
        if not raw:
            return cls._validated({}, [], context)
        sent, errors = read_query_string(raw, cls.repeatable)
        return cls._validated(sent, errors, context)

    @classmethod
    def _validated(
        cls, sent: Mapping[str, Any], errors: list[QueryError], context: QueryContext
    ) -> Self:
        try:
            parameters = cls.model_validate(sent, context=context)
        except ValidationError as invalid:
            details = invalid.errors(include_url=False)
            found = [error for detail in details for error in cls._mistakes(detail, sent)]
            # What is unreadable or misspelled is not missing, too.
            sent_otherwise = {error.parameter for error in errors} | {
                error.nearest for error in found if error.parameter not in cls.model_fields
            }
            missing = {detail["loc"][0] for detail in details if detail["type"] == "missing"}
            errors += [error for error in found if error.parameter not in missing & sent_otherwise]
            wrong = {str(detail["loc"][0]) for detail in details}
            right = {name: value for name, value in sent.items() if name not in wrong}
            # Required parameters that are missing stay so.
            parameters = cls.model_construct(**dict(cls._right_values(right, context)))
        if cls.model_config.get("extra") == "allow":
            errors = [error for error in errors if error.parameter in cls.model_fields]
        errors += parameters.contradictions()
        if errors:
            raise invalid_query(errors)
        return parameters

    @classmethod
    def _right_values(
        cls, right: Mapping[str, Any], context: QueryContext
    ) -> Iterator[tuple[str, Any]]:
        """The values of right parameters, where others are wrong."""
        missing = {
            name for name, field in cls.model_fields.items() if field.is_required()
        } - right.keys()
        if not missing:
            yield from cls.model_validate(right, context=context)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The values of the parameters that were sent, in the order of the declaration."""
        sent = self.model_fields_set
        names = (
            sent if len(sent) < 2 else [name for name in type(self).model_fields if name in sent]
        )
        return {name: getattr(self, name) for name in names}

    def contradictions(self) -> Iterator[QueryError]:
        """The mistakes that are in no value by itself."""
        yield from ()

    @classmethod
    def _mistakes(cls, detail: ErrorDetails, sent: Mapping[str, Any]) -> Iterator[QueryError]:
        name = str(detail["loc"][0])
        raw = sent.get(name)
        value = ",".join(raw) if isinstance(raw, list) else raw
        error = detail.get("ctx", {}).get("error")
        if detail["type"] == "missing":
            yield mistake(name, None, f"Write {name}=…: {cls.subject} cannot do without it.")
        elif detail["type"] == "extra_forbidden":
            yield cls._unknown(name, value or "")
        elif isinstance(error, InvalidValues):
            for each in error.errors:
                yield mistake(name, each.value or value, each.detail, each.nearest)
        elif isinstance(error, InvalidValue):
            yield mistake(name, error.value or value, error.detail, error.nearest)
        else:
            yield mistake(name, value, str(error or detail["msg"]))

    @classmethod
    def suggestion(cls, name: str, value: str) -> Suggestion | None:
        """The parameter that an unknown one was meant to be."""
        return suggest_parameter(name, value, cls.model_fields, cls.choices)

    @classmethod
    def _unknown(cls, name: str, value: str) -> QueryError:
        accepted = list(cls.model_fields)
        suggestion = cls.suggestion(name, value)
        if name in _IN_PATH:
            advice = _IN_PATH[name]
        elif suggestion is not None:
            advice = suggestion.advice
        else:
            advice = f"Leave “{name[:MAX_ECHOED]}” out."
        if not accepted:
            known = "takes no parameters"
        elif len(accepted) <= _MAX_LISTED:
            known = f"takes {', '.join(accepted)}"
        else:
            known = "takes those listed at /docs"
        detail = f"{advice} {echo(name)} is no parameter of {cls.subject}, which {known}."
        return mistake(name, value, detail, suggestion and suggestion.name)


class NoParameters(Parameters):
    """An endpoint without query parameters."""


# ------------------------------------------------------------------------------------------- fields


def _parameter(
    parse: Callable[..., Any],
    json_type: Any,
    description: str,
    example: Any = None,
) -> Any:
    """A field that is read by `parse` and described as `json_type`; None: it was not sent.

    Descriptions give defaults: generated clients would send those of the schema.
    """
    examples = None if example is None else [example]
    annotation = Annotated[Any, PlainValidator(parse, json_schema_input_type=json_type)]
    return annotation, Field(None, description=description, examples=examples)


def _list_of(item: Any, **options: Any) -> Any:
    """The JSON type of values between commas."""
    items = list[item]
    return Annotated[items, Field(min_length=1, **options)]


def _names(choices: tuple[str, ...], description: str, json_type: Any = None) -> Any:
    """The field of a list of names; `json_type` has the name of the type of one of them."""
    parse = partial(parse_names, choices=choices)
    return _parameter(parse, _list_of(json_type or Literal[choices]), description)


def _values(item: Filter) -> Any:
    """The field of a filter: `a,!b`, or one text."""
    value_type = item.value_type
    if not value_type.many:
        text = Annotated[str, Field(min_length=1, max_length=value_type.max_length)]
        return _parameter(parse_text, text, item.description, item.example)
    json_type = _list_of(_json_value(value_type))
    parse: Callable[..., Any] = partial(parse_selection, value_type=value_type)
    if value_type.vocabulary_path is None:
        return _parameter(parse, json_type, item.description, [item.example])
    codes = f"[Codes]({value_type.vocabulary_path}), each with the narrower ones."
    description = f"{item.description} {codes}"
    return _parameter(_code_parser(value_type), json_type, description, [item.example])


def _code_parser(value_type: ValueType) -> Callable[[Any, ValidationInfo], Selection]:
    """Parses codes that the data must have."""

    def parse(raw: Sequence[str], info: ValidationInfo) -> Selection:
        return parse_selection(raw, value_type, (info.context or NO_CONTEXT).vocabulary)

    return parse


CodeFilter = TypeAliasType(
    "CodeFilter",
    Annotated[
        str, Field(pattern=f"^!?{CODE_PATTERN.strip('^$')}$", max_length=MAX_SLUG_LENGTH + 1)
    ],
)


@cache
def _json_value(value_type: ValueType) -> Any:
    """The JSON type of one value. Those of enums, of ids and of codes have names."""
    enum = value_type.enum
    if enum is not None:
        excluded = Annotated[str, Field(pattern=f"^!({'|'.join(value_type.choices)})$")]
        return TypeAliasType(f"{enum.__name__}Filter", enum | excluded)
    pattern, max_length = f"^!?{value_type.pattern}$", value_type.max_length + 1
    value = Annotated[str, Field(pattern=pattern, max_length=max_length)]
    if value_type is SLUG_VALUE:
        return TypeAliasType("IdFilter", value)
    is_code = value_type.scheme is not None and value_type is not MAPPING_VALUE
    return CodeFilter if is_code else value


_TEXT = Annotated[str, Field(min_length=1, max_length=MAX_TEXT_LENGTH, pattern=r"^[^\x00]+$")]
_COUNT = Annotated[int, Field(ge=0, le=MAX_COUNT)]
DateWindow = TypeAliasType("DateWindow", Annotated[str, Field(pattern=WINDOW_PATTERN)])
Moment = TypeAliasType("Moment", Annotated[str, Field(pattern=MOMENT_PATTERN)])


def _moment_after(raw: str, info: ValidationInfo) -> KnownAt:
    context: QueryContext = info.context or NO_CONTEXT
    return context.history.after(raw)


def _moment_known(raw: str, info: ValidationInfo) -> KnownAt:
    context: QueryContext = info.context or NO_CONTEXT
    return context.history.known_at(raw)


def _field(parameter: Parameter) -> Any:
    """The field of a parameter that filters a list."""
    description, example = parameter.description, parameter.example
    match parameter.criterion:
        case Filter() as item:
            return _values(item)
        case NumberRange(is_count=True):
            return _parameter(parse_count, _COUNT, description, int(example))
        case NumberRange():
            return _parameter(parse_number, float, description, float(example))
        case DateRange(up_to=up_to):
            parse = partial(parse_window, up_to=up_to)
            return _parameter(parse, DateWindow, description, example)
        case LatestPerGroup():
            return _parameter(parse_boolean, bool, description, True)
        case FullText():
            return _parameter(parse_full_text, _TEXT, description, example)
        case _:
            return _parameter(_moment_after, Moment, description, example)


KNOWN_AT = _parameter(
    _moment_known,
    Moment,
    "The data as the API served them at this instant, at the end of this day (UTC), or in this"
    " dataset version.",
    "2026-11-24",
)
_BYTE_ORDER_MARK = _parameter(
    parse_boolean,
    bool,
    "CSV alone: begin with a byte order mark, for Excel.",
    True,
)


def _fields_parameter(listing: Listing) -> Any:
    description = (
        "Only these fields. A number always has the fields that it must not be shown without."
    )
    return _names(listing.fields, description)


def _include_parameter(listing: Listing) -> Any:
    lines = [f"- `{include.name}`: {include.description}" for include in listing.includes]
    lines.append("- `history`: Earlier revisions of each record, newest first.")
    description = "\n".join(["Related records, under `included`.", *lines])
    return _names(listing.include_names, description)


def _sort_parameter(listing: Listing) -> Any:
    names = tuple(name for sort in listing.sorts for name in (sort.name, f"-{sort.name}"))
    json_type = _list_of(Literal[names], max_length=listing.max_sort_keys)
    description = (
        "Sort keys, the first one first; `-` means descending. Nulls sort last. Default:"
        f" `{listing.default_sort}`."
    )
    parse = partial(parse_sort, listing=listing)
    return _parameter(parse, json_type, description)


_LIMIT = _parameter(
    partial(parse_whole, least=1, most=MAX_LIMIT),
    Annotated[int, Field(ge=1, le=MAX_LIMIT)],
    f"Records per page. Default: {DEFAULT_LIMIT}; all in CSV and NDJSON.",
    10,
)
_TOTAL = _parameter(
    partial(parse_choice, choices=get_args(TotalMode)),
    TotalMode,
    "How matches are counted: up to 1,000 (`up_to_1000`), all of them (`exact`, within the time"
    f" limit), or not at all (`none`). Default: `{DEFAULT_TOTAL_MODE}`.",
    "exact",
)
_CURSOR = _parameter(
    str,
    Annotated[str, Field(pattern="^[A-Za-z0-9_-]+$")],
    "Position in the list, from `links.next` or `links.prev` of a page with the same filters and"
    " sort.",
)


# ------------------------------------------------------------------------------------------- models


class ListParameters(Parameters):
    """The parameters of a list, made by `list_parameters`."""

    listing: ClassVar[Listing]

    @cached_property
    def filters(self) -> tuple[AppliedFilter, ...]:
        return applied_filters(self.listing.parameters_by_name, self.values)

    def contradictions(self) -> Iterator[QueryError]:
        return contradictions(self.listing, self.values, self.filters)


def list_parameters(listing: Listing, *, is_file: bool = False) -> type[ListParameters]:
    """The model of a list's parameters; `is_file`: of the list as a file."""
    fields = {parameter.name: _field(parameter) for parameter in listing.parameters}
    for name in listing.required:
        annotation, field = fields[name]
        fields[name] = (annotation, Field(description=field.description, examples=field.examples))
    choices = {
        "match_all": listing.multiple,
        "missing": listing.nullable,
        "present": listing.nullable,
    }
    if listing.multiple:
        fields["match_all"] = _names(
            listing.multiple, "Filters whose values must all match, each by a link of its own."
        )
    if listing.nullable:
        names: Any = TypeAliasType(f"{_class_name(listing)}Filter", Literal[listing.nullable])
        fields |= {
            "missing": _names(listing.nullable, "Only records without a value of these.", names),
            "present": _names(listing.nullable, "Only records with a value of each.", names),
        }
    if listing.supports_known_at:
        fields["known_at"] = KNOWN_AT
    if listing.sorts:
        fields["sort"] = _sort_parameter(listing)
    if listing.fields:
        fields["fields"] = _fields_parameter(listing)
    if listing.include_names:
        fields["include"] = _include_parameter(listing)
    if listing.facets:
        facets = tuple(item.name for item in listing.facets)
        fields["facets"] = _names(facets, "Count the matches by value, under `facets`.")
    if listing.is_paged:
        fields |= {"total": _TOTAL, "limit": _LIMIT, "cursor": _CURSOR}
    if is_file:
        fields["bom"] = _BYTE_ORDER_MARK
    model = create_model(f"{_class_name(listing)}Parameters", __base__=ListParameters, **fields)
    model.listing = listing
    model.subject = f"the list of {listing.plural}"
    model.choices = choices
    model.repeatable = frozenset(
        parameter.name
        for parameter in listing.parameters
        if isinstance(parameter.criterion, Filter) and parameter.criterion.value_type.many
    )
    return model


def _class_name(listing: Listing) -> str:
    return "".join(word.title() for word in listing.plural.replace(",", "").split())


class ItemParameters(Parameters):
    """The parameters of a record, made by `item_parameters`."""


def item_parameters(resource: Resource, *, is_file: bool = False) -> type[ItemParameters]:
    """The model of a record's parameters; `is_file`: of the record as a file."""
    fields = {
        "fields": _fields_parameter(resource),
        "include": _include_parameter(resource),
        "known_at": KNOWN_AT,
    }
    if is_file:
        fields["bom"] = _BYTE_ORDER_MARK
    model = create_model(f"{resource.type.title()}Parameters", __base__=ItemParameters, **fields)
    model.subject = f"one {resource.type}"
    return model


def _day_of_access(raw: str, info: ValidationInfo) -> date:
    history = (info.context or NO_CONTEXT).history
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        raise InvalidValue(
            f"Write a day of the calendar, such as 2026-05-04: {echo(raw)}."
        ) from None
    # It may already be tomorrow in the client's time zone.
    if day > history.today + timedelta(days=1):
        raise InvalidValue("Leave it out for today: this day lies in the future.")
    return day


class CitationParameters(Parameters):
    """The parameters of a citation. `accessed` None: the day of the request."""

    subject: ClassVar[str] = "a citation"
    style: Annotated[
        CitationStyle | None,
        PlainValidator(
            partial(parse_choice, choices=codes(CitationStyle)),
            json_schema_input_type=CitationStyle,
        ),
    ] = Field(
        None,
        description="Citation style; overrides `Accept`. Default: the style that `Accept` prefers,"
        " `sentence` first.",
        examples=["apa"],
    )
    accessed: Annotated[
        date | None,
        PlainValidator(
            _day_of_access,
            json_schema_input_type=Annotated[
                str, Field(pattern=DAY_PATTERN, json_schema_extra={"format": "date"})
            ],
        ),
    ] = Field(
        None,
        description="Day of access; default: today in UTC. Not before the revision was recorded.",
        examples=["2026-11-24"],
    )
    known_at: Annotated[
        KnownAt | None,
        PlainValidator(_moment_known, json_schema_input_type=Moment),
    ] = Field(
        None,
        description="Cite the revision of this instant, of the end of this day (UTC), or of this"
        " dataset version.",
        examples=["2026-11-24"],
    )

    def canonical(self, style: CitationStyle) -> str:
        """The canonical query for a style. It names the style, so that `Accept` has no effect."""
        values = {"style": style, "accessed": self.accessed, "known_at": self.known_at}
        return "&".join(canonical_pairs(values).values())


class TextParameters(Parameters):
    """The parameters of the text of a source."""

    subject: ClassVar[str] = "a text"
    known_at: Annotated[
        KnownAt | None,
        PlainValidator(_moment_known, json_schema_input_type=Moment),
    ] = Field(
        None,
        description="The text as it was served at this instant, at the end of this day (UTC), or in"
        " this dataset version.",
        examples=["2026-11-24"],
    )


class CardParameters(Parameters):
    """The parameters of a card."""

    subject: ClassVar[str] = "a card"
    theme: Annotated[
        Theme,
        PlainValidator(partial(parse_choice, choices=codes(Theme)), json_schema_input_type=Theme),
    ] = Field(
        "auto",
        description="Colours of the HTML card: those of the reader's system, or fixed ones.",
        examples=["dark"],
    )


_Pixels = Annotated[
    int | None,
    PlainValidator(
        partial(parse_whole, least=1, most=99_999),
        json_schema_input_type=Annotated[int, Field(ge=1, le=99_999)],
    ),
]


class OembedParameters(Parameters):
    """The parameters of an oEmbed consumer, which may add further ones.

    `maxwidth` and `maxheight` are in CSS pixels; None: any.
    """

    model_config = ConfigDict(extra="allow")
    subject: ClassVar[str] = "oEmbed"
    url: Annotated[str, Field(pattern=r"^[^\x00]*$")] = Field(
        description="URL of a record or of its card.", examples=[_RECORD_URL]
    )
    format: Annotated[str, PlainValidator(str, json_schema_input_type=Literal["json"])] = Field(
        "json", description="`json`; any other format, including `xml`, is 501.", examples=["json"]
    )
    maxwidth: _Pixels = Field(
        None, description="Maximum width of the iframe in CSS pixels.", examples=[480]
    )
    maxheight: _Pixels = Field(
        None, description="Maximum height of the iframe in CSS pixels.", examples=[480]
    )

    @property
    def unread(self) -> tuple[str, ...]:
        """The names of the first further parameters."""
        names = list(self.model_extra or ())
        return tuple(name[:MAX_ECHOED] for name in names)[:_MAX_UNREAD_PARAMETERS]

    def canonical(self) -> str:
        values = {
            "url": self.url,
            "format": self.format,
            "maxwidth": self.maxwidth,
            "maxheight": self.maxheight,
            "unread": self.unread,
        }
        return "&".join(canonical_pairs(values).values())
