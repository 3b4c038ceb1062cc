"""What an operator can set, each by an environment variable `ONRECORD_…`."""

from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import OperatorError

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_DATABASE_URL = f"sqlite:///{quote(str(ROOT / 'var' / 'onrecord.db'))}"


class Settings(BaseSettings):
    """Every setting has a default that serves the checkout on this machine."""

    model_config = SettingsConfigDict(env_prefix="ONRECORD_", frozen=True)

    database_url: str = Field(
        DEFAULT_DATABASE_URL,
        description="SQLAlchemy URL of the database: `sqlite:///path` or `postgresql+psycopg://user@host/name`.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    workers: int = Field(1, ge=1, le=64, description="Processes that answer requests.")
    public_url: str | None = Field(
        None,
        description="Base of the links in answers, e.g. `https://facts.example.org`; null: path-absolute links.",
    )
    forwarded_from: str = Field(
        "",
        description="Addresses or networks of the proxies whose `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix` are"
        " believed, separated by commas; `*`: any. Empty: nobody's.",
    )
    access_log: bool = Field(True, description="Whether each request is a line on standard output.")
    log_format: Literal["text", "json"] = Field(
        "text", description="How lines of the log are written."
    )
    query_seconds: float = Field(
        2.0, gt=0, description="Longest time in seconds that one database query may take."
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
        description="Room in bytes for ready answers, in each process; 0: none are kept.",
    )
    mcp: bool = Field(
        False, description="Whether agents are answered at `/mcp`; needs the extra `mcp`."
    )
    mcp_hosts: str = Field(
        "",
        description="Host names under which `/mcp` is answered besides this machine's own and that of the public URL, separated by"
        " commas, with their port where it is not the usual one; `*`: any.",
    )
    mcp_origins: str = Field(
        "",
        description="Origins whose pages may ask `/mcp`, besides that of the public URL, separated by commas; `*`: any.",
    )
    texts: str = Field("", description="Folders that hold raw texts, separated as in PATH.")

    @field_validator("database_url")
    @classmethod
    def names_a_driver_we_have(cls, value: str) -> str:
        """`postgres://` and `postgresql://`, as hosts hand them out, mean the one PostgreSQL driver that we ship."""
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
    def has_no_trailing_slash(cls, value: str | None) -> str | None:
        if value is None or value == "":
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("must begin with http:// or https:// and name a host")
        if parts.query or parts.fragment or quote(value, safe=":/%[]@!$&'()*+,;=~-._") != value:
            raise ValueError("must be a plain address: no query, no fragment, no blanks")
        return value.rstrip("/")


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment; an invalid one is one clear line, not a traceback."""
    from pydantic import ValidationError

    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        complaints = "; ".join(
            f"ONRECORD_{str(problem['loc'][0]).upper()}={problem['input']!s}: {problem['msg']}"
            for problem in error.errors()
        )
        raise OperatorError(complaints) from None
