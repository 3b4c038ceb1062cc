"""What the rules could not check: languages that are not read, texts that are missing."""

from collections import Counter
from collections.abc import Iterator

from app.curation.readers.date_words import words_of
from app.curation.readers.number_words import language
from app.curation.seeds import Seeds

MAX_NAMED = 3


def unchecked(seeds: Seeds) -> Iterator[str]:
    """Yield a phrase for each kind of check that could not run, with the reason."""
    articles = [article for article in seeds.articles if seeds.tree.is_selected(article.file)]
    tags = Counter(article.seed.source.language for article in articles)
    for tag, count in sorted((tag, count) for tag, count in tags.items() if tag is not None):
        if parts := _unread(tag):
            yield f"{', '.join(parts)}: language {tag} ({_articles(count)})"
    if count := tags[None]:
        yield f"the language: {_articles(count)} without source: language, read as English"
    without_text = [article for article in articles if article.text is None and article.is_complete]
    if without_text:
        named = ", ".join(
            f"{article.seed.source.id} ({article.seed.source.content_sha256[:12]}…)"
            for article in without_text[:MAX_NAMED]
        )
        more = len(without_text) - MAX_NAMED
        yield (
            f"quotes in their text: {_articles(len(without_text))} without a text of that hash"
            f" under seed/texts/ or in ONRECORD_TEXTS: {named}{f' and {more} more' * (more > 0)}"
        )


def _unread(tag: str) -> list[str]:
    numbers = language(tag)
    read = {
        "numbers in words": numbers.reads_words,
        "qualifiers": numbers.reads_qualifiers,
        "dates": words_of(tag).is_full,
    }
    return [name for name, is_read in read.items() if not is_read]


def _articles(count: int) -> str:
    return f"{count} article{'s' * (count != 1)}"
