"""Settings, each read from an environment variable `ONRECORD_…`."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit

from pydantic import BeforeValidator, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.errors import OperatorError

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_DATABASE_URL = f"sqlite:///{quote(str(ROOT / 'var' / 'onrecord.db'))}"


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


CommaSeparated = Annotated[list[str], NoDecode, BeforeValidator(_split)]
"""A list that an environment variable holds with commas; NoDecode, because the default is JSON."""


class Settings(BaseSettings):
    """Settings from the environment. The defaults serve this checkout on this machine."""

    model_config = SettingsConfigDict(env_prefix="ONRECORD_", frozen=True)

    database_url: str = Field(
        DEFAULT_DATABASE_URL,
        description="SQLAlchemy URL of the database: `sqlite:///path` or"
        " `postgresql+psycopg://user@host/name`.",
    )
    reader_role: str | None = Field(
        None,
        description="PostgreSQL role that each build lets read the new data, besides the roles that"
        " may read the previous data; null: none.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    workers: int = Field(1, ge=1, le=64, description="Worker processes.")
    max_connections: int = Field(
        800,
        ge=1,
        description="Open connections of each worker; while there are more, requests get 503.",
    )
    public_url: str | None = Field(
        None,
        description="Base of all links, such as `https://facts.example.org`. None: links are"
        " paths.",
    )
    forwarded_allow_ips: CommaSeparated = Field(
        [],
        description="Addresses or networks of proxies whose `X-Forwarded-For`, `-Proto`, `-Host`"
        " and `-Prefix` headers are trusted; `*`: all.",
    )
    access_log: bool = Field(True, description="Log each request to standard output.")
    log_format: Literal["text", "json"] = Field("text", description="Format of the log's lines.")
    query_timeout: float = Field(
        2.0, gt=0, description="Time limit for one database query, in seconds."
    )
    max_exports: int = Field(
        8,
        ge=1,
        description="Exports that each process writes at once, each on a database connection of its"
        " own; further ones get 503 with `Retry-After`.",
    )
    write_timeout: float = Field(
        30.0,
        gt=0,
        description="Longest time in seconds that a part of an export waits for the client to take"
        " it; then the export ends.",
    )
    cache_bytes: int = Field(
        64 * 2**20,
        ge=0,
        description="Size of each worker's response cache, in bytes; 0: no cache.",
    )
    mcp: bool = Field(
        False, description="Serve the Model Context Protocol at `/mcp`; needs the extra `mcp`."
    )
    mcp_hosts: CommaSeparated = Field(
        [],
        description="`Host` values that `/mcp` accepts in addition to this machine's names and"
        " the public URL's, with a port unless it is the scheme's; `*`: all.",
    )
    mcp_origins: CommaSeparated = Field(
        [],
        description="`Origin` values that `/mcp` accepts in addition to the public URL's; `*`:"
        " all.",
    )
    texts: str = Field("", description="Folders with raw texts, separated as in `PATH`.")

    @field_validator("database_url")
    @classmethod
    def validate_database_url(cls, value: str) -> str:
        """Accept `postgres://` and `postgresql://`, which hosting providers use, for psycopg."""
        scheme, separator, rest = value.partition("://")
        if not separator:
            raise ValueError(
                "is not a database URL; write sqlite:///path or postgresql+psycopg://user@host/name"
            )
        if scheme in ("postgres", "postgresql"):
            return f"postgresql+psycopg://{rest}"
        if scheme not in ("sqlite", "postgresql+psycopg"):
            raise ValueError(f"names “{scheme}”; only sqlite and postgresql+psycopg are supported")
        return value

    @field_validator("public_url")
    @classmethod
    def validate_public_url(cls, value: str | None) -> str | None:
        if value is None or value == "":
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("must begin with http:// or https:// and name a host")
        if parts.query or parts.fragment or quote(value, safe=":/%[]@!$&'()*+,;=~-._") != value:
            raise ValueError("must be a plain address: no query, no fragment, no blanks")
        return value.rstrip("/")


def load_settings(**overrides: object) -> Settings:
    """Read the settings; `overrides` that are not None win.

    Raises OperatorError for an invalid one.
    """
    try:
        return Settings.model_validate(
            {name: value for name, value in overrides.items() if value is not None}
        )
    except ValidationError as error:
        complaints = "; ".join(
            f"ONRECORD_{str(problem['loc'][0]).upper()}={problem['input']!s}: {problem['msg']}"
            for problem in error.errors()
        )
        raise OperatorError(complaints) from None
