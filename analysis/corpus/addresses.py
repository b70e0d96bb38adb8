"""Which addresses may be reached, and how one is shown: a leaf that `fetch` and the readers of links stand on.

A pasted link may not open the newsroom's inner network. The host's name proves nothing (it may resolve to 127.0.0.1, and to something
else a second later), so the numeric address that is connected to is judged, against the registries of special ranges. Python's
`is_global` says True to NAT64, 6to4 and multicast addresses, which lead inside as well; here an IPv6 address must lie in what is given
out to the public internet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from analysis.schema import InputError

LONGEST = 2_000  # characters of an address; browsers and servers stop near it
PORTS = {"http": 80, "https": 443}
_CLOSED_V4 = [ip_network(written) for written in (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
    "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32")]  # the last is a cloud's inner service under a public number
_OPEN_V6 = ip_network("2000::/3")
_CLOSED_V6 = [ip_network(written) for written in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")]
_NAT64 = ip_network("64:ff9b::/96")
_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ud800-\udfff]")  # the last are halves of a letter, which JSON may carry
_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){0,30}")
_SECRET = re.compile(r"key|token|secret|passw|auth|sig|session|sid|jwt|credential", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9_+=.~%]{24,}")


@dataclass(frozen=True)
class Address:
    """An address that may be asked for, taken apart: `host` in ASCII and small letters, `target` what is asked of it."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def url(self) -> str:
        """The address as one string."""
        return f"{self.scheme}://{self.netloc}{self.target}"

    @property
    def netloc(self) -> str:
        """Host and port as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def read_address(url: str, ports: Iterable[int] = (80, 443)) -> Address:
    """Take an address apart, or say why it is not asked for. Nothing is looked up.

    Args:
        url: as pasted, or as a feed or a redirect has it.
        ports: the ports that may be asked.

    Raises:
        InputError: no http(s), a port, user name or sign that has no business there, too long, or no host.
    """
    url = url.strip()
    fault = ""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").rstrip("."), parts.port
        host = host if ":" in host else host.encode("idna").decode("ascii").lower()
        if len(url) > LONGEST:
            fault = f"it is longer than {LONGEST:,} characters"
        elif scheme not in PORTS:
            fault = "it does not begin with http:// or https://"
        elif _CONTROL.search(url):
            fault = "there is a blank, a backslash, a control character or half a letter in it"
        elif parts.username is not None or parts.password is not None:
            fault = "there is a user name in it"
        elif not (_is_v6(host) if ":" in host else _HOST.fullmatch(host)):
            fault = "it names no host"
        elif (port or PORTS.get(scheme)) not in set(ports):
            fault = f"port {port} is not one of the web's"
    except (ValueError, UnicodeError):
        fault = "it cannot be taken apart"
    if fault:
        raise InputError(f"this address is not fetched: {fault}", where=show_address(url), remedy="Copy the article's address from the browser")
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (f"?{quote(parts.query, safe='/?%:@!$&()*+,;=~-._[]')}" if parts.query else "")
    return Address(scheme, host, port or PORTS[scheme], target)


def why_closed(address: str) -> str:
    """Say why a numeric address must not be reached, '' for one on the public internet.

    Source: IANA's registries of special-purpose IPv4 and IPv6 addresses; RFC 6052 (NAT64), 3056 (6to4), 4291 (compatible and mapped).
    """
    try:
        found = ip_address(address)
    except ValueError:
        return "it is no numeric address"
    if isinstance(found, IPv4Address):
        return "it lies in a private or special range" if any(found in closed for closed in _CLOSED_V4) else ""
    return _why_closed_v6(found)


def show_address(url: str) -> str:
    """Return an address as messages may show it: without user, query and anything that looks like a key; one line, cut at 200 characters."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(an address that cannot be shown)"
    if parts.scheme.lower() not in PORTS or not host:
        return f"{parts.scheme[:12]}:…" if parts.scheme else "(no address)"
    path = "/".join("…" if _TOKEN.fullmatch(part) else part for part in parts.path.split("/"))
    shown = f"{parts.scheme.lower()}://{host}{port}{path}{'?…' if parts.query else ''}"
    return "".join(letter if letter.isprintable() else " " for letter in shown)[:200]


def without_secrets(url: str) -> str:
    """Return an article's address as it is kept: without user, fragment and parameters that are named like a key."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=200) if parts.query.count("&") < 200 else []
    kept = [(name, value) for name, value in pairs if not _SECRET.search(name)]
    query = parts.query if len(kept) == len(pairs) and pairs else urlencode(kept, errors="replace")
    return urlunsplit((parts.scheme, (f"[{host}]" if ":" in host else host) + port, parts.path, query, ""))


def _is_v6(host: str) -> bool:
    return "%" not in host and isinstance(ip_address(host), IPv6Address)


def _why_closed_v6(found: IPv6Address) -> str:
    if found.scope_id:
        return "it names a network interface"
    if found in _NAT64:  # a network without IPv4 reaches the public web through it, and its own inside as well
        return why_closed(str(IPv4Address(int(found) & 0xFFFFFFFF)))
    if found not in _OPEN_V6 or any(found in closed for closed in _CLOSED_V6):
        return "it lies in a private or special range"
    if (int(found) >> 32) & 0xFFFFFFFF in (0x00005EFE, 0x02005EFE):  # ISATAP: the last 32 bits are an IPv4 address behind a tunnel
        return "it leads through a tunnel"
    return ""
