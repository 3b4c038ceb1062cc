"""Makes the table of rules in docs/curating.md: `python -m tests.appendix` prints it."""

from app.curation import checks

HEADING = "## Appendix: rules and how to fix what breaks them\n"
BEFORE_THE_RULES = (
    ("file", "Every file can be read.", "Restore, split or delete it."),
    ("encoding", "Files are UTF-8.", "Save the file as UTF-8."),
    (
        "yaml",
        "Files are YAML.",
        "Put texts with “: ”, “, ” or “#” in quotation marks, indent with spaces, close brackets.",
    ),
    (
        "shape",
        "Keys and values are those of the schema.",
        "Correct the key or the value; delete the key where the text does not tell.",
    ),
    ("text-is-utf-8", "A text is UTF-8.", "Save it as UTF-8 and give its new hash."),
    (
        "text-has-changed",
        "A text is the one that was hashed.",
        "Restore it, or give the hash of the new one.",
    ),
    ("lock", "`evidence.lock` is as `onrecord lock` wrote it.", "Run `onrecord lock`."),
    ("lock-entries", "Each quote has its lock entry (`verify`).", "Run `onrecord lock`."),
)


def appendix() -> str:
    """Return the table of all rules."""
    rows = [*BEFORE_THE_RULES, *((rule.name, rule.statement, rule.fix) for rule in checks.RULES)]
    return f"{HEADING}\n| rule | what must be true | how to fix it |\n|---|---|---|\n" + "".join(
        f"| {' | '.join(row)} |\n" for row in rows
    )


if __name__ == "__main__":
    print(appendix(), end="")  # noqa: T201
