"""The allowed targets of a webhook: public HTTPS servers with a name, never our own network.

These are pure checks of a URL's text and of the addresses of its name (reliability.md T6 and
W1–W30). The text must be plain: we refuse a URL that two parsers might read differently.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, NoReturn

from chalicelib.domain.errors import Invalid

LONGEST_URL: Final = 2_000
HTTPS_PORT: Final = 443

_PLAIN: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[^/?#@:\\\[\]]+)(?::(?P<port>\d{1,5}))?(?P<path>[/?][^#\\]*)?",
    re.IGNORECASE,
)
_PRINTABLE: Final = re.compile(r"[!-~]+")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME: Final = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
"""At least two labels; the last begins with a letter, so no spelling of an IP address matches."""

_INSIDE: Final = ("localhost", "local", "internal", "home.arpa", "onion", "invalid", "test")
_THIS_MACHINE: Final = frozenset({"127.0.0.1", "localhost"})

_NOT_REALLY_GLOBAL: Final = tuple(
    IPv4Network(block)
    for block in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # the old 6to4 relays
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
)
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_SPECIAL: Final = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo among them: it holds an IPv4 address
        "2001:db8::/32",
        "2002::/16",  # 6to4 likewise
        "3fff::/20",
    )
)
"""Networks that Python 3.11 wrongly calls global. (NAT64, mapped, multicast: outside 2000::/3.)"""


@dataclass(frozen=True, slots=True)
class Target:
    """An allowed URL. ``host`` is lower case without a final dot; ``path`` includes the query."""

    host: str
    port: int
    path: str
    is_local: bool = False


def parse(url: str, *, refused_hosts: frozenset[str], allow_local: bool) -> Target:
    """The target of a URL. Raises Invalid unless the URL is a plain ``https://name/path``.

    ``refused_hosts`` are our own. ``allow_local`` allows ``http://127.0.0.1:port`` on a laptop.
    """
    parts = _PLAIN.fullmatch(url) if _PRINTABLE.fullmatch(url) else None
    if parts is None or len(url) > LONGEST_URL:
        _refuse("target_malformed")
    host = parts["host"].lower().removesuffix(".")
    scheme, path = parts["scheme"].lower(), parts["path"] or "/"
    path = path if path.startswith("/") else f"/{path}"
    if allow_local and host in _THIS_MACHINE and scheme == "http":
        return Target(host, int(parts["port"] or 80), path, is_local=True)
    if scheme != "https" or int(parts["port"] or HTTPS_PORT) != HTTPS_PORT:
        _refuse("target_not_https")
    if not _NAME.fullmatch(host) or _is_inside(host) or host in refused_hosts:
        _refuse("target_not_public")
    return Target(host, HTTPS_PORT, path)


def require_allowed(target: Target, addresses: list[str]) -> None:
    """Raise Invalid unless every address is allowed: a single forbidden address is enough."""
    is_allowed = is_loopback if target.is_local else is_public
    if not addresses or not all(is_allowed(address) for address in addresses):
        _refuse("target_not_public")


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, in the strictest sense.

    >>> [is_public(a) for a in ("93.184.216.34", "169.254.169.254", "64:ff9b::a9fe:a9fe")]
    [True, False, False]
    """
    match _parsed(address):
        case IPv4Address() as ip:
            return ip.is_global and not any(ip in block for block in _NOT_REALLY_GLOBAL)
        case IPv6Address() as ip:
            is_special = any(ip in block for block in _SPECIAL)
            return ip in _GLOBAL_UNICAST and ip.is_global and not is_special
        case _:
            return False


def is_loopback(address: str) -> bool:
    """Whether the address is this machine's own."""
    ip = _parsed(address)
    return ip is not None and ip.is_loopback


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None


def _is_inside(host: str) -> bool:
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in _INSIDE)


def _refuse(code: str) -> NoReturn:
    text = "Give a public https address on port 443."
    raise Invalid(text, pointer="/url", code=code)
