"""The path that was probably meant where there is nothing: `/v1/figures` for `/figure`."""

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from app.formats.media_types import FORMATS
from app.problems import KINDS
from app.resources import RESOURCES
from app.vocabulary import MAX_SLUG_LENGTH, SCHEMES, SLUG_PATTERN

_PREFIX = "v1"
_MIN_SIMILARITY = 0.8
"""Of words: `figure` and `figures` have 0.92, `places` and `sources` 0.46."""
_PARAMETERS: Mapping[str, Callable[[str], bool]] = {
    "{id}": lambda value: (
        len(value) <= MAX_SLUG_LENGTH and re.fullmatch(SLUG_PATTERN, value) is not None
    ),
    "{number}": str.isdecimal,
    "{format}": FORMATS.__contains__,
    "{scheme}": SCHEMES.__contains__,
    "{resource}": RESOURCES.__contains__,
    "{slug}": KINDS.__contains__,
}
"""Values that a parameter of a path may have; routes with other parameters are not proposed."""

_Segment = tuple[str, str]
"""A part of a path between slashes: what is before its last dot, and what is after it."""


class NearPaths:
    """The paths of an application, of which one may be near to a path that it does not have."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = routes

    @cached_property
    def _templates(self) -> Sequence[Sequence[_Segment]]:
        """The paths of the routes. Few applications need them, and they take a while."""
        paths = dict.fromkeys(context.path for context in iter_route_contexts(self._routes))
        return [_segments(path) for path in paths if path]

    def near(self, path: str) -> str | None:
        """The one path that is most similar; None: none is similar, or several are equally."""
        requested = _segments(path.lower())
        best, best_paths = 0.0, set[str]()
        for segments in (requested, [(_PREFIX, ""), *requested]):
            for template in self._templates:
                similarity, candidate = _compare(segments, template)
                if similarity > best:
                    best, best_paths = similarity, {candidate}
                elif similarity == best:
                    best_paths.add(candidate)
        return best_paths.pop() if best and len(best_paths) == 1 else None


def _segments(path: str) -> list[_Segment]:
    return [_split(part) for part in path.split("/") if part]


def _split(part: str) -> _Segment:
    stem, dot, extension = part.rpartition(".")
    return (stem, extension) if stem and dot else (part, "")


def _compare(requested: Sequence[_Segment], template: Sequence[_Segment]) -> tuple[float, str]:
    """How similar a path is to a template, and the path with the words of the template."""
    if not requested or len(requested) != len(template):
        return 0.0, ""
    similarity, path = 1.0, ""
    for (stem, extension), (known_stem, known_extension) in zip(requested, template, strict=True):
        by_stem, stem = _compare_word(stem, known_stem)
        by_extension, extension = _compare_extension(extension, known_extension)
        similarity *= by_stem * by_extension
        path += f"/{stem}.{extension}" if extension else f"/{stem}"
    return similarity, path


def _compare_word(word: str, known: str) -> tuple[float, str]:
    if known.startswith("{"):
        accepts = _PARAMETERS.get(known)
        return (0.99 if accepts is not None and accepts(word) else 0.0), word
    if abs(len(word) - len(known)) > len(known) // 2:
        return 0.0, known
    similarity = SequenceMatcher(None, word, known, autojunk=False).ratio()
    return (similarity if similarity >= _MIN_SIMILARITY else 0.0), known


def _compare_extension(extension: str, known: str) -> tuple[float, str]:
    if known.startswith("{"):
        return _compare_word(extension, known)
    if not extension:
        return (0.9 if known else 1.0), known
    return float(extension == known), known
