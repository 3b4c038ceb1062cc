"""`onrecord check`, `lock` and `verify`: commands that read the seeds and need no database.

Functions import `app.curation` when they run: it takes long to load, and `onrecord serve` needs
none of it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.findings import plural, print_findings
from app.cli.options import (
    DEFAULT_SEED,
    FOUND_MISTAKES,
    OutputFormat,
    SeedOption,
    TextsOption,
)
from app.errors import OperatorError
from app.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.curation.files import Finding
    from app.curation.quotes import Texts
    from app.curation.seeds import Seeds


def check(
    articles: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders of the articles to check. Default: all articles and the shared files."
        ),
    ] = None,
    seed: SeedOption = DEFAULT_SEED,
    texts: TextsOption = None,
    output: Annotated[
        OutputFormat, typer.Option("--format", help="How mistakes are printed.")
    ] = OutputFormat.TEXT,
) -> None:
    """Check the seed files; print each mistake with file, line and column.

    Exit code 0: no mistakes; 1: some.
    """
    from app.curation import checks, lock_entries
    from app.curation.checks.unchecked import unchecked

    loaded = _read(seed, texts, articles)
    changed = list(lock_entries.changed_texts(loaded.seeds, loaded.texts))
    findings = _relevant(loaded, loaded.findings + checks.run(loaded.seeds) + changed)
    if output is OutputFormat.JSON:
        print_findings(findings, loaded.seeds.tree.root, output)
    else:
        if findings:
            print_findings(findings, loaded.seeds.tree.root, output)
        else:
            print(f"{_summary(loaded.seeds)}: no mistakes")
        for phrase in unchecked(loaded.seeds):
            print(f"not checked: {phrase}")
    if findings:
        raise typer.Exit(FOUND_MISTAKES)


def lock(seed: SeedOption = DEFAULT_SEED, texts: TextsOption = None) -> None:
    """Find each quote and range in its text; write evidence.lock, which proves where it stands."""
    from app.curation import checks
    from app.curation.files import SeedError
    from app.curation.lock_entries import changed_texts, write_locks

    loaded = _read(seed, texts)
    # This command repairs a broken lock file.
    findings = [finding for finding in loaded.findings if finding.rule != "lock"]
    findings += changed_texts(loaded.seeds, loaded.texts)
    _exit_on(loaded, findings + checks.compare_with_texts(loaded.seeds))
    try:
        locked = write_locks(loaded.seeds)
    except SeedError as error:
        _exit_on(loaded, error.findings)
        raise
    for item in locked:
        change = "written" if item.changed else "unchanged"
        print(f"{_relative(item.file)}: {item.entries} lock entries, {change}")


def verify(
    seed: SeedOption = DEFAULT_SEED,
    texts: TextsOption = None,
    coverage: Annotated[
        bool,
        typer.Option(
            "--coverage",
            help="Print the share of each text that is published, and the sentences that"
            " have no evidence.",
        ),
    ] = False,
    need_texts: Annotated[
        bool, typer.Option("--need-texts", help="Fail if the text of an article is missing.")
    ] = False,
) -> None:
    """Compare quotes and ranges with evidence.lock, and with the texts where there are any.

    Changes nothing. Exit code 0: all match; 1: some do not.
    """
    from app.curation import checks, lock_entries

    loaded = _read(seed, texts)
    seeds = loaded.seeds
    findings = lock_entries.verify(seeds, loaded.texts, need_texts=need_texts)
    _exit_on(loaded, loaded.findings + checks.compare_with_texts(seeds) + findings)
    with_text = sum(article.text is not None for article in seeds.articles)
    quotes = sum(len(article.spans) for article in seeds.articles)
    print(
        f"{plural(quotes, 'quote')} in {plural(len(seeds.articles), 'article')} verified,"
        f" {with_text} of them against the text itself"
    )
    if not coverage:
        return
    for item in lock_entries.coverage(seeds):
        print(f"{item.source}: {item.share:.1%} of the text is published")
        if item.sentences is None:
            print("  the text is missing, so its sentences cannot be printed")
        for start, sentence in item.sentences or ():
            print(f"  no evidence at {start}: {sentence}")


@dataclass(frozen=True)
class _LoadedSeeds:
    """The seeds, their texts, and the mistakes that reading them has shown."""

    seeds: "Seeds"
    findings: "list[Finding]"
    texts: "Texts"


def _read(seed: Path, texts: str | None, articles: list[Path] | None = None) -> _LoadedSeeds:
    from app.curation.files import SeedTree
    from app.curation.quotes import Texts
    from app.curation.seeds import read_seeds

    if not seed.is_dir():
        raise OperatorError(f"{seed} is not a folder: name the folder of the seeds with --seed")
    only = None
    if articles:
        # The seeds know an article by their own path to it, which may differ from the argument.
        articles_by_path = {path.resolve(): path for path in SeedTree(seed).articles}
        named = [path if path.name == "facts.yaml" else path / "facts.yaml" for path in articles]
        for path in named:
            if path.resolve() not in articles_by_path:
                raise OperatorError(
                    f"{path.parent} is not the folder of an article under {seed}/articles"
                )
        only = frozenset(articles_by_path[path.resolve()] for path in named)
    raw_texts = Texts.from_setting(load_settings(texts=texts).texts, seed)
    seeds, findings = read_seeds(SeedTree(seed, only), raw_texts)
    return _LoadedSeeds(seeds, findings, raw_texts)


def _exit_on(loaded: _LoadedSeeds, findings: "Iterable[Finding]") -> None:
    """Print the findings in the files to check, and exit with 1; return if there are none."""
    if relevant := _relevant(loaded, findings):
        print_findings(relevant, loaded.seeds.tree.root, OutputFormat.TEXT)
        raise typer.Exit(FOUND_MISTAKES)


def _relevant(loaded: _LoadedSeeds, findings: "Iterable[Finding]") -> "list[Finding]":
    """Return the findings in the files to check, with their positions."""
    from app.curation.yaml_reader import with_positions

    tree = loaded.seeds.tree
    return with_positions(finding for finding in findings if tree.is_selected(finding.file))


def _summary(seeds: "Seeds") -> str:
    counts = [
        plural(len(seeds.actors), "actor"),
        plural(len(seeds.places), "place"),
        plural(len(seeds.series), "series"),
        *(
            plural(sum(1 for _ in seeds.all_of(f"{name}s")), name)
            for name in ("event", "statement", "figure")
        ),
    ]
    return f"{plural(len(seeds.articles), 'article')} ({', '.join(counts)})"


def _relative(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
