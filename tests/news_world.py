"""A news world on loopback: outlets, feeds and everything that goes wrong on the way, so that the way in is proven without the internet.

`World` is an HTTP server. Its hosts have made-up public addresses: `network()` gives a `fetch.Network` whose name service knows only them and
whose dialler carries a line to such an address to the server. Nothing else is replaced: the judging of addresses, redirects, limits and
deadlines is the real one. A dial to any other address is counted in `strays` and refused. `most_lines` is how many lines to one address were ever open at once.

`Canary` listens on every address of this machine and counts what arrives: the inner network that no link may open.
"""

from __future__ import annotations

import gzip
import json
import re
import socket
import ssl
import threading
import time
import zlib
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from analysis.corpus.fetch import Network
from analysis.settings import WebSettings

HOSTS = {"gull.test": "93.184.216.10", "news.example": "93.184.216.13", "tern.test": "93.184.216.11", "www.tern.test": "93.184.216.11", "auk.test": "93.184.216.12",
         "slow.test": "93.184.216.20", "broken.test": "93.184.216.21", "bomb.test": "93.184.216.22", "skua.test": "2606:2800:220:1::10"}
STORIES = {
    "ferry": ("Ferry service halted after storm", "2031-03-02T09:30:00Z",
              ["The ferry between the island and the mainland stopped running at noon on Sunday after a storm damaged the north pier, the harbour office said.",
               "About 400 passengers waited in the terminal. Nobody was hurt, according to the fire service, which checked the pier in the afternoon.",
               "“We will not sail before the beams have been checked,” said Imelda Thrupp, who runs the ferry company.",
               "The town expects repairs to take three weeks and to cost 2 million. Buses will run to the southern harbour until then."]),
    "school": ("School board votes to keep the old library", "2031-03-04T17:00:00Z",
               ["The school board voted seven to two on Tuesday evening to keep the old library building open for at least another four years.",
                "Parents had collected 1,900 signatures against the plan to sell the building, which dates from 1911 and needs a new roof.",
                "The board said that it would pay for the roof out of its reserves and look for a partner for the reading room.",
                "Two members who voted against the motion said that the money would be missing for teachers next year."]),
}


def page(story: str = "ferry", outlet: str = "The Gull", extra_head: str = "", extra_body: str = "") -> str:
    """An outlet-like page: menus, the article, read-also boxes, a footer."""
    title, when, paragraphs = STORIES[story]
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | {outlet}</title><meta property="og:title" content="{title}">
<meta property="og:site_name" content="{outlet}"><meta property="article:published_time" content="{when}">{extra_head}
<script>var tracking = "<p>never text</p>";</script></head><body><nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article><h1>{title}</h1>{''.join(f'<p>{paragraph}</p>' for paragraph in paragraphs)}</article>{extra_body}
<aside><h2>Read also</h2><ul><li><a href="/x">Ten gardens to see</a></li></ul></aside><footer>Copyright. All rights reserved. Subscribe.</footer></body></html>"""


def rss(host: str = "gull.test", stories=("ferry", "school"), extra: str = "") -> str:
    """An RSS feed with excerpts, as outlets give them."""
    items = "".join(f"<item><title>{STORIES[name][0]}</title><link>http://{host}/{name}</link><guid>{host}-{name}</guid>"
                    f"<pubDate>Sun, 02 Mar 2031 09:30:00 GMT</pubDate><description>&lt;p&gt;{STORIES[name][2][0]}&lt;/p&gt;</description></item>" for name in stories)
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>The Gull</title><link>http://{host}/</link>{extra}{items}</channel></rss>'


def atom(host: str = "tern.test") -> str:
    """An Atom feed with whole articles."""
    entries = "".join(f'<entry><title>{title}</title><link rel="alternate" href="/{name}"/><id>urn:{name}</id><published>{when}</published><updated>2031-03-09T00:00:00Z</updated>'
                      f'<author><name>Ann Auk</name></author><content type="html">{"".join(f"&lt;p&gt;{text}&lt;/p&gt;" for text in texts)}</content></entry>'
                      for name, (title, when, texts) in STORIES.items())
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://{host}/"><title>The Tern</title>{entries}</feed>'


def json_feed(host: str = "auk.test") -> str:
    """A JSON feed."""
    items = [{"id": name, "url": f"http://{host}/{name}", "title": title, "date_published": when, "authors": [{"name": "Bo Dunlin"}],
              "content_html": "".join(f"<p>{text}</p>" for text in texts)} for name, (title, when, texts) in STORIES.items()]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "The Auk", "home_page_url": f"http://{host}/", "items": items})


def opml(*urls: str) -> str:
    """A list of subscriptions in two folders."""
    lines = "".join(f'<outline type="rss" text="Feed {i}" xmlUrl="{url}"/>' for i, url in enumerate(urls))
    return f'<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body><outline text="Coast">{lines}</outline></body></opml>'


@lru_cache(maxsize=4)
def gzip_bomb(megabytes: int) -> bytes:
    """A gzip stream a thousandth of what it unpacks to."""
    machine = zlib.compressobj(9, wbits=31)
    return b"".join(machine.compress(bytes(1_000_000)) for _ in range(megabytes)) + machine.flush()


class World:
    """The server; use it as a context manager."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.strays: list[str] = []
        self.lookups: list[str] = []
        self.most_lines = 0
        self._lines: dict[str, list[socket.socket]] = {}
        self._lock = threading.Lock()
        self.stop = threading.Event()
        self.tls = ssl.create_default_context()
        self.names: dict[str, list[list[str]]] = {host: [[number]] for host, number in HOSTS.items()}
        world = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                world.serve(self)

            def log_message(self, *args) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __enter__(self) -> World:
        return self

    def __exit__(self, *args) -> None:
        self.stop.set()
        self.server.shutdown()
        self.server.server_close()

    def network(self, **options) -> Network:
        """The way out into this world alone; options go to WebSettings."""
        chosen = {"host_pause": 0.0, "answer_seconds": 3.0, "connect_seconds": 1.0, **options}
        return Network(settings=WebSettings(**chosen), look_up=self.look_up, dial=self.dial, tls=self.tls)

    def look_up(self, host: str, port: int) -> list[str]:
        """Answer as a name service; a name with several answers gives them in turn, as a rebinding server does."""
        self.lookups.append(host)
        if re.fullmatch(r"[\d.]+|.*:.*|0x[\da-f.x]+", host):
            return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        answers = self.names.get(host)
        if not answers:
            raise socket.gaierror("no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def dial(self, address: str, port: int, seconds: float) -> socket.socket:
        """Carry a line to the server when the address is one of the world's outlets."""
        if address not in HOSTS.values():
            self.strays.append(f"{address}:{port}")
            raise ConnectionRefusedError(address)
        line = socket.create_connection(self.server.server_address, timeout=seconds)
        with self._lock:
            self._lines[address] = [*(open_ for open_ in self._lines.get(address, []) if open_.fileno() != -1), line]
            self.most_lines = max(self.most_lines, len(self._lines[address]))
        return line

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request by host and path."""
        host = request.headers.get("Host", "")
        self.asked.append((host, request.path, dict(request.headers)))
        try:
            name = request.path.strip("/").split("?")[0].replace("-", "_") or "home"
            answer = getattr(self, f"at_{name}", None)
            if answer is not None:
                answer(request)
            elif name in STORIES:
                outlet = {"gull.test": "The Gull", "tern.test": "The Tern", "auk.test": "The Auk", "skua.test": "The Skua"}.get(host, "The Gull")
                self.give(request, page(name, outlet))
            else:
                self.give(request, "<p>no such page</p>", status=404)
        except (BrokenPipeError, ConnectionResetError):
            request.close_connection = True

    @staticmethod
    def give(request, body: str | bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str) -> None:
        """Send a whole answer."""
        raw = body.encode() if isinstance(body, str) else body
        request.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)), **{k.replace("_", "-"): v for k, v in headers.items()}}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(raw)

    def redirect(self, request, to: str) -> None:
        """Send on to another address."""
        self.give(request, "", status=302, Location=to)

    # feeds
    def at_rss(self, request) -> None:
        if request.headers.get("If-None-Match") == '"v1"':
            self.give(request, b"", status=304, ETag='"v1"')
        else:
            self.give(request, rss(request.headers["Host"]), "application/rss+xml", ETag='"v1"', Last_Modified="Sun, 02 Mar 2031 09:30:00 GMT")

    def at_atom(self, request) -> None:
        self.give(request, atom(), "application/atom+xml")

    def at_feed_json(self, request) -> None:
        self.give(request, json_feed(), "application/feed+json")

    def at_opml(self, request) -> None:
        self.give(request, opml("http://gull.test/rss", "http://tern.test/atom"), "text/x-opml")

    def at_with_feed(self, request) -> None:
        self.give(request, page(extra_head='<link rel="alternate" type="application/rss+xml" href="http://127.0.0.1/rss"><link rel="canonical" '
                                           'href="http://169.254.169.254/latest/meta-data/">'))

    # redirects
    def at_once(self, request) -> None:
        self.redirect(request, "/ferry")

    def at_twice(self, request) -> None:
        self.redirect(request, "/once")

    def at_thrice(self, request) -> None:
        self.redirect(request, "/twice")

    def at_loop(self, request) -> None:
        self.redirect(request, "/loop")

    def at_to(self, request) -> None:
        """Send on to whatever stands after the question mark, as it stands."""
        self.redirect(request, request.path.partition("?")[2])

    # slow, endless and broken
    def at_drip_head(self, request) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self.drip(request, b"X-Wait: and see\r\n")

    def at_drip_body(self, request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.end_headers()
        self.drip(request, b"<p>word</p>")

    def at_silence(self, request) -> None:
        self.stop.wait(30)

    def at_endless(self, request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.end_headers()
        while not self.stop.is_set():
            request.wfile.write(b"<p>and so on</p>" * 4096)

    def at_endless_chunks(self, request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        while not self.stop.is_set():
            request.wfile.write(b"1\r\nx\r\n" * 4096)

    def at_endless_continue(self, request) -> None:
        while not self.stop.is_set():
            request.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)

    def at_cut(self, request) -> None:
        raw = page().encode()
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Content-Length", str(len(raw) + 500))
        request.end_headers()
        request.wfile.write(raw)
        request.close_connection = True

    def at_nonsense(self, request) -> None:
        request.wfile.write(b"\x00\x01\x02 this is not HTTP\r\n\r\n")
        request.close_connection = True

    def at_many_headers(self, request) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(5000)) + b"\r\n")
        request.close_connection = True

    def at_hang_up(self, request) -> None:
        request.close_connection = True

    def at_later(self, request) -> None:
        self.give(request, "later", status=429, Retry_After="3600")

    def at_down(self, request) -> None:
        self.give(request, "down", status=503)

    def at_gone(self, request) -> None:
        self.give(request, "gone", status=410)

    def at_cookie(self, request) -> None:
        self.give(request, page(), Set_Cookie="session=abc; Path=/")

    # encodings
    def at_cyrillic(self, request) -> None:
        text = "Паром между островом и материком остановлен в воскресенье после шторма, сообщила администрация порта. " * 6
        self.give(request, f"<html><head><meta charset='windows-1251'><title>Паром</title></head><body><article><h1>Паром остановлен</h1><p>{text}</p><p>{text}"
                           "</p></article></body></html>".encode("cp1251"), "text/html; charset=utf-8")

    def at_wide(self, request) -> None:
        self.give(request, page().encode("utf-16"), "text/html")

    def at_latin(self, request) -> None:
        self.give(request, page().replace("utf-8", "iso-8859-1").encode("cp1252"), "text/html")

    def at_no_length(self, request) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page().encode())
        request.close_connection = True

    def at_pdf(self, request) -> None:
        self.give(request, b"%PDF-1.7 ...", "application/pdf")

    def at_gzipped(self, request) -> None:
        self.give(request, gzip.compress(page().encode()), Content_Encoding="gzip")

    def at_deflated(self, request) -> None:
        machine = zlib.compressobj(wbits=-15)
        self.give(request, machine.compress(page().encode()) + machine.flush(), Content_Encoding="deflate")

    # bombs
    def at_bomb(self, request) -> None:
        self.give(request, gzip_bomb(60), Content_Encoding="gzip")

    def at_bad_gzip(self, request) -> None:
        self.give(request, gzip.compress(page().encode())[:-40] + b"garbage", Content_Encoding="gzip")

    def at_brotli(self, request) -> None:
        self.give(request, b"\x1b\x00\x00", Content_Encoding="br")

    def drip(self, request, piece: bytes) -> None:
        """Send a piece every 50 ms until the world ends: every wait is short, the whole is not."""
        while not self.stop.is_set():
            request.wfile.write(piece)
            time.sleep(0.05)


class Canary:
    """A server on every address of this machine; whoever arrives is counted."""

    def __init__(self) -> None:
        self.visits: list[str] = []
        self._lines = [self._listen(socket.AF_INET, "0.0.0.0", 0)]
        self.port = self._lines[0].getsockname()[1]
        if socket.has_ipv6:
            self._lines.append(self._listen(socket.AF_INET6, "::", self.port))

    def _listen(self, family: int, host: str, port: int) -> socket.socket:
        line = socket.socket(family, socket.SOCK_STREAM)
        if family == socket.AF_INET6:
            line.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        line.bind((host, port))
        line.listen(50)
        threading.Thread(target=self._count, args=(line,), daemon=True).start()
        return line

    def _count(self, line: socket.socket) -> None:
        while True:
            try:
                visitor, address = line.accept()
            except OSError:
                return
            self.visits.append(str(address))
            visitor.close()

    def __enter__(self) -> Canary:
        return self

    def __exit__(self, *args) -> None:
        for line in self._lines:
            line.close()


FORBIDDEN = (  # %d is the port: the web's own, or the canary's
    "http://127.0.0.1:%d/", "http://127.1:%d/", "http://127.0.1:%d/", "http://2130706433:%d/", "http://0x7f000001:%d/", "http://0x7f.1:%d/", "http://0177.0.0.1:%d/",
    "http://017700000001:%d/", "http://127.255.255.254:%d/", "http://0.0.0.0:%d/", "http://0:%d/", "http://localhost:%d/", "http://LOCALHOST.:%d/",
    "http://127.0.0.1.:%d/", "http://[::1]:%d/", "http://[::]:%d/", "http://[::ffff:127.0.0.1]:%d/", "http://[::ffff:7f00:1]:%d/", "http://[::127.0.0.1]:%d/",
    "http://[0:0:0:0:0:0:0:1]:%d/", "http://[64:ff9b::7f00:1]:%d/", "http://[64:ff9b::169.254.169.254]:%d/", "http://[64:ff9b:1::1]:%d/", "http://[2002:7f00:1::]:%d/",
    "http://[2002:a9fe:a9fe::1]:%d/", "http://[2001:0:7f00:1::1]:%d/", "http://[2001:db8::1]:%d/", "http://[fe80::1]:%d/", "http://[fe80::1%%25eth0]:%d/",
    "http://[fc00::1]:%d/", "http://[fd00:ec2::254]:%d/", "http://[fec0::1]:%d/", "http://[ff02::1]:%d/", "http://[5f00::1]:%d/", "http://[100::1]:%d/",
    "http://[2606:2800::5efe:7f00:1]:%d/", "http://169.254.169.254:%d/latest/meta-data/", "http://168.63.129.16:%d/", "http://100.100.100.200:%d/",
    "http://100.64.0.1:%d/", "http://10.0.0.1:%d/", "http://172.16.0.1:%d/", "http://192.168.1.1:%d/", "http://192.0.0.192:%d/", "http://198.18.0.1:%d/",
    "http://224.0.0.1:%d/", "http://240.0.0.1:%d/", "http://255.255.255.255:%d/", "http://192.88.99.1:%d/", "http://user:pass@127.0.0.1:%d/",
    "http://gull.test@127.0.0.1:%d/", "http://127.0.0.1:%d\\@gull.test/", "http://１２７.０.０.１:%d/", "http://127。0。0。1:%d/", "http://①②⑦.0.0.1:%d/",
    "https://127.0.0.1:%d/", "https://[::1]:%d/", "file:///etc/passwd?%d", "gopher://127.0.0.1:%d/_GET", "feed:http://127.0.0.1:%d/", "ftp://127.0.0.1:%d/",
    "dict://127.0.0.1:%d/", "jar:http://127.0.0.1:%d/!/", "//127.0.0.1:%d/", "http:127.0.0.1:%d/", "http:///127.0.0.1:%d/",
    "data:text/html,<p>%d</p>", "javascript:fetch('http://127.0.0.1:%d/')")
