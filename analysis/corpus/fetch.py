"""Fetch pages and feeds from the public internet: the one place that opens a line.

Every name is resolved once, all its addresses are judged (`addresses.why_closed`), and the line goes to the numeric address that was
judged, with the name kept for TLS and the Host header; the same again at each redirect. No cookies, no proxy, no retries; a limit on the
bytes after unpacking, and a deadline that a server which dribbles cannot stretch. A message never holds an address's query.
"""

from __future__ import annotations

import http.client
import io
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

from analysis.corpus.addresses import Address, read_address, show_address, why_closed
from analysis.corpus.unpack import unpack_body
from analysis.schema import InputError
from analysis.settings import WebSettings

AGENT = "Parallax/0.1 (reads single articles for a person)"
_MOVED = (301, 302, 303, 307, 308)
_NO_TEXT = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip", "application/octet-stream")
_SAYS = {401: "asks for a log-in", 402: "asks for payment", 403: "does not give this page to programs", 404: "has no such page", 410: "has taken the page away",
         429: "asks to come back later", 451: "may not show the page here", 503: "asks to come back later"}


class Unreachable(InputError):
    """Not had this time, and perhaps the next: no address, no line, no whole answer in time."""


class Busy(Unreachable):
    """The host asks to be left alone for now (429, 503)."""


def look_up(host: str, port: int) -> list[str]:
    """Return the numeric addresses of a host, as the machine resolves it."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def dial(address: str, port: int, seconds: float) -> socket.socket:
    """Open a line to a numeric address and make sure that it is the one that answers."""
    line = socket.create_connection((address, port), timeout=seconds)
    if reason := why_closed(str(line.getpeername()[0])):
        line.close()
        raise InputError(f"the line leads elsewhere: {reason}", where=address, remedy="Save the page and add the file")
    return line


@dataclass(frozen=True)
class Network:
    """The way out. Code can replace its parts (tests do); no command, file or environment variable can.

    Attributes:
        settings: limits.
        ports: what may be asked for.
        look_up: host, port -> numeric addresses.
        dial: numeric address, port, seconds -> open line.
        tls: how certificates are checked.
    """

    settings: WebSettings = field(default_factory=WebSettings)
    ports: frozenset[int] = frozenset({80, 443})
    look_up: Callable[[str, int], list[str]] = look_up
    dial: Callable[[str, int, float], socket.socket] = dial
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)


@dataclass(frozen=True)
class Answer:
    """What a server gave.

    Attributes:
        url: where it came from after redirects.
        status: 200, or 304 when it has not changed since `validators`.
        kind: media type in small letters, without parameters.
        charset: as the header declares it, ''.
        body: unpacked bytes; empty for 304.
        validators: what to send next time to hear only of changes (If-None-Match, If-Modified-Since).
    """

    url: str
    status: int
    kind: str
    charset: str
    body: bytes
    validators: dict[str, str]


def fetch(url: str, network: Network, *, validators: dict[str, str] | None = None, ends: float | None = None) -> Answer:
    """Fetch one address.

    Args:
        url: http or https.
        network: the way out.
        validators: from an earlier answer.
        ends: moment of `time.monotonic` after which nothing is waited for; `settings.answer_seconds` from now at the latest.

    Raises:
        InputError: the address is closed or not the web's, the server refuses, the answer is too large, packed oddly or no text.
        Unreachable: no address, no line, or no whole answer in time.
    """
    ends = min(ends or float("inf"), time.monotonic() + network.settings.answer_seconds)
    shown = show_address(url)
    for _ in range(network.settings.redirects + 1):
        address = read_address(url, network.ports)
        answer = _ask(address, network, validators or {}, ends)
        if isinstance(answer, Answer):
            return answer
        url = urljoin(address.url, answer)
    raise InputError(f"it leads on more than {network.settings.redirects} times", where=shown, remedy="Open it in a browser and give the address it ends at")


def _ask(address: Address, network: Network, validators: dict[str, str], ends: float) -> Answer | str:
    """The answer of one server, or the address it sends us on to."""
    where = show_address(address.url)
    line = None
    try:
        line = _open_line(address, network, ends, where)
        connection = http.client.HTTPConnection(address.host, address.port)
        connection.sock = _Timed(line, ends)
        connection.request("GET", address.target, headers={
            "Host": address.netloc, "User-Agent": AGENT, "Accept": "text/html, application/xhtml+xml, application/xml, application/json, text/*;q=0.8",
            "Accept-Encoding": "gzip, deflate", "Connection": "close", **validators})
        return _read(connection.getresponse(), address, network.settings, where)
    except TimeoutError as error:
        raise Unreachable("no whole answer in time", where=where, remedy="Try again later, or save the page and add the file") from error
    except ssl.SSLError as error:
        fault = f"its certificate does not hold ({(error.reason or 'TLS error')[:60]})"
        raise InputError(fault, where=where, remedy="Open it in a browser to see why") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"the line broke ({type(error).__name__})", where=where, remedy="Try again later, or save the page and add the file") from error
    finally:
        if line is not None:
            line.close()


def _open_line(address: Address, network: Network, ends: float, where: str) -> socket.socket:
    """A line to one of the host's addresses, every one of which has been judged; for https with its certificate checked for the name."""
    found = _within(network.settings.connect_seconds, lambda: network.look_up(address.host, address.port), where)
    for number in found:
        if reason := why_closed(number):
            raise InputError(f"this address is not fetched: {reason}", where=where, remedy="Save the page and add the file")
    for number in found[:3]:
        left = min(network.settings.connect_seconds, ends - time.monotonic())
        if left <= 0:
            raise TimeoutError
        try:
            line = network.dial(number, address.port, left)
        except OSError:
            continue
        if address.scheme == "http":
            return line
        line.settimeout(max(0.001, ends - time.monotonic()))
        try:
            return network.tls.wrap_socket(line, server_hostname=address.host)
        except OSError:
            line.close()
            raise
    raise Unreachable("it does not answer" if found else "there is no such host", where=where, remedy="Check the address, or try again later")


def _within(seconds: float, call: Callable[[], list[str]], where: str) -> list[str]:
    """Look a name up, but wait no longer than this: the system's own lookup cannot be told when to stop."""
    answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def look() -> None:
        """Put the answer, or the error, where the waiting thread takes it."""
        try:
            answers.put(call())
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=look, daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except queue.Empty as error:
        raise Unreachable("its name could not be looked up in time", where=where, remedy="Check the network") from error
    return [] if isinstance(found, OSError | UnicodeError) else found


class _Timed:
    """What http.client needs of a socket, each wait cut to what is left until the deadline."""

    def __init__(self, line: socket.socket, ends: float) -> None:
        self._line, self._ends = line, ends

    def sendall(self, data: bytes) -> None:
        """Send all of it before the deadline."""
        self._line.settimeout(max(0.001, self._ends - time.monotonic()))
        self._line.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return the line as a file whose reads keep the deadline."""
        return io.BufferedReader(_TimedBytes(self._line, self._ends))

    def close(self) -> None:
        """Leave the line open: http.client closes its socket before the body is read; `_ask` closes the line."""


class _TimedBytes(io.RawIOBase):
    def __init__(self, line: socket.socket, ends: float) -> None:
        super().__init__()
        self._line, self._ends = line, ends

    def readable(self) -> bool:
        """Say that it can be read from."""
        return True

    def readinto(self, buffer: bytearray) -> int:
        """Read what is there; TimeoutError when the deadline has passed."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._line.settimeout(left)
        return self._line.recv_into(buffer)


def _read(response: http.client.HTTPResponse, address: Address, settings: WebSettings, where: str) -> Answer | str:
    if response.status in _MOVED and response.headers.get("Location"):
        return response.headers["Location"].encode("latin-1", "replace").decode("utf-8", "replace")
    kind, charset = response.headers.get_content_type(), response.headers.get_content_charset() or ""
    validators = {ask: response.headers[given][:300] for ask, given in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
                  if _printable(response.headers.get(given))}
    if response.status == 304:
        return Answer(address.url, 304, kind, charset, b"", validators)
    if response.status != 200:
        said = _SAYS.get(response.status, f"answers with status {response.status}")
        wait = response.headers.get("Retry-After", "")
        later = f" (in {wait} s)" if wait.isdecimal() and len(wait) < 7 else ""
        refusal = Busy if response.status in (429, 503) else InputError
        raise refusal(f"the server {said}{later}", where=where, remedy="Open it in a browser, save the page and add the file")
    if kind.startswith(_NO_TEXT):
        raise InputError(f"this is {kind[:40]}, not a page", where=where, remedy="Give the address of an article or a feed")
    body = unpack_body(_pieces(response, where), response.headers.get("Content-Encoding", ""), settings.max_body, where)
    return Answer(address.url, 200, kind, charset, body, validators)


def _printable(value: str | None) -> bool:
    return bool(value) and value.isascii() and value.isprintable()


def _pieces(response: http.client.HTTPResponse, where: str) -> Iterator[bytes]:
    while piece := response.read(65_536):
        yield piece
    if response.length:
        raise Unreachable("the answer was cut off", where=where, remedy="Try again later")
