"""Seed files, parsed and validated: the input of the checks and of the records."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import count
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from app.curation import schema as s
from app.curation.figure_words import FigureWords, read_figure
from app.curation.files import Finding, Location, SeedError, SeedTree, lock_path
from app.curation.lookalikes import printed
from app.curation.quotes import (
    Lock,
    LockEntry,
    LockError,
    Quote,
    QuoteAmbiguousError,
    QuoteNotFoundError,
    Range,
    Texts,
    locate,
    parse_lock,
    sentences,
    sha256,
)
from app.curation.readers.speech import Span, speech_spans, turns_of_speech
from app.curation.yaml_reader import read_yaml
from app.vocabulary import CODE_PATTERN, SCHEMES, ResourceType, Scheme, codes

T_co = TypeVar("T_co", bound=BaseModel, covariant=True)
M = TypeVar("M")
C = TypeVar("C", bound=str)
T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Entry(Generic[T_co]):
    """A part of a seed file and its location."""

    file: Path
    location: Location
    seed: T_co

    @cached_property
    def quotes(self) -> tuple["Entry[s.QuoteSeed]", ...]:
        return tuple(walk(self, s.QuoteSeed))

    @property
    def evidence(self) -> "tuple[Entry[s.EvidenceSeed], ...]":
        return (*self.quotes, *self.ranges)

    @cached_property
    def ranges(self) -> tuple["Entry[s.EvidenceRangeSeed]", ...]:
        return tuple(walk(self, s.EvidenceRangeSeed))

    @cached_property
    def published_words(self) -> tuple[str, ...]:
        """The source's words in its evidence: quotes, and the first and last words of ranges."""
        ends = (words for entry in self.ranges for words in (entry.seed.first, entry.seed.last))
        return (*(entry.seed.quote for entry in self.quotes), *ends)

    def finding(self, rule: str, message: str, *within: str | int) -> Finding:
        return Finding(
            file=self.file, location=(*self.location, *within), rule=rule, message=message
        )


@dataclass(frozen=True)
class Article:
    """One `facts.yaml` with its lock and its text, each None if it is missing.

    `is_complete`: no part had to be left out because of its shape. `indices`: where in the file the
    items of a list are from which some were left out.
    """

    file: Path
    seed: s.ArticleSeed
    lock: Lock | None
    text: str | None
    is_complete: bool = True
    indices: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def source(self) -> Entry[s.SourceSeed]:
        return Entry(self.file, ("source",), self.seed.source)

    @property
    def is_english(self) -> bool:
        """Whether the text is in English; a source without a language counts as English."""
        language = self.seed.source.language
        return language is None or language.split("-")[0].lower() == "en"

    @property
    def language(self) -> str:
        return self.seed.source.language or "en"

    @cached_property
    def figure_words(self) -> dict[str, FigureWords]:
        """What the words of each figure say, by id; without those that no quote has."""
        words = (
            (figure.id, read_figure(figure, self.language, self.text))
            for figure in self.seed.figures
        )
        return {key: value for key, value in words if value is not None}

    def entries(self, name: str) -> tuple[Entry[Any], ...]:
        """Return the entries of a list, such as `events`."""
        return self._entries[name]

    @cached_property
    def _entries(self) -> dict[str, tuple[Entry[Any], ...]]:
        return {
            name: tuple(
                Entry(self.file, (name, index), item)
                for index, item in zip(
                    self.indices.get(name, count()), getattr(self.seed, name), strict=False
                )
            )
            for name in s.ArticleSeed.model_fields
            if name != "source"
        }

    @cached_property
    def speech(self) -> list[Span]:
        """The passages of direct speech in the text."""
        return speech_spans(self.text or "")

    @cached_property
    def turns(self) -> list[tuple[Span, int]]:
        """The turns of a transcript: each label, and where the words behind it end."""
        return list(turns_of_speech(self.text or ""))

    @cached_property
    def sentences(self) -> list[Span]:
        return sentences(self.text or "")

    @cached_property
    def quotes(self) -> tuple[Entry[s.QuoteSeed], ...]:
        return tuple(quote for entry in self._all_entries() for quote in entry.quotes)

    @cached_property
    def spans(self) -> tuple[Entry[s.QuoteSeed | s.RangeSeed], ...]:
        """The quotes and ranges of all its records."""
        return tuple(
            span
            for entry in self._all_entries()
            for spans in (entry.quotes, walk(entry, s.RangeSeed))
            for span in spans
        )

    def _all_entries(self) -> Iterator[Entry[Any]]:
        for entries in self._entries.values():
            yield from entries

    def parts(self, *models: type[T]) -> Iterator[Entry[T]]:
        """Yield all parts of the article that are of one of these models."""
        for entry in (self.source, *self._all_entries()):
            yield from walk(entry, *models)

    @cached_property
    def published_words(self) -> str:
        """The words of all its quotes and of the ends of its ranges, one a line."""
        return "\n".join(
            words
            for entry in self.spans
            for words in (
                (entry.seed.quote,)
                if isinstance(entry.seed, s.QuoteSeed)
                else (entry.seed.first, entry.seed.last)
            )
        )

    @cached_property
    def located_spans(
        self,
    ) -> tuple[tuple[Entry[s.QuoteSeed | s.RangeSeed], LockEntry | ValueError], ...]:
        """The quotes and ranges, each with its place in the text or with what is wrong; empty if
        there is no text.
        """
        if self.text is None:
            return ()
        return tuple((entry, self.locate(entry.seed)) for entry in self.spans)

    def words_of(self, entry: Entry[Any]) -> str | None:
        """Return all words of the source that prove a record, one span a line; None: it has a range
        whose words are not known, as the text is not at hand.
        """
        result = [quote.seed.quote for quote in entry.quotes]
        for item in entry.ranges:
            place = self.locate(item.seed)
            if self.text is None:
                return None
            result += (
                [item.seed.first, item.seed.last]
                if isinstance(place, ValueError)
                else [self.text[place.start : place.end]]
            )
        return "\n".join(result)

    def locate(self, seed: s.QuoteSeed | s.RangeSeed) -> LockEntry | ValueError:
        """Return the place of a quote or a range in the text, or what is wrong with it."""
        if self.text is None:
            return ValueError("the text is not at hand")
        item = as_span(seed)
        if item not in self._located:
            try:
                self._located[item] = locate(self.text, item)
            except (QuoteNotFoundError, QuoteAmbiguousError) as error:
                self._located[item] = error
        return self._located[item]

    @cached_property
    def _located(self) -> dict[Quote | Range, LockEntry | ValueError]:
        return {}

    def place_of(self, seed: s.QuoteSeed | s.RangeSeed) -> LockEntry | None:
        """Return the place of a quote or a range in the text, None if it has none."""
        place = self.locate(seed)
        return None if isinstance(place, ValueError) else place


@dataclass
class Seeds:
    """A seed tree.

    Invalid entries are missing from the lists, but `known_ids` and `known_codes` have them.
    """

    tree: SeedTree
    actors: list[Entry[s.ActorSeed]] = field(default_factory=list)
    places: list[Entry[s.PlaceSeed]] = field(default_factory=list)
    series: list[Entry[s.SeriesSeed]] = field(default_factory=list)
    other_corrections: list[Entry[s.CorrectionSeed]] = field(default_factory=list)
    vocabulary: dict[Scheme, list[Entry[s.CodeSeed]]] = field(default_factory=dict)
    articles: list[Article] = field(default_factory=list)
    known_ids: dict[ResourceType, set[str]] = field(default_factory=dict)
    known_codes: dict[Scheme, set[str]] = field(default_factory=dict)

    @cached_property
    def is_partial(self) -> bool:
        """Whether records are missing: they are invalid or not selected."""
        return len(self.articles) < len(self.tree.articles) or not all(
            article.is_complete for article in self.articles
        )

    def all_of(self, name: str) -> Iterator[Entry[Any]]:
        """Yield the entries of a list of `facts.yaml`, such as `events`, of all articles."""
        for article in self.articles:
            yield from article.entries(name)

    @property
    def corrections(self) -> Iterator[Entry[s.CorrectionSeed]]:
        """The corrections in all articles and those in `corrections.yaml`."""
        yield from self.all_of("corrections")
        yield from self.other_corrections

    @cached_property
    def events_by_id(self) -> dict[str, s.EventSeed]:
        return {entry.seed.id: entry.seed for entry in self.all_of("events")}

    @cached_property
    def series_by_id(self) -> dict[str, s.SeriesSeed]:
        return {entry.seed.id: entry.seed for entry in self.series}


def walk(entry: Entry[Any], *models: type[T]) -> Iterator[Entry[T]]:
    """Yield the entry and its parts that are of one of these models, with their locations."""
    if isinstance(entry.seed, models):
        yield entry
    model: type[BaseModel] = type(entry.seed)
    for name in fields_with_parts(model):
        value = getattr(entry.seed, name)
        for index, item in enumerate(value if isinstance(value, tuple) else (value,)):
            if isinstance(item, BaseModel):
                location = (name, index) if isinstance(value, tuple) else (name,)
                yield from walk(Entry(entry.file, (*entry.location, *location), item), *models)


@cache
def fields_with_parts(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields of a model that contain models."""
    return tuple(
        name
        for name, field_info in model.model_fields.items()
        if _model_in(field_info.annotation) is not None
    )


def as_quote(seed: s.QuoteSeed) -> Quote:
    return Quote(seed.quote, seed.prefix, seed.suffix)


def as_span(seed: s.QuoteSeed | s.RangeSeed) -> Quote | Range:
    return as_quote(seed) if isinstance(seed, s.QuoteSeed) else Range(seed.first, seed.last)


def words_key(seed: s.QuoteSeed | s.RangeSeed) -> str:
    """Return the key under which the words stand, for the location of a finding."""
    return "quote" if isinstance(seed, s.QuoteSeed) else "first"


# ------------------------------------------------------------------------------------ reading files


_ARTICLE = TypeAdapter(s.ArticleSeed)
_SHARED: tuple[tuple[str, type[BaseModel], ResourceType | None], ...] = (
    ("actors", s.ActorSeed, "actor"),
    ("places", s.PlaceSeed, "place"),
    ("measures", s.SeriesSeed, "series"),
    ("corrections", s.CorrectionSeed, None),
)


def read_seeds(tree: SeedTree, texts: Texts) -> tuple[Seeds, list[Finding]]:
    """Return the valid seeds, and a finding for each problem of the others.

    A record with a mistake of shape is left out; all others are read. Raises SeedError if the tree
    has no folder.
    """
    if not tree.root.is_dir():
        message = "Name the folder of the seeds: this is not a folder"
        raise SeedError([Finding(file=tree.root, rule="file", message=message)])
    seeds = Seeds(tree, known_ids={resource_type: set() for resource_type in codes(ResourceType)})
    findings: list[Finding] = []
    lists: tuple[list[Any], ...] = (
        seeds.actors,
        seeds.places,
        seeds.series,
        seeds.other_corrections,
    )
    for (name, model, resource_type), target in zip(_SHARED, lists, strict=True):
        path = tree.root / f"{name}.yaml"
        if path.exists():
            target += _read_list(path, model, resource_type, seeds.known_ids, findings)
    _read_vocabulary(seeds, findings)
    findings += [
        Finding(
            file=folder / "facts.yaml",
            rule="file",
            message="Add this file, or delete its folder: every folder under articles/ has one",
        )
        for folder in tree.article_folders
        if not (folder / "facts.yaml").is_file() and tree.only is None
    ]
    for path in _selected_articles(tree, seeds.known_ids):
        article = _read_article(path, texts, seeds.known_ids, findings)
        if article is not None:
            seeds.articles.append(article)
    return seeds, findings


_ID_PATTERN = re.compile(
    rb"\b(?:id|to|event|denominator|supersedes)[\"']?\s*:\s*[\"']?([a-z0-9]+(?:-[a-z0-9]+)*)"
)


def _selected_articles(tree: SeedTree, known_ids: dict[ResourceType, set[str]]) -> list[Path]:
    """Return the articles to read: all, or the selected ones after those that share an id with
    them.

    Shared ids are searched in the files' bytes, without parsing them, so that checking one article
    among thousands is fast.
    """
    if tree.only is None:
        return tree.articles
    shared = known_ids["actor"] | known_ids["place"] | known_ids["series"]
    mentioned_ids: set[bytes] = set()
    for path in tree.only:
        if path.is_file():
            mentioned_ids.update(_ID_PATTERN.findall(path.read_bytes()))
    mentioned_ids -= {item.encode() for item in shared}
    other_articles = [path for path in tree.articles if path not in tree.only]
    context = [
        path
        for path in other_articles
        if not mentioned_ids.isdisjoint(_ID_PATTERN.findall(path.read_bytes()))
    ]
    return [*context, *sorted(tree.only)]


def _read_list(
    path: Path,
    model: type[BaseModel],
    resource_type: ResourceType | None,
    known_ids: dict[ResourceType, set[str]],
    findings: list[Finding],
) -> Iterator[Entry[Any]]:
    """Yield the valid items of a shared file; an empty file is an empty list."""
    try:
        data = read_yaml(path)
    except SeedError as error:
        findings.extend(error.findings)
        return
    if not isinstance(data, list | None):
        message = "Write a list: lines that begin with “- ”"
        findings.append(Finding(file=path, rule="shape", message=message))
        return
    if resource_type is not None:
        _note_ids({resource_type: data}, known_ids)
    yield from _validated(path, model, data or (), (), findings)


def _read_vocabulary(seeds: Seeds, findings: list[Finding]) -> None:
    path = seeds.tree.vocabulary
    seeds.vocabulary = {scheme: [] for scheme in SCHEMES}
    seeds.known_codes = {scheme: set() for scheme in SCHEMES}
    if not path.exists():
        if seeds.tree.articles:
            message = "Copy the vocabulary.yaml of another seed tree here: it explains all codes"
            findings.append(Finding(file=path, rule="file", message=message))
        return
    try:
        data = read_yaml(path)
    except SeedError as error:
        findings.extend(error.findings)
        return
    if not isinstance(data, dict):
        message = "Write schemes with their codes: “unit:”, and below it lines that begin with “- ”"
        findings.append(Finding(file=path, rule="shape", message=message))
        return
    for key, items in data.items():
        scheme = _nearest(str(key), SCHEMES)  # the codes of a mistyped scheme are no mistakes too
        if scheme is not None and isinstance(items, list):
            seeds.known_codes[scheme].update(
                item["code"]
                for item in items
                if isinstance(item, dict) and isinstance(item.get("code"), str)
            )
            seeds.vocabulary[scheme] += _validated(path, s.CodeSeed, items, (key,), findings)
        if key not in SCHEMES or not isinstance(items, list):
            message = _MESSAGES["tuple_type"]
            if key not in SCHEMES:
                message = _unknown_key(str(key), items, list(SCHEMES))
            findings.append(Finding(file=path, location=(str(key),), rule="shape", message=message))


def _validated(
    path: Path,
    model: type[BaseModel],
    items: Iterable[Any],
    location: Location,
    findings: list[Finding],
) -> Iterator[Entry[Any]]:
    for index, item in enumerate(items):
        try:
            yield Entry(path, (*location, index), model.model_validate(item))
        except ValidationError as error:
            findings += _shape_findings(path, model, error, (*location, index))


def _read_article(
    path: Path, texts: Texts, known_ids: dict[ResourceType, set[str]], findings: list[Finding]
) -> Article | None:
    try:
        data = read_yaml(path)
    except SeedError as error:
        findings.extend(error.findings)
        return None
    if isinstance(data, dict):
        _note_ids(
            {
                "source": [data.get("source")],
                "event": data.get("events"),
                "statement": data.get("statements"),
                "figure": data.get("figures"),
            },
            known_ids,
        )
    seed, indices = _validate_article(path, data, findings)
    if seed is None:
        return None
    content_sha256 = seed.source.content_sha256
    text = _read_text(path, content_sha256, texts, findings)
    return Article(path, seed, _read_lock(path, findings), text, indices is None, indices or {})


# What stands in for the invalid fields of a source, so that the rest of its article is checked.
_PLACEHOLDERS = {
    "id": "unknown",
    "title": "Unknown",
    "kind": "report",
    "content_sha256": "0" * 64,
    "text_access": "quotes_only",
}


def _validate_article(
    path: Path, data: Any, findings: list[Finding]
) -> tuple[s.ArticleSeed | None, dict[str, tuple[int, ...]] | None]:
    """Return the valid part of an article, and the indices of its items if it is not all of it."""
    try:
        return _ARTICLE.validate_python(data), None
    except ValidationError as error:
        findings += _shape_findings(path, s.ArticleSeed, error, ())
        invalid = {tuple(details["loc"][:2]) for details in error.errors(include_url=False)}
    if not isinstance(data, dict):
        return None, {}
    source = data.get("source")
    indices = {
        name: tuple(index for index in range(len(items)) if (name, index) not in invalid)
        for name, items in data.items()
        if name in s.ArticleSeed.model_fields and isinstance(items, list)
    }
    rest = {name: [data[name][index] for index in valid] for name, valid in indices.items()}
    fields = {
        name: value
        for name, value in (source if isinstance(source, dict) else {}).items()
        if ("source", name) not in invalid
    }
    try:
        article = s.ArticleSeed.model_validate({**rest, "source": _PLACEHOLDERS | fields})
    except ValidationError:
        return None, {}
    return article, indices


def _read_lock(path: Path, findings: list[Finding]) -> Lock | None:
    lock_file = lock_path(path)
    if not lock_file.exists():
        return None
    try:
        return parse_lock(lock_file.read_text(encoding="utf-8"))
    except LockError as error:
        message = str(error)
    except (UnicodeDecodeError, OSError, RecursionError):
        message = "Run “onrecord lock” with the text at hand: the file cannot be read"
    findings.append(Finding(file=lock_file, rule="lock", message=message))
    return None


def _read_text(
    path: Path, content_sha256: str, texts: Texts, findings: list[Finding]
) -> str | None:
    """Return the text with this hash; of a source with a free licence it may stand beside
    `facts.yaml`.
    """
    content = texts.get(content_sha256) or _read_text_beside(path, content_sha256, findings)
    if content is None:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        message = (
            f"Save the text as UTF-8 and give its new hash: byte {error.start} of the text with"
            " this hash is not UTF-8"
        )
        location = ("source", "content_sha256")
        findings.append(
            Finding(file=path, location=location, rule="text-is-utf-8", message=message)
        )
        return None


def _read_text_beside(path: Path, content_sha256: str, findings: list[Finding]) -> bytes | None:
    text_path = path.with_name("text.txt")
    if not text_path.is_file():
        return None
    content = text_path.read_bytes()
    if sha256(content) == content_sha256:
        return content
    message = f"Restore text.txt, or give its hash, {sha256(content)}: it has another hash"
    location = ("source", "content_sha256")
    findings.append(Finding(file=path, location=location, rule="text-has-changed", message=message))
    return None


def _note_ids(
    items_by_type: dict[ResourceType, Any], known_ids: dict[ResourceType, set[str]]
) -> None:
    """Collect the ids of a file, also of invalid records: references to them are not mistakes."""
    for resource_type, items in items_by_type.items():
        if isinstance(items, list):
            known_ids[resource_type].update(
                item["id"]
                for item in items
                if isinstance(item, dict) and isinstance(item.get("id"), str)
            )


# -------------------------------------------------------------------- messages of Pydantic's errors


_PATTERN_MESSAGES = {
    "[a-z0-9]+(?:-[a-z0-9]+)*": "Write an id, lower-case letters and digits in words joined by"
    " hyphens, e.g. gaza-strip",
    "[A-Z]{2}$": "Write a country code of two capital letters (ISO 3166-1), e.g. QA",
    "[0-9a-f]{64}": "Write the SHA-256 of the text's file, 64 digits 0–9 a–f (sha256sum prints it)",
    "https?://": "Write a web address that begins with http:// or https://",
    CODE_PATTERN: "Write a code, letters, digits and . _ -, e.g. people_killed",
    "[A-Za-z]{2,3}(-": "Write a language tag (BCP 47), e.g. en or pt-BR",
    "[a-z]+(_[a-z]+)*": "Write lower-case words joined by underscores, e.g. people_killed",
}
_MESSAGES = {
    "string_type": "Write text, in quotation marks if it looks like a number",
    "tuple_type": "Write a list: lines that begin with “- ”",
    "model_type": "Write keys with values, e.g. “id: …”",
    "model_attributes_type": "Write keys with values, e.g. “id: …”",
    "string_too_short": "Delete the empty key: what the text does not tell is left out",
    "too_short": "Add a quote: every record has at least one as evidence",
    "float_type": "Write a number",
    "float_parsing": "Write a number",
    "bool_type": "Write true or false",
}
_NULL = "Write a value, or delete the key: what the text does not tell is left out"
_KEY = re.compile(r"[a-z_]+")


def _shape_findings(
    path: Path, model: type[BaseModel], error: ValidationError, top: Location
) -> list[Finding]:
    errors = error.errors(include_url=False)
    # A list whose items are invalid counts as empty.
    return [
        _shape_finding(path, model, details, top)
        for details in errors
        if details["type"] != "too_short" or not details["input"]
    ]


def _shape_finding(
    path: Path, model: type[BaseModel], details: ErrorDetails, top: Location
) -> Finding:
    steps = tuple(details["loc"])
    location = tuple(step for step in steps if step not in s.FORMS)
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    shown = printed(value) if isinstance(value, str) else "the value"
    if kind == "extra_forbidden":
        message = _unknown_key(str(location[-1]), value, _keys_at(model, steps[:-1]))
    elif kind == "missing":
        message = f"Add “{location[-1]}”: it is required here"
        location = location[:-1]
    elif kind == "literal_error":
        choices = re.findall(r"'([^']+)'", str(context["expected"]))
        message = f"{_did_you_mean(str(value), choices)}{shown} is not accepted"
    elif kind == "string_pattern_mismatch":
        form = next(
            text for part, text in _PATTERN_MESSAGES.items() if part in str(context["pattern"])
        )
        message = f"{form}: {shown} is none"
    elif kind == "string_too_long":
        message = f"Shorten {shown}: it has at most {context['max_length']} characters"
    elif kind == "too_short" and location[-1] == "proves":
        message = "Name the fields that these words prove, or delete “proves”: it is empty"
    elif kind == "value_error":
        message = str(context["error"])
    else:
        message = _NULL if value is None else _MESSAGES.get(kind, details["msg"])
    return Finding(file=path, location=(*top, *location), rule="shape", message=message)


def _unknown_key(key: str, value: object, known_keys: Sequence[str]) -> str:
    if value is None:
        return f"Put a text with a comma inside {{…}} in quotation marks: {printed(key)} is no key"
    if not _KEY.fullmatch(key):
        return f"Put the text in quotation marks: “: ” after {printed(key)} would make it a key"
    return f"{_did_you_mean(key, known_keys)}there is no key {printed(key)}"


def _nearest(value: str, choices: Iterable[C]) -> C | None:
    """Return the choice that was probably meant, None if none is near."""
    names = {str(choice): choice for choice in choices}
    matches = difflib.get_close_matches(value[:60], names, n=1, cutoff=0.75)
    return names[matches[0]] if matches else None


def _did_you_mean(value: str, choices: Sequence[str]) -> str:
    nearest = _nearest(value, choices)
    if nearest is not None:
        return f"Did you mean “{nearest}”? "
    return f"Write one of {', '.join(choices)}: " if choices else "Delete it: "


def _keys_at(model: type[BaseModel], location: Location) -> list[str]:
    """Return the keys that the schema has at a location."""
    current: Any = model
    for step in location:
        if isinstance(step, int):
            continue
        if step in s.FORMS:
            current = s.FORMS[step]
            continue
        current = (
            _model_in(current.model_fields[step].annotation)
            if step in current.model_fields
            else None
        )
        if current is None:
            return []
    return list(current.model_fields)


def _model_in(annotation: Any) -> Any:
    if (
        isinstance(annotation, type)
        and get_origin(annotation) is None
        and issubclass(annotation, BaseModel)
    ):
        return annotation
    return next(
        (inner for part in get_args(annotation) if (inner := _model_in(part)) is not None), None
    )
