"""SKOS: the vocabulary as concept schemes, in JSON-LD with a context of its own.

https://www.w3.org/TR/skos-reference/
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson

from app.query.queries import ListQuery
from app.query.results import Dataset, Page
from app.resources.vocabulary import (
    SCHEME_TITLES,
    CodeMapping,
    VocabularyCode,
    VocabularyScheme,
)
from app.urls import BaseUrl
from app.vocabulary import VOCABULARIES_PATH, MappedScheme

_CONTEXT = {
    "@language": "en",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "dcterms": "http://purl.org/dc/terms/",
    "title": "dcterms:title",
    "description": "dcterms:description",
    "version": {"@id": "owl:versionInfo", "@language": None},
    "notation": {"@id": "skos:notation", "@language": None},
    "label": "skos:prefLabel",
    "definition": "skos:definition",
    "inScheme": {"@id": "skos:inScheme", "@type": "@id"},
    "broader": {"@id": "skos:broader", "@type": "@id"},
    "topConceptOf": {"@id": "skos:topConceptOf", "@type": "@id"},
    "replacedBy": {"@id": "dcterms:isReplacedBy", "@type": "@id"},
    "deprecated": "owl:deprecated",
    **{
        f"{match}Match": {"@id": f"skos:{match}Match", "@type": "@id"}
        for match in ("exact", "close", "broad", "narrow", "related")
    },
}
_BASES: Mapping[MappedScheme, str] = {
    "iso_4217": "urn:iso:std:iso:4217#",
    "schema_org": "https://schema.org/",
    "ucum": "http://unitsofmeasure.org#",
}
"""What the codes of other schemes are URLs under; those of PLOVER are under ours."""


def render_schemes(
    page: Page[VocabularyScheme], _: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    return _render([_scheme(item.scheme, dataset, origin) for item in page.items])


def render_codes(
    page: Page[VocabularyCode], query: ListQuery, dataset: Dataset, origin: BaseUrl
) -> bytes:
    scheme = query.path.rpartition("/")[2]
    concepts = (_concept(code, origin) for code in page.items)
    return _render([_scheme(scheme, dataset, origin), *concepts])


def _render(graph: list[dict[str, Any]]) -> bytes:
    return orjson.dumps({"@context": _CONTEXT, "@graph": graph})


def _scheme(scheme: Any, dataset: Dataset, origin: BaseUrl) -> dict[str, Any]:
    title, description = SCHEME_TITLES[scheme]
    return {
        "@id": _url(scheme, origin),
        "@type": "skos:ConceptScheme",
        "title": title,
        "description": description,
        "version": dataset.version,
    }


def _concept(code: VocabularyCode, origin: BaseUrl) -> dict[str, Any]:
    url = _url(code.scheme, origin)
    concept: dict[str, Any] = {
        "@id": f"{url}#{code.code}",
        "@type": "skos:Concept",
        "inScheme": url,
        "notation": code.code,
        "label": code.label,
        "definition": code.definition,
    }
    if code.broader is None:
        concept["topConceptOf"] = url
    else:
        concept["broader"] = f"{url}#{code.broader}"
    for mapping in code.mappings:
        concept.setdefault(f"{mapping.match}Match", []).append(_mapped_url(mapping, origin))
    if code.deprecated:
        concept |= {"deprecated": True, "replacedBy": f"{url}#{code.replaced_by}"}
    return concept


def _url(scheme: str, origin: BaseUrl) -> str:
    return f"{origin.absolute}{VOCABULARIES_PATH}/{scheme}"


def _mapped_url(mapping: CodeMapping, origin: BaseUrl) -> str:
    base = _BASES.get(mapping.scheme) or f"{_url(mapping.scheme, origin)}#"
    return f"{base}{quote(mapping.code, safe='')}"
