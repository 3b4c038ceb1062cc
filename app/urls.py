"""What the addresses in an answer begin with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BaseUrl:
    """`base` is put before every path: the public URL if one is set, else the prefix that we are mounted under. `absolute` is
    the same with scheme and host, for formats that need whole addresses: without a public URL, those of the request.
    """

    base: str
    absolute: str
