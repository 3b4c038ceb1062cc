"""The server's log: one format for uvicorn's loggers and the project's own."""

import logging
import time
from datetime import UTC, datetime
from typing import Any

import orjson

from app.settings import Settings


class TextFormatter(logging.Formatter):
    """Writes the time in UTC, the level and the message."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")


class JsonFormatter(logging.Formatter):
    """Writes one JSON object a line, for log collectors. Arguments given by name are its fields."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        line |= record.args if isinstance(record.args, dict) else {"message": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def log_config(settings: Settings) -> dict[str, Any]:
    """Return a configuration for `logging.config.dictConfig`; each worker process applies it.

    Requests go to standard output, everything else to standard error.
    """
    formatter = JsonFormatter if settings.log_format == "json" else TextFormatter
    handlers = {
        name: {"class": "logging.StreamHandler", "stream": f"ext://sys.{name}", "formatter": "line"}
        for name in ("stdout", "stderr")
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{__name__}.{formatter.__name__}"}},
        "handlers": handlers,
        "loggers": {
            "onrecord": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            "onrecord.access": {
                "handlers": ["stdout"],
                "level": "INFO" if settings.access_log else "WARNING",
                "propagate": False,
            },
            # uvicorn warns of what clients do wrong; the access log has these requests.
            "uvicorn": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        },
    }
