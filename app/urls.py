"""The base of the URLs in responses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BaseUrl:
    """The prefixes of a path.

    `base` is the public URL if one is set, else the path at which the application is mounted.
    `absolute` adds scheme and host, without a public URL those of the request.
    """

    base: str
    absolute: str
