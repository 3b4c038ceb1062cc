"""Writing lock entries (`onrecord lock`) and comparing them with quotes and texts (`onrecord
verify`).

If the text is available, its lock is made again and every difference is a finding. Otherwise the
lock entries are compared with the quotes: none may be missing, superfluous or changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from app.curation.figure_words import noted_number
from app.curation.files import Finding, SeedError, lock_path
from app.curation.quotes import (
    CONTEXT_LIMIT,
    Lock,
    LockEntry,
    QuoteLockEntry,
    Texts,
    make_lock,
    published_share,
    sentences,
)
from app.curation.seeds import Article, Seeds, as_span, words_key

RULE = "lock-entries"


@dataclass(frozen=True)
class LockResult:
    """The lock of one article: its number of entries, and whether the file was written anew."""

    file: Path
    entries: int
    changed: bool


def write_locks(seeds: Seeds) -> list[LockResult]:
    """Write the lock of every article whose text is available.

    Raises SeedError if a lock is out of date and the text that it needs is not available.
    """
    missing = [
        _missing_text(article)
        for article in seeds.articles
        if article.text is None and any(_compare_with_quotes(article))
    ]
    if missing:
        raise SeedError(missing)
    return [
        _write_lock(article, article.text) for article in seeds.articles if article.text is not None
    ]


def _missing_text(article: Article) -> Finding:
    return article.source.finding(
        "lock",
        "Put the text with this hash under seed/texts/, or name its folder in ONRECORD_TEXTS",
        "content_sha256",
    )


def _make_lock(article: Article, text: str) -> Lock:
    """Make the lock of an article. Raises ValueError if a quote has no unique place in the text."""
    spans = [as_span(entry.seed) for entry in article.spans]
    lock = make_lock(text, article.seed.source.content_sha256, spans)
    return replace(lock, not_read=_not_read(article))


def _not_read(article: Article) -> tuple[str, ...]:
    """Return the numbers that are the curator's, now or when they were locked before."""
    before = article.lock.not_read if article.lock else ()
    return tuple(
        noted_number(figure)
        for figure in article.seed.figures
        if figure.reading is not None
        and (
            noted_number(figure) in before
            or (
                (words := article.figure_words.get(figure.id)) is not None
                and words.supports_with_a_note(figure)
            )
        )
    )


def _write_lock(article: Article, text: str) -> LockResult:
    lock = _make_lock(article, text)
    path, content = lock_path(article.file), lock.to_json()
    changed = not path.exists() or path.read_text(encoding="utf-8") != content
    if changed:
        path.write_text(content, encoding="utf-8")
    return LockResult(path, len(lock.entries), changed)


def verify(seeds: Seeds, texts: Texts, *, need_texts: bool = False) -> list[Finding]:
    """Return every difference between quotes, lock entries and texts.

    `need_texts`: a text that is not available is a finding too.
    """
    findings = [finding for article in seeds.articles for finding in _verify_article(article)]
    findings += changed_texts(seeds, texts)
    if need_texts:
        findings += [_missing_text(article) for article in seeds.articles if article.text is None]
    return findings


def changed_texts(seeds: Seeds, texts: Texts) -> Iterator[Finding]:
    """Find texts that were changed after they were hashed, for example by an editor's line ends.

    Such a text has most of the quotes of an article, but not its hash, so the offsets are wrong.
    """
    articles = [article for article in seeds.articles if article.text is None]
    unused = list(texts.unused()) if articles else []
    for article in articles:
        quotes = [entry.seed.quote for entry in article.quotes]
        for content_sha256, path, text in unused:
            matches = sum(quote in text for quote in quotes)
            if quotes and matches > len(quotes) / 2:
                yield article.source.finding(
                    "text-has-changed",
                    f"Restore the text with this hash, or write {content_sha256}: that is the hash"
                    f" of {path.name}, which has {matches} of the {len(quotes)} quotes",
                    "content_sha256",
                )


def _verify_article(article: Article) -> Iterator[Finding]:
    lock = article.lock
    if lock is None:
        if not lock_path(article.file).exists():
            yield _missing_lock(article)
        return
    yield from _compare_with_quotes(article)
    if article.text is not None:
        yield from _compare_with_text(article, lock, article.text)


def _missing_lock(article: Article) -> Finding:
    return article.source.finding(RULE, "Run “onrecord lock”: the quotes have no lock entries yet")


def _compare_with_quotes(article: Article) -> Iterator[Finding]:
    """Compare the lock entries with the quotes; this needs no text."""
    lock = article.lock
    if lock is None:
        yield _missing_lock(article)
        return
    if lock.text_sha256 != article.seed.source.content_sha256:
        yield article.source.finding(
            RULE,
            "Run “onrecord lock” with the new text: the lock entries are for a text with the hash"
            f" {lock.text_sha256[:12]}…",
            "content_sha256",
        )
    noted = {noted_number(figure) for figure in article.seed.figures if figure.reading}
    for number in sorted(set(lock.not_read) - noted):
        message = f"Run “onrecord lock”: the curator's reading “{number}” has changed or gone"
        yield article.source.finding(RULE, message)
    lock_entries = {lock_entry.selector: lock_entry for lock_entry in lock.entries}
    used = set()
    for entry in article.spans:
        span = as_span(entry.seed)
        lock_entry = lock_entries.get(span.selector)
        if lock_entry is None:
            message = f"Run “onrecord lock”: {span} has no lock entry, it is new or has changed"
            yield entry.finding(RULE, message, words_key(entry.seed))
        elif not lock_entry.is_of_length(span):
            message = f"Run “onrecord lock”: the lock entry of {span} has another length"
            yield entry.finding(RULE, message, words_key(entry.seed))
        used.add(span.selector)
    for line, lock_entry in enumerate(lock.entries, start=2):
        if lock_entry.selector not in used and article.is_complete:
            message = (
                "Run “onrecord lock”: the lock entry for characters"
                f" {lock_entry.start} to {lock_entry.end} belongs to no quote"
            )
            yield _lock_finding(article, message, line)
        for problem in _impossible(lock_entry, lock.characters):
            yield _lock_finding(article, problem, line)


def _lock_finding(article: Article, message: str, line: int) -> Finding:
    return Finding(file=lock_path(article.file), rule=RULE, message=message, line=line, column=1)


def _impossible(lock_entry: LockEntry, characters: int) -> Iterator[str]:
    """Describe what contradicts the length of the text or the limit of contexts."""
    ends = [end for part in lock_entry.published for end in part]
    if not (ends[0] >= 0 and ends == sorted(ends) and ends[-1] <= characters):
        yield (
            f"Run “onrecord lock”: characters {lock_entry.start} to {lock_entry.end} with their"
            f" context are not in a text of {characters}"
        )
    if (
        isinstance(lock_entry, QuoteLockEntry)
        and max(len(lock_entry.prefix), len(lock_entry.suffix)) > CONTEXT_LIMIT
    ):
        yield f"Run “onrecord lock”: the context has more than {CONTEXT_LIMIT} characters"


def _compare_with_text(article: Article, lock: Lock, text: str) -> Iterator[Finding]:
    try:
        expected = _make_lock(article, text)
    except ValueError:
        return  # the rule quotes_are_in_the_text reports the quote at its own line
    if expected.characters != lock.characters:
        message = (
            f"Run “onrecord lock”: the text has {expected.characters} characters, not"
            f" {lock.characters}"
        )
        yield _lock_finding(article, message, 1)
    if expected.not_read != lock.not_read:
        message = "Run “onrecord lock”: it does not have the curator's readings"
        yield _lock_finding(article, message, 1)
    expected_entries = {lock_entry.selector: lock_entry for lock_entry in expected.entries}
    for line, actual in enumerate(lock.entries, start=2):
        right = expected_entries.get(actual.selector)
        if right is not None and right != actual:
            message = f"Run “onrecord lock”: in the text it is {right}, the lock file has {actual}"
            yield _lock_finding(article, message, line)


@dataclass(frozen=True)
class Coverage:
    """The share of one source's text that is published, and the sentences without evidence.

    `sentences` are pairs of an offset and a sentence; None if the text is not available.
    """

    source: str
    share: float
    sentences: tuple[tuple[int, str], ...] | None


def coverage(seeds: Seeds) -> list[Coverage]:
    """Return the coverage of every article that has a lock."""
    return [
        Coverage(
            source=article.seed.source.id,
            share=published_share(article.lock.entries, article.lock.characters),
            sentences=None
            if article.text is None
            else tuple(_sentences_without_evidence(article.text, article.lock.entries)),
        )
        for article in seeds.articles
        if article.lock is not None
    ]


def _sentences_without_evidence(
    text: str, lock_entries: tuple[LockEntry, ...]
) -> Iterator[tuple[int, str]]:
    for start, end in sentences(text):
        if not any(entry.start < end and start < entry.end for entry in lock_entries):
            yield start, text[start:end]
