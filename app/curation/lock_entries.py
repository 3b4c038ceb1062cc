"""`lock` writes receipts; `verify` only compares, and fails.

With the text at hand a lock is verified by making it anew: whatever differs is named. Without the text, what the receipts
show is compared with the quotes: that none is missing, none is left over, none has changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.curation.files import Finding, SeedError, lock_beside
from app.curation.quotes import (
    CONTEXT_LIMIT,
    Receipt,
    Texts,
    make_lock,
    published_share,
    selector,
    sentences,
)
from app.curation.seeds import Article, Seeds, as_quote


@dataclass(frozen=True)
class Locked:
    """What `lock` did with one article."""

    file: Path
    receipts: int
    changed: bool


def write_locks(seeds: Seeds) -> list[Locked]:
    """Write the receipts of every article whose text is at hand. Raises SeedError where a text is needed and missing."""
    missing = [
        _missing_text(article)
        for article in seeds.articles
        if article.text is None and any(_stale(article))
    ]
    if missing:
        raise SeedError(missing)
    return [_write_lock(article) for article in seeds.articles if article.text is not None]


def _missing_text(article: Article) -> Finding:
    return article.source.finding(
        "lock",
        "the text with this hash is not at hand: put it under seed/texts/, or name its folder in ONRECORD_TEXTS",
        "content_sha256",
    )


def _stale(article: Article) -> Iterator[Finding]:
    yield from _against_receipts(article)


def _write_lock(article: Article) -> Locked:
    text = article.text or ""
    lock = make_lock(
        text, article.seed.source.content_sha256, [as_quote(entry.seed) for entry in article.quotes]
    )
    path, content = lock_beside(article.file), lock.to_json()
    changed = not path.exists() or path.read_text(encoding="utf-8") != content
    if changed:
        path.write_text(content, encoding="utf-8")
    return Locked(path, len(lock.receipts), changed)


def verify(seeds: Seeds, texts: Texts, *, need_texts: bool = False) -> list[Finding]:
    """Every way in which quotes, receipts and texts do not fit together. `need_texts`: it is a finding too where the text
    of an article is not at hand.
    """
    findings = [finding for article in seeds.articles for finding in _verify_article(article)]
    without = [article for article in seeds.articles if article.text is None]
    if without:
        findings += _changed_texts(without, texts)
    if need_texts:
        findings += [_missing_text(article) for article in without]
    return findings


def _changed_texts(articles: list[Article], texts: Texts) -> Iterator[Finding]:
    """A text that holds most of an article's quotes and is not the one that was locked has been changed: by an editor
    that mends line ends or marks, say. Offsets into it would be wrong.
    """
    strangers = list(texts.strangers())
    for article in articles:
        quotes = [entry.seed.quote for entry in article.quotes]
        for path, text in strangers:
            found = sum(quote in text for quote in quotes)
            if quotes and found > len(quotes) / 2:
                yield article.source.finding(
                    "text-has-changed",
                    f"{path.name} holds {found} of the {len(quotes)} quotes, but is not the text with this hash: it has changed"
                    " since it was locked; bring the old one back, or lock the new one under its own hash",
                    "content_sha256",
                )


def _verify_article(article: Article) -> Iterator[Finding]:
    if article.lock is None:
        if not lock_beside(article.file).exists():
            yield article.source.finding(
                "receipts", "the quotes have no receipts yet: run “onrecord lock”"
            )
        return
    yield from _against_receipts(article)
    if article.text is not None:
        yield from _against_text(article, article.text)
    limit = article.seed.source.published_share_limit
    share = published_share(article.lock.receipts, article.lock.characters)
    if share > limit:
        yield article.source.finding(
            "published-share",
            f"the quotes publish {share:.1%} of the text, more than the limit of {limit:.0%}: quote fewer words",
            "published_share_limit",
        )


def _against_receipts(article: Article) -> Iterator[Finding]:
    """What can be said without the text."""
    lock = article.lock
    if lock is None:
        yield article.source.finding(
            "receipts", "the quotes have no receipts yet: run “onrecord lock”"
        )
        return
    lock_path = lock_beside(article.file)
    if lock.text_sha256 != article.seed.source.content_sha256:
        yield article.source.finding(
            "receipts",
            f"the receipts are for a text with the hash {lock.text_sha256[:12]}…: run “onrecord lock” with the new text",
            "content_sha256",
        )
    receipts = {receipt.selector: receipt for receipt in lock.receipts}
    used = set()
    for entry in article.quotes:
        key = selector(as_quote(entry.seed))
        receipt = receipts.get(key)
        if receipt is None:
            yield entry.finding(
                "receipts",
                f"“{entry.seed.quote}” has no receipt: it is new or has changed; run “onrecord lock”",
                "quote",
            )
        elif receipt.end - receipt.start != len(entry.seed.quote):
            yield entry.finding(
                "receipts",
                f"the receipt of “{entry.seed.quote}” is for a span of another length",
                "quote",
            )
        used.add(key)
    for number, receipt in enumerate(lock.receipts):
        line = number + 2
        if receipt.selector not in used:
            message = f"the receipt for characters {receipt.start} to {receipt.end} belongs to no quote: run “onrecord lock”"
            yield Finding(file=lock_path, rule="receipts", message=message, line=line, column=1)
        for problem in _impossible(receipt, lock.characters):
            yield Finding(file=lock_path, rule="receipts", message=problem, line=line, column=1)


def _impossible(receipt: Receipt, characters: int) -> Iterator[str]:
    if (
        not 0
        <= receipt.start - len(receipt.prefix)
        < receipt.end + len(receipt.suffix)
        <= characters
    ):
        yield f"characters {receipt.start} to {receipt.end} with their context do not lie in a text of {characters}"
    if max(len(receipt.prefix), len(receipt.suffix)) > CONTEXT_LIMIT:
        yield f"the context is longer than {CONTEXT_LIMIT} characters"


def _against_text(article: Article, text: str) -> Iterator[Finding]:
    lock = article.lock
    assert lock is not None  # noqa: S101 - asked by the caller
    lock_path = lock_beside(article.file)
    try:
        expected = make_lock(
            text,
            article.seed.source.content_sha256,
            [as_quote(entry.seed) for entry in article.quotes],
        )
    except ValueError:
        return  # a quote that does not stand in the text: the checks say so, at its own line
    if expected.characters != lock.characters:
        message = f"says that the text has {lock.characters} characters; it has {expected.characters}: run “onrecord lock”"
        yield Finding(file=lock_path, rule="receipts", message=message, line=1, column=1)
    truth = {receipt.selector: receipt for receipt in expected.receipts}
    for number, receipt in enumerate(lock.receipts):
        right = truth.get(receipt.selector)
        if right is not None and right != receipt:
            message = (
                f"says characters {receipt.start} to {receipt.end} between “{receipt.prefix}” and “{receipt.suffix}”; in the"
                f" text it is {right.start} to {right.end} between “{right.prefix}” and “{right.suffix}”: run “onrecord lock”"
            )
            yield Finding(
                file=lock_path, rule="receipts", message=message, line=number + 2, column=1
            )


@dataclass(frozen=True)
class Coverage:
    """How much of one source's text is published by quotes, and what of it no quote touches.

    `sentences` is null where the text is not at hand.
    """

    source: str
    share: float
    limit: float
    sentences: tuple[tuple[int, str], ...] | None


def coverage(seeds: Seeds) -> list[Coverage]:
    result = []
    for article in seeds.articles:
        lock = article.lock
        if lock is None:
            continue
        result.append(
            Coverage(
                source=article.seed.source.id,
                share=published_share(lock.receipts, lock.characters),
                limit=article.seed.source.published_share_limit,
                sentences=None
                if article.text is None
                else tuple(_untouched(article.text, lock.receipts)),
            )
        )
    return result


def _untouched(text: str, receipts: tuple[Receipt, ...]) -> Iterator[tuple[int, str]]:
    for start, end in sentences(text):
        if not any(receipt.start < end and start < receipt.end for receipt in receipts):
            yield start, text[start:end]
