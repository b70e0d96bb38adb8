"""Fetching: from a local news world only, and never from inside."""

import os
import socket
import ssl
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from news_world import FORBIDDEN, Canary, World, page

from analysis.corpus.addresses import read_address, show_address, why_closed, without_secrets
from analysis.corpus.fetch import Network, Unreachable, fetch
from analysis.schema import InputError
from analysis.settings import WebSettings


@pytest.fixture(scope="module")
def world():
    with World() as made:
        yield made


def test_a_page_is_fetched_with_its_host_named_and_nothing_else_told(world):
    answer = fetch("http://gull.test/ferry?a=1&b=ü#part", world.network())
    assert answer.body.decode() == page() and (answer.kind, answer.charset, answer.url) == ("text/html", "utf-8", "http://gull.test/ferry?a=1&b=%C3%BC")
    host, path, headers = world.asked[-1]
    assert (host, path) == ("gull.test", "/ferry?a=1&b=%C3%BC")
    assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


def test_an_outlet_with_an_ipv6_address_alone_is_reached(world):
    assert fetch("http://skua.test/ferry", world.network()).status == 200


@pytest.mark.parametrize(("path", "end"), [("once", "/ferry"), ("twice", "/ferry")])
def test_two_redirects_are_followed(world, path, end):
    assert fetch(f"http://gull.test/{path}", world.network()).url == f"http://gull.test{end}"


def test_packed_answers_are_unpacked_and_one_without_a_length_is_read_to_its_end(world):
    for path in ("gzipped", "deflated", "no-length"):
        assert fetch(f"http://gull.test/{path}", world.network()).body.decode() == page()


def test_no_cookie_is_kept(world):
    network = world.network()
    fetch("http://gull.test/cookie", network)
    fetch("http://gull.test/ferry", network)
    assert "Cookie" not in world.asked[-1][2]


def test_a_feed_is_asked_for_changes_only(world):
    first = fetch("http://gull.test/rss", world.network())
    again = fetch("http://gull.test/rss", world.network(), validators=first.validators)
    assert first.validators == {"If-None-Match": '"v1"', "If-Modified-Since": "Sun, 02 Mar 2031 09:30:00 GMT"}
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(("path", "said"), [
    ("thrice", "leads on more than 2 times"), ("loop", "leads on more than 2 times"), ("gone", "taken the page away"), ("later", "come back later (in 3600 s)"),
    ("down", "come back later"), ("pdf", "application/pdf, not a page"), ("brotli", "packed as 'br'"), ("bad-gzip", "damaged or cut off"),
    ("nowhere", "no such page"), ("bomb", "larger than"), ("endless", "larger than"), ("many-headers", "the line broke"), ("nonsense", "the line broke"),
    ("hang-up", "the line broke"), ("cut", "cut off"), ("to?file:///etc/passwd", "http:// or https://"), ("to?http://gull.test:22/", "port 22"),
])
def test_what_cannot_be_had_is_said_by_name(world, path, said):
    with pytest.raises(InputError) as caught:
        fetch(f"http://gull.test/{path}", world.network(max_body=2_000_000))
    assert said in str(caught.value) and caught.value.where.startswith(("http://gull.test", "file:")) and caught.value.remedy


@pytest.mark.parametrize("path", ["drip-head", "drip-body", "silence", "endless-continue", "endless-chunks"])
def test_a_server_that_dribbles_cannot_stretch_the_deadline(world, path):
    began = time.monotonic()
    with pytest.raises(InputError):
        fetch(f"http://slow.test/{path}", world.network(answer_seconds=0.7, max_body=100_000_000))
    assert time.monotonic() - began < 3


def test_a_name_that_is_never_answered_is_given_up(world):
    network = Network(settings=WebSettings(connect_seconds=0.2), look_up=lambda host, port: time.sleep(5) or [], dial=world.dial)
    began = time.monotonic()
    with pytest.raises(Unreachable, match="could not be looked up"):
        fetch("http://gull.test/", network)
    assert time.monotonic() - began < 2
    with pytest.raises(Unreachable, match="no such host"):
        fetch("http://nobody.test/", world.network())


def test_https_is_checked_for_the_name_although_the_line_goes_to_a_number(world):
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    names = []

    def serve(certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        context.sni_callback = lambda line, name, _: names.append(name)

        def dial(address, port, seconds):
            assert (address, port) == ("93.184.216.10", 443)
            ours, theirs = socket.socketpair()

            def answer():
                try:
                    with context.wrap_socket(theirs, server_side=True) as line:
                        line.recv(4096)
                        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi")
                except OSError:
                    theirs.close()

            import threading
            threading.Thread(target=answer, daemon=True).start()
            return ours

        tls = ssl.create_default_context()
        authority.configure_trust(tls)
        return Network(settings=WebSettings(answer_seconds=5), look_up=world.look_up, dial=dial, tls=tls)

    assert fetch("https://gull.test/", serve(authority.issue_cert("gull.test"))).body == b"hi"
    assert names == ["gull.test"]
    with pytest.raises(InputError, match="certificate does not hold"):
        fetch("https://gull.test/", serve(authority.issue_cert("other.test")))


def test_no_address_that_leads_inside_is_reached_whatever_way_it_is_written():
    assert len(FORBIDDEN) >= 60
    with Canary() as canary:
        network = Network(settings=WebSettings(connect_seconds=1, answer_seconds=1), ports=frozenset({80, 443, canary.port}))
        for url in FORBIDDEN:
            with pytest.raises(InputError):
                fetch(url % canary.port, network)
        assert canary.visits == []
        socket.create_connection(("127.0.0.1", canary.port)).close()
        time.sleep(0.1)
        assert len(canary.visits) == 1, "the canary does see who arrives"


def test_no_redirect_leads_inside(world):
    with Canary() as canary:
        network = Network(settings=WebSettings(connect_seconds=1, answer_seconds=2), ports=frozenset({80, 443, canary.port}),
                          look_up=world.look_up, dial=world.dial)
        for url in FORBIDDEN:
            with pytest.raises(InputError):
                fetch("http://gull.test/to?" + (url % canary.port).encode().decode("latin-1"), network)
        assert canary.visits == [] and world.strays == []


def test_a_name_that_changes_its_address_is_judged_by_the_one_connected_to(world):
    world.names["rebind.test"] = [["93.184.216.10"], ["127.0.0.1"], ["93.184.216.10", "10.0.0.1"]]
    lookups = len(world.lookups)
    assert fetch("http://rebind.test/ferry", world.network()).status == 200
    assert len(world.lookups) == lookups + 1, "one lookup a request: there is no second answer to be fooled by"
    for _ in range(2):
        with pytest.raises(InputError, match="private or special range"):
            fetch("http://rebind.test/ferry", world.network())
    world.names["hop.test"] = [["93.184.216.10"], ["127.0.0.1"]]
    with pytest.raises(InputError, match="private or special range"):
        fetch("http://hop.test/once", world.network())
    assert world.strays == []


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "2a00:1450::1", "64:ff9b::808:808"])
def test_the_public_internet_is_open(address):
    assert why_closed(address) == ""


@settings(max_examples=300)
@given(st.ip_addresses())
def test_what_python_calls_private_is_closed_here_too(address):
    special = address.is_private or address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local or address.is_unspecified
    if special and not (address.version == 6 and address in __import__("ipaddress").ip_network("64:ff9b::/96")):
        assert why_closed(str(address))


@settings(max_examples=200)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
@example("\ud800")
@example("?a=\ud800&token=x")
def test_any_text_is_an_address_or_a_refusal(text):
    for url in (text, f"http://{text}", f"http://gull.test/{text}"):
        assert "token=" not in without_secrets(url)
        try:
            found = read_address(url)
        except InputError as error:
            str(error).encode("utf-8", "strict") if not any("\ud800" <= c <= "\udfff" for c in text) else None
        else:
            assert found.target.isascii() and found.target.isprintable() and " " not in found.target and read_address(found.url) == found


def test_a_key_in_an_address_is_never_shown_or_kept(world, caplog, capfd):
    key = "CANARYsecret0123456789abcdef"
    urls = [f"http://gull.test/gone?api_key={key}", f"http://user:{key}@gull.test/", f"http://gull.test/feed/{key}/down", f"http://nobody.test/?token={key}",
            f"http://gull.test/to?http://127.0.0.1/?token={key}", f"javascript:{key}", f"http://gull.test:99999/?{key}", f"http://[{key}/"]
    caplog.set_level("DEBUG")
    for url in urls:
        with pytest.raises(InputError) as caught:
            fetch(url, world.network())
        assert key not in str(caught.value)
    assert key not in caplog.text and key not in "".join(capfd.readouterr())
    assert without_secrets(f"https://u:p@x.test/a?id=7&token={key}#frag") == "https://x.test/a?id=7"
    assert show_address("https://x.test/a?id=7") == "https://x.test/a?…"


def test_a_proxy_of_the_environment_is_not_used(world, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert os.environ["http_proxy"] and fetch("http://gull.test/ferry", world.network()).status == 200
