"""Seed files, parsed and validated: the input of the checks and of the records."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from app.curation import schema as s
from app.curation.files import Finding, Location, SeedError, SeedTree, lock_path, read_yaml
from app.curation.quotes import Lock, LockError, Quote, Texts, parse_lock
from app.curation.readers.speech import Span, speech_spans
from app.vocabulary import ResourceType, codes

T_co = TypeVar("T_co", bound=BaseModel, covariant=True)
M = TypeVar("M")
T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Entry(Generic[T_co]):
    """A part of a seed file and its location."""

    file: Path
    location: Location
    seed: T_co

    def finding(self, rule: str, message: str, *within: str | int) -> Finding:
        return Finding(
            file=self.file, location=(*self.location, *within), rule=rule, message=message
        )


@dataclass(frozen=True)
class Article:
    """One `facts.yaml` with its lock and its text, each None if it is missing."""

    file: Path
    seed: s.ArticleSeed
    lock: Lock | None
    text: str | None

    @property
    def source(self) -> Entry[s.SourceSeed]:
        return Entry(self.file, ("source",), self.seed.source)

    @property
    def is_english(self) -> bool:
        """Whether the text is in English; a source without a language counts as English."""
        language = self.seed.source.language
        return language is None or language.split("-")[0].lower() == "en"

    def entries(self, name: str) -> Iterator[Entry[Any]]:
        for index, item in enumerate(getattr(self.seed, name)):
            yield Entry(self.file, (name, index), item)

    @cached_property
    def speech(self) -> list[Span]:
        """The passages of direct speech in the text."""
        return speech_spans(self.text or "")

    @cached_property
    def quotes(self) -> tuple[Entry[s.QuoteSeed], ...]:
        return tuple(entry for entry in walk(Entry(self.file, (), self.seed), s.QuoteSeed))


@dataclass
class Seeds:
    """A seed tree. Invalid files are missing from the lists, but `known_ids` has their ids."""

    tree: SeedTree
    actors: list[Entry[s.ActorSeed]] = field(default_factory=list)
    places: list[Entry[s.PlaceSeed]] = field(default_factory=list)
    series: list[Entry[s.SeriesSeed]] = field(default_factory=list)
    other_corrections: list[Entry[s.CorrectionSeed]] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    known_ids: dict[ResourceType, set[str]] = field(default_factory=dict)

    @cached_property
    def is_partial(self) -> bool:
        """Whether articles are missing: they are invalid or not selected."""
        return len(self.articles) < len(self.tree.articles)

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
    def series_by_id(self) -> dict[str, s.SeriesSeed]:
        return {entry.seed.id: entry.seed for entry in self.series}


def walk(entry: Entry[Any], *models: type[T]) -> Iterator[Entry[T]]:
    """Yield the entry and its parts that are of one of these models, with their locations."""
    if isinstance(entry.seed, models):
        yield entry
    for name in type(entry.seed).model_fields:
        value = getattr(entry.seed, name)
        for index, item in enumerate(value if isinstance(value, tuple) else (value,)):
            if isinstance(item, BaseModel):
                location = (name, index) if isinstance(value, tuple) else (name,)
                yield from walk(Entry(entry.file, (*entry.location, *location), item), *models)


def as_quote(seed: s.QuoteSeed) -> Quote:
    return Quote(seed.quote, seed.prefix, seed.suffix)


# ------------------------------------------------------------------------------------ reading files


_ACTORS = TypeAdapter(tuple[s.ActorSeed, ...])
_PLACES = TypeAdapter(tuple[s.PlaceSeed, ...])
_SERIES = TypeAdapter(tuple[s.SeriesSeed, ...])
_CORRECTIONS = TypeAdapter(tuple[s.CorrectionSeed, ...])
_ARTICLE = TypeAdapter(s.ArticleSeed)


def read_seeds(tree: SeedTree, texts: Texts) -> tuple[Seeds, list[Finding]]:
    """Return the valid seeds, and a finding for each problem of the others.

    Raises SeedError if the tree has no folder.
    """
    if not tree.root.is_dir():
        raise SeedError(
            [
                Finding(
                    file=tree.root,
                    rule="file",
                    message="is not a folder; name the folder of the seeds",
                )
            ]
        )
    seeds = Seeds(tree, known_ids={resource_type: set() for resource_type in codes(ResourceType)})
    findings: list[Finding] = []
    shared: tuple[tuple[Path, TypeAdapter[Any], ResourceType, list[Any]], ...] = (
        (tree.actors, _ACTORS, "actor", seeds.actors),
        (tree.places, _PLACES, "place", seeds.places),
        (tree.measures, _SERIES, "series", seeds.series),
    )
    for path, adapter, resource_type, target in shared:
        if path.exists():
            items = _read(
                path,
                adapter,
                (s.ActorSeed, s.PlaceSeed, s.SeriesSeed),
                seeds.known_ids,
                resource_type,
                findings,
            )
            target.extend(Entry(path, (index,), item) for index, item in enumerate(items or ()))
    if tree.corrections.exists():
        items = _read(
            tree.corrections, _CORRECTIONS, (s.CorrectionSeed,), seeds.known_ids, None, findings
        )
        seeds.other_corrections += [
            Entry(tree.corrections, (index,), item) for index, item in enumerate(items or ())
        ]
    findings += [
        Finding(
            file=folder / "facts.yaml",
            rule="file",
            message="is missing: every folder under articles/ has one",
        )
        for folder in tree.article_folders
        if not (folder / "facts.yaml").is_file() and tree.only is None
    ]
    for path in _selected_articles(tree, seeds.known_ids):
        seed = _read(path, _ARTICLE, (s.ArticleSeed,), seeds.known_ids, None, findings)
        if seed is not None:
            seeds.articles.append(_article(path, seed, texts, findings))
    return seeds, findings


_ID_PATTERN = re.compile(
    rb"\b(?:id|to|event|denominator)[\"']?\s*:\s*[\"']?([a-z0-9]+(?:-[a-z0-9]+)*)"
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


def _article(path: Path, seed: s.ArticleSeed, texts: Texts, findings: list[Finding]) -> Article:
    lock: Lock | None = None
    text: str | None = None
    lock_file = lock_path(path)
    if lock_file.exists():
        try:
            lock = parse_lock(lock_file.read_text(encoding="utf-8"))
        except (LockError, UnicodeDecodeError, OSError, RecursionError) as error:
            message = (
                str(error)
                if isinstance(error, LockError)
                else "cannot be read; run “onrecord lock”"
            )
            findings.append(Finding(file=lock_file, rule="lock", message=message))
    try:
        text = texts.get(seed.source.content_sha256)
    except UnicodeDecodeError as error:
        findings.append(
            Finding(
                file=path,
                location=("source", "content_sha256"),
                rule="text-is-utf-8",
                message=f"the text with this hash is not UTF-8 (byte {error.start}); offsets into"
                " it would mean nothing",
            )
        )
    return Article(path, seed, lock, text)


def _read(
    path: Path,
    adapter: TypeAdapter[M],
    models: Sequence[type[BaseModel]],
    known_ids: dict[ResourceType, set[str]],
    resource_type: Any,
    findings: list[Finding],
) -> M | None:
    try:
        data = read_yaml(path)
    except SeedError as error:
        findings.extend(error.findings)
        return None
    _note_ids(data, resource_type, known_ids)
    if data is None and adapter is not _ARTICLE:
        data = []  # an empty list is written as an empty file
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        model = (
            models[0]
            if resource_type is None
            else models[("actor", "place", "series").index(resource_type)]
        )
        findings.extend(
            _shape_finding(path, model, details) for details in error.errors(include_url=False)
        )
        return None


def _note_ids(
    data: Any, resource_type: ResourceType | None, known_ids: dict[ResourceType, set[str]]
) -> None:
    """Collect the ids of a file, also of an invalid one: references to them are not mistakes."""

    def note(kind: ResourceType, items: Any) -> None:
        if isinstance(items, list):
            known_ids[kind].update(
                item["id"]
                for item in items
                if isinstance(item, dict) and isinstance(item.get("id"), str)
            )

    if resource_type is not None:
        note(resource_type, data)
    elif isinstance(data, dict):
        note("source", [data.get("source")])
        note("event", data.get("events"))
        note("statement", data.get("statements"))
        note("figure", data.get("figures"))


# -------------------------------------------------------------------- messages of Pydantic's errors


_PATTERN_MESSAGES = {
    "[a-z0-9]+(?:-[a-z0-9]+)*": "must be an id: lower-case letters and digits in words joined by"
    " hyphens, e.g. gaza-strip",
    "[A-Z]{2}$": "must be a country code of two capital letters (ISO 3166-1), e.g. QA",
    "[0-9a-f]{64}": "must be a SHA-256 of the text's file: 64 digits 0–9 a–f (sha256sum prints it)",
    "https?://": "must be a web address that begins with http:// or https://",
    "[A-Z]{3}": "must be a unit: a word such as person or percent, or a currency in three capitals"
    " such as USD",
    "[A-Za-z]{2,3}(-": "must be a language tag (BCP 47), e.g. en or pt-BR",
    "[a-z]+(_[a-z]+)*": "must be lower-case words joined by underscores, e.g. people_killed",
}
_MESSAGES = {
    "string_type": "must be text; put it in quotation marks if it looks like a number",
    "tuple_type": "must be a list: lines that begin with “- ”",
    "model_type": "must be keys with values, e.g. “id: …”",
    "model_attributes_type": "must be keys with values, e.g. “id: …”",
    "string_too_short": "is empty; leave the key out where the text does not tell",
    "too_short": "is empty; every record rests on at least one quote",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "greater_than": "must be above 0",
    "less_than_equal": "must be at most 1",
    "bool_type": "must be true or false",
}


def _shape_finding(path: Path, model: type[BaseModel], details: ErrorDetails) -> Finding:
    location = tuple(details["loc"])
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "extra_forbidden":
        known_keys = _keys_at(model, location[:-1])
        message = f"unknown key “{location[-1]}”{_did_you_mean(str(location[-1]), known_keys)}"
        if value is None:
            message += "; a text with a comma inside {…} stands in quotation marks"
    elif kind == "missing":
        message = f"“{location[-1]}” is missing"
        location = location[:-1]
    elif kind == "literal_error":
        choices = re.findall(r"'([^']+)'", str(context["expected"]))
        message = (
            f"“{value}” is not accepted: one of"
            f" {', '.join(choices)}{_did_you_mean(str(value), choices)}"
        )
    elif kind == "string_pattern_mismatch":
        form = next(
            text for part, text in _PATTERN_MESSAGES.items() if part in str(context["pattern"])
        )
        message = f"“{value}” {form}"
    elif kind == "string_too_long":
        message = f"“{value}” is longer than {context['max_length']} characters"
    elif kind == "value_error":
        message = str(context["error"])
    else:
        message = _MESSAGES.get(kind, details["msg"])
    return Finding(file=path, location=location, rule="shape", message=message)


def _did_you_mean(value: str, choices: Sequence[str]) -> str:
    matches = difflib.get_close_matches(value, choices, n=1, cutoff=0.6)
    return (
        f"; did you mean “{matches[0]}”?"
        if matches
        else (f"; known are {', '.join(choices)}" if choices else "")
    )


def _keys_at(model: type[BaseModel], location: Location) -> list[str]:
    """Return the keys that the schema has at a location."""
    current: Any = model
    for step in location:
        if isinstance(step, int):
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
