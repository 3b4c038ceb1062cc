"""How fast the load stage is beside the driver's own `executemany` of the same rows into the same tables."""

import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

from app.models.history import METADATA

MOST_ROWS = 400_000
"""Of each table: what is compared are rates."""


def load_stage(database: Path) -> dict[str, Any]:
    """Rows of a database by `executemany`: how many, and in how many seconds."""
    rows = 0
    seconds = 0.0
    with tempfile.TemporaryDirectory(dir=database.parent) as folder:
        target = sqlite3.connect(Path(folder, "raw.db"))
        source = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-262144"):
            target.execute(f"PRAGMA {pragma}")
        made = source.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '%search_index%' AND name NOT LIKE 'sqlite_%'"
        )
        for (sql,) in made.fetchall():
            target.execute(sql)
        for table in METADATA.sorted_tables:
            some = source.execute(f"SELECT * FROM {table.name} LIMIT {MOST_ROWS}").fetchall()
            if not some:
                continue
            marks = ", ".join("?" * len(some[0]))
            began = time.monotonic()
            target.executemany(f"INSERT INTO {table.name} VALUES ({marks})", some)
            target.commit()
            seconds += time.monotonic() - began
            rows += len(some)
        target.close()
        total = sum(
            source.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]
            for table in METADATA.sorted_tables
        )
        source.close()
    return {"rows": total, "raw_rows": rows, "raw_seconds": seconds}
