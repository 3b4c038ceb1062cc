"""Cards of records, for frames, the web component, pictures and oEmbed on other websites."""

from typing import Any

import orjson

from app.presentation.model import Presentation, Text, record_path
from app.vocabulary import ResourceType

CARD_TYPES: tuple[ResourceType, ...] = ("figure", "series", "statement", "event")
"""The resource types that have cards: those that make claims."""
MEDIA_TYPE = "application/json"


def render_json(record: Presentation, base: str, version: str) -> bytes:
    """A card as JSON. Every `url` begins with `base`, which is absolute or a path."""
    passage = record.main_passage
    return orjson.dumps(
        {
            "resource": record.resource_type,
            "id": record.record_id,
            "kind": record.kind,
            "title": record.title,
            "as_written": record.number,
            "value_in_words": record.measure,
            "summary": record.summary or None,
            "facts": [
                {"name": fact.name, "parts": [_part(text, base) for text in fact.texts]}
                for fact in record.facts
            ],
            "passage": None
            if passage is None
            else [{"text": span.text or None, "proves": span.proves} for span in passage.spans],
            "caveats": record.caveats,
            "correction_notices": record.corrections,
            "url": f"{base}{record.path}",
            "dataset": {"version": version},
        }
    )


def _part(text: Text, base: str) -> dict[str, Any]:
    url = None if text.record is None else f"{base}{record_path(text.record)}"
    return {"text": text.text, "quoted": text.is_quoted, "url": url}
