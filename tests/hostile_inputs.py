"""Input that is made to hurt, or only broken: a written list with the reason for each, and mutations of good files without end.

Everything is generated, nothing is stored. `run` puts one through the one door, as an upload with the network off, and says how it ended.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import struct
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd
import psutil
from news_world import STORIES, atom, gzip_bomb, json_feed, opml, page, rss
from test_ways import BODY, RECORDS, warc, workbook, zipped

from analysis.schema import InputError
from analysis.settings import Settings
from analysis.tables import Upload, Way
from analysis.ways import Pasted, read_articles


@dataclass(frozen=True)
class Case:
    """One input: its name and ending, why it is on the list, how its bytes are made, and whether it is a bomb."""

    name: str
    why: str
    make: Callable[[], bytes]
    bomb: bool = False


@dataclass(frozen=True)
class Ended:
    """How one input ended: articles, 'refused: reason', or 'UNCAUGHT …'; seconds on the clock; bytes of memory over what was there before; seconds of
    processor time, which other work on the machine does not stretch. Memory and processor time with those of all children."""

    how: str
    seconds: float
    memory: int
    busy: float


class Memory:
    """The most memory that this process and its children held beyond the beginning, looked at every 20 ms."""

    def __enter__(self) -> Memory:
        self._me, self._stop, self.most = psutil.Process(), threading.Event(), 0
        self.first = self._held()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *args) -> None:
        self._stop.set()
        self._thread.join()

    def _held(self) -> int:
        total = 0
        for process in [self._me, *self._me.children(recursive=True)]:
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return total

    def _watch(self) -> None:
        while not self._stop.wait(0.02):
            self.most = max(self.most, self._held() - self.first)


def warm(settings: Settings) -> None:
    """Have all worker processes up, so that starting one again after a kill is not counted as the next input's time and memory."""
    for _ in range(2 * settings.worker.processes):
        run("warm.html", b"<html><body><p>" + b"word " * 50, settings)


def processor_seconds() -> float:
    """Of this process and of all its children, those that have ended too."""
    total = sum(os.times()[:4])
    for child in psutil.Process().children(recursive=True):
        try:
            total += sum(child.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return total


def run(name: str, raw: bytes, settings: Settings) -> Ended:
    """Put one input through the one door."""
    source = Pasted(raw.decode("utf-8", "surrogateescape")) if name.endswith(".pasted") else Upload(name, raw)
    with Memory() as memory:
        began, spent = time.monotonic(), processor_seconds()
        try:
            n_articles = n_refused = 0
            for articles, dropped in read_articles(source, Way(settings)):
                "".join(articles["text"] + articles["title"] + articles["outlet"] + articles["url"]).encode("utf8")
                "".join(dropped["where"] + dropped["reason"]).encode("utf8", "surrogateescape")
                assert all(url == "" or url.lower().startswith(("http://", "https://")) for url in articles["url"])
                assert (dropped["reason"].str.len() > 0).all()
                n_articles, n_refused = n_articles + len(articles), n_refused + len(dropped)
            how = f"{n_articles} articles, {n_refused} refused"
        except InputError as error:
            assert error.problem and error.remedy
            how = f"refused: {error.problem}"
    return Ended(how, time.monotonic() - began, memory.most, processor_seconds() - spent)


def lost_a_worker(ended: Ended) -> bool:
    """Whether a worker process was killed or crashed and must be started anew."""
    return "taking it apart" in ended.how


def _laughs(depth: int = 9) -> str:
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, depth))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>'


def _feed_of(item: str, head: str = '<?xml version="1.0"?>') -> bytes:
    return f'{head}<rss version="2.0"><channel><title>t</title>{item}</channel></rss>'.encode()


def _zeros(megabytes: int) -> tuple[bytes, int]:
    """Zeros as a deflate stream and their checksum: one megabyte is packed once and repeated, which saves packing a gigabyte."""
    machine, check = zlib.compressobj(9, wbits=-15), 0
    block = machine.compress(bytes(1_000_000)) + machine.flush(zlib.Z_FULL_FLUSH)
    for _ in range(megabytes):
        check = zlib.crc32(bytes(1_000_000), check)
    return block * megabytes + machine.flush(), check


def _flat_zip(megabytes: int, members: int = 1) -> bytes:
    """Members of zeros, each as large as said."""
    (packed, check), body, directory = _zeros(megabytes), b"", b""
    for number in range(members):
        name = f"{number}.txt".encode()
        shape = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, check, len(packed), megabytes * 1_000_000, len(name), 0)
        directory += struct.pack("<4sH", b"PK\x01\x02", 20) + shape + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
        body += b"PK\x03\x04" + shape + name + packed
    return body + directory + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, members, members, len(directory), len(body), 0)


def _flat_gzip(megabytes: int, before: bytes) -> bytes:
    """A gzip of these bytes and then zeros."""
    (packed, _), head = _zeros(megabytes), zlib.compressobj(9, wbits=-15)
    check = zlib.crc32(before)
    for _ in range(megabytes):
        check = zlib.crc32(bytes(1_000_000), check)
    start = head.compress(before) + head.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + start + packed + struct.pack("<II", check, len(before) + megabytes * 1_000_000)


def _rare_zip(name: str, size: int, method: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive, archive.open(name, "w", force_zip64=True) as member:
        for _ in range(size // 1_000_000):
            member.write(bytes(1_000_000))
    return packed.getvalue()


def _overlapping() -> bytes:
    """Many directory entries that all point at one kernel (after Fifield 2019)."""
    body = zlib.compress(b"a" * 1_000_000)[2:-4]
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, zlib.crc32(b"a" * 1_000_000), len(body), 1_000_000, 5, 0) + b"a.txt" + body
    entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, zlib.crc32(b"a" * 1_000_000), len(body), 1_000_000, 5, 0, 0, 0, 0, 0, 0) + b"a.txt"
    return local + entry * 150 + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 150, 150, len(entry) * 150, len(local), 0)


def _lying(size: int) -> bytes:
    """A member that declares fewer bytes than it unpacks to."""
    raw = bytearray(zipped(**{"a.txt": "word " * 100_000}))
    for magic, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = raw.find(magic)
        raw[at + offset:at + offset + 4] = struct.pack("<I", size)
    return bytes(raw)


def _locked() -> bytes:
    raw = bytearray(zipped(**{"a.txt": BODY}))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.find(magic) + offset] |= 1
    return bytes(raw)


def _sheet(rows: str) -> bytes:
    packed = io.BytesIO(workbook(RECORDS))
    made = {}
    with zipfile.ZipFile(packed) as archive:
        made = {info.filename: archive.read(info) for info in archive.infolist()}
    made["xl/worksheets/b.xml"] = rows.encode()
    return zipped(**{name.replace("/", "__"): content for name, content in made.items()})


_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _parquet(**columns) -> bytes:
    kept = io.BytesIO()
    pd.DataFrame(columns).to_parquet(kept)
    return kept.getvalue()


def _parquet_bomb() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kept = io.BytesIO()
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 400_000, pa.int32()), pa.array(["word " * 2_000]))
    pq.write_table(pa.table({"text": texts}), kept, compression="zstd", row_group_size=400_000)
    return kept.getvalue()


def _record(body: bytes, length: int | None = None, more: str = "", kind: str = "text/html") -> bytes:
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + body
    return (f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://gull.test/a\r\nWARC-Date: 2031-03-09T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(answer) if length is None else length}\r\n\r\n").encode() + answer + b"\r\n\r\n"


def _deep(opening: bytes, closing: bytes, depth: int, inside: bytes = b"") -> bytes:
    return opening * depth + inside + closing * depth


_ARTICLE = page().encode()
CASES = (
    Case("deep.jsonl", "recursion in the JSON parser", lambda: b'{"text": ' + _deep(b"[", b"]", 200_000) + b"}\n"),
    Case("deep.json", "the same in a list", lambda: _deep(b"[", b"]", 200_000)),
    Case("deep-object.json", "the same in objects", lambda: _deep(b'{"a":', b"}", 100_000, b"1")),
    Case("int.jsonl", "a number of more digits than Python converts", lambda: b'{"text": "x", "id": ' + b"9" * 10_000 + b"}\n"),
    Case("infinity.jsonl", "numbers that JSON does not have", lambda: b'{"text": "word", "date": Infinity, "id": NaN}\n'),
    Case("surrogate.jsonl", "text that no database can hold", lambda: b'{"text": "a\\ud800b", "title": "\\udfff", "outlet": "\\ud83d"}\n'),
    Case("nul.jsonl", "a NUL inside a text", lambda: b'{"text": "a\\u0000b words here", "title": "\\u0000"}\n'),
    Case("bidi.jsonl", "overrides that turn a quotation round", lambda: '{"text": "he said \u202eyes\u202c and \u2066no\u2069", "outlet": "\u202eLLUG"}\n'.encode()),
    Case("types.jsonl", "every field of a wrong type", lambda: json.dumps({name: {"a": [1, None]} for name in ("text", "title", "outlet", "date", "url", "id")}).encode()),
    Case("types2.jsonl", "numbers where words belong", lambda: json.dumps({"text": "some words", "title": 1e308, "outlet": True, "date": -1e300, "url": 7, "id": 3}).encode()),
    Case("script.jsonl", "an address that is a script", lambda: json.dumps({"text": BODY, "url": "javascript:alert(1)"}).encode()),
    Case("long-line.jsonl", "one line without an end", lambda: b'{"text": "' + b"word " * 6_000_000),
    Case("no-newline.jsonl", "a bomb for readers of lines", lambda: b"x" * 30_000_000),
    Case("cut.json", "a list cut off", lambda: b'[{"text": "words"}, {"text": "wor'),
    Case("scalars.json", "a list of everything but articles", lambda: b'[1, null, "x", [], true, 1.5]'),
    Case("wrapped.json", "a wrapper with a wrapper in it", lambda: b'{"articles": [{"articles": [{"text": "x"}]}]}'),
    Case("keys.jsonl", "a record of 100,000 fields", lambda: json.dumps({f"k{i}": i for i in range(100_000)} | {"text": "words"}).encode()),
    Case("dates.jsonl", "dates that are none", lambda: "\n".join(json.dumps({"text": f"words {i}", "date": d}) for i, d in enumerate(
        ["9999-99-99", "0000-01-01", "2024-02-30", "1e400", "٢٠٢٤-٠١-٠١", "-", "12/12/12", "2024-01-01T25:00", "Mon, 99 Foo 2024 00:00:00", "+0000", "2024-W53-7", "P1D"])).encode()),
    Case("quote.csv", "a quotation mark that is never closed", lambda: b'text,title\n"open ' + b"word, " * 5_000_000),
    Case("columns.csv", "100,000 columns", lambda: b"text," + b",".join(b"c%d" % i for i in range(100_000)) + b"\n" + b"x," * 100_000),
    Case("wide.csv", "a row wider than its header", lambda: b"text\n" + b"a," * 200_000 + b"\n"),
    Case("nul.csv", "NULs between the cells", lambda: b"text,title\na\x00b,c\nwords,\x00\n"),
    Case("header.csv", "a header alone", lambda: b"text,title\n"),
    Case("blank.csv", "line ends alone", lambda: b"\n" * 1_000_000),
    Case("formula.csv", "cells that a spreadsheet would run", lambda: b"text,outlet,title\n" + BODY.encode() + b",=cmd|' /C calc'!A1,@SUM(1)\n"),
    Case("mixed.csv", "two encodings in one file", lambda: "text\ncafé au lait\n".encode() + "naïve café\n".encode("cp1252")),
    Case("utf7.csv", "an encoding that hides its markup", lambda: b"text\n+ADw-script+AD4-alert(1)+ADw-/script+AD4-\n"),
    Case("na.csv", "names that readers of tables take for gaps", lambda: f"outlet,text\nNA,{BODY}\nnull,{BODY}x\nNaN,{BODY}y\n#N/A,{BODY}z\n".encode()),
    Case("utf16.csv", "UTF-16 without a mark", lambda: f"outlet,text\nGull,{BODY}\n".encode("utf-16-le")),
    Case("odd.csv", "an odd number of UTF-16 bytes", lambda: f"outlet,text\nGull,{BODY}\n".encode("utf-16")[:-1]),
    Case("equal.html", "100,000 equal paragraphs: 46 s of trafilatura", lambda: b"<html><body>" + b"<p>These are equal words here.</p>" * 100_000, True),
    Case("equal-under.html", "as many elements as are allowed", lambda: b"<html><body><article>" + b"<p>These are equal words here again and again.</p>" * 29_000),
    Case("deep.html", "200,000 elements inside one another", lambda: _deep(b"<div>", b"</div>", 200_000, b"word " * 50)),
    Case("deep-inline.html", "20,000 inline elements inside one another", lambda: b"<html><body><p>" + _deep(b"<b><i>", b"</i></b>", 10_000, b"word " * 50)),
    Case("attributes.html", "a million attributes", lambda: b"<p " + b" ".join(b"a%d=1" % i for i in range(400_000)) + b">" + b"word " * 50),
    Case("comment.html", "a comment that is never closed", lambda: b"<html><body><!--" + b"x" * 3_000_000),
    Case("comments.html", "half a million comments", lambda: b"<html><body>" + b"<!---->" * 500_000 + b"<p>" + b"word " * 50),
    Case("script.html", "4 MB of script before the text", lambda: b"<html><script>" + b"x=1;" * 1_000_000 + b"</script><p>" + b"word " * 50),
    Case("large.html", "beyond the size of any page", lambda: b"<html><p>" + b"word " * 2_000_000),
    Case("entities.html", "half a million entities", lambda: b"<html><body><p>" + b"&amp;&#x41;&nosuch;" * 200_000),
    Case("doctype.html", "billion laughs in a page", lambda: (_laughs() + "<html><body><p>&l8;</p></body></html>").encode(), True),
    Case("external.html", "a page that asks for a file", lambda: b'<!DOCTYPE html [<!ENTITY f SYSTEM "file:///etc/passwd">]><html><body><p>&f; ' + b"word " * 50),
    Case("ldjson.html", "a declaration nested without end", lambda: page(extra_head='<script type="application/ld+json">' + "[" * 100_000 + "</script>").encode()),
    Case("ldjson-many.html", "10,000 declarations", lambda: page(extra_head='<script type="application/ld+json">{"headline": 1}</script>' * 10_000).encode()),
    Case("title.html", "a headline of 2 MB", lambda: page(extra_head="<title>" + "word " * 400_000 + "</title>").encode()),
    Case("charset.html", "a charset that does not exist", lambda: page().replace("utf-8", "x-nonsense").encode("cp1252")),
    Case("utf16-declared.html", "a charset that its bytes deny", lambda: page().replace("utf-8", "utf-16").encode()),
    Case("nul.html", "NULs in the markup", lambda: page().replace("<p>", "<p\x00>\x00").encode()),
    Case("table.html", "12,000 rows of a table", lambda: b"<html><table>" + b"<tr><td>word" * 12_000),
    Case("lists.html", "lists in lists", lambda: b"<html><body>" + _deep(b"<ul><li>word", b"", 5_000)),
    Case("form.html", "markup that is never closed", lambda: b"<html><body>" + b"<form><table><a href=x><font>" * 10_000 + b"word " * 50),
    Case("frame.html", "frames of other places", lambda: b'<html><frameset><frame src="http://127.0.0.1/"></frameset></html>'),
    Case("svg.html", "drawings with scripts", lambda: page(extra_body='<svg onload="alert(1)"><foreignObject><p>x</p></foreignObject></svg>' * 1000).encode()),
    Case("surrogate.html", "references to halves of letters", lambda: page().replace("ferry", "&#xD800;&#xFFFFFFFF;&#0;").encode()),
    Case("empty.html", "markup and no words", lambda: b"<html><body></body></html>"),
    Case("pdf.html", "a PDF by another name", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 100),
    Case("lines.txt", "a million lines", lambda: b"x\n" * 1_000_000),
    Case("one-line.txt", "a line of 4 MB", lambda: b"word " * 800_000),
    Case("spaces.txt", "blanks alone", lambda: b" \t" * 1_000_000 + b"\n"),
    Case("binary.txt", "every byte there is", lambda: bytes(range(256)) * 4_000),
    Case("zalgo.txt", "a thousand accents on each letter", lambda: ("a" + "\u0301" * 1_000 + " ").encode() * 200),
    Case("emoji.txt", "joiners and nothing else", lambda: ("\U0001f468\u200d" * 200_000).encode()),
    Case("repeat.txt", "what quadratic patterns stumble over", lambda: (b"By " * 100_000 + b"\n" + b"a" * 200_000 + b"!\n" + b"12:" * 100_000 + b"\n" + b"-" * 200_000)),
    Case("bar.pasted", "parting lines alone", lambda: b"=====\n" * 100_000),
    Case("fields.pasted", "fields without an article", lambda: b"Outlet: x\nDate: y\n" * 10_000),
    Case("many.pasted", "two thousand articles at once", lambda: (f"Headline of it\n\n{BODY}\n=====\n" * 2_000).encode()),
    Case("laughs.rss", "billion laughs", lambda: _feed_of("<item><title>&l8;</title></item>", _laughs()), True),
    Case("quadratic.rss", "one long entity used often", lambda: _feed_of("<item><title>" + "&a;" * 100_000 + "</title></item>",
                                                                         f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "{"a" * 100_000}">]>'), True),
    Case("file.rss", "an entity that is a file", lambda: _feed_of("<item><title>&f;</title></item>", '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'), True),
    Case("http.rss", "an entity that is an address", lambda: _feed_of("<item><title>&f;</title></item>", '<!DOCTYPE x [<!ENTITY f SYSTEM "http://127.0.0.1/">]>'), True),
    Case("parameter.rss", "a parameter entity", lambda: _feed_of("<item/>", '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd">%p;]>'), True),
    Case("dtd.rss", "a document type elsewhere", lambda: _feed_of("<item><title>x</title><description>words</description></item>", '<!DOCTYPE rss SYSTEM "http://127.0.0.1/x.dtd">'), True),
    Case("deep.rss", "100,000 elements inside one another", lambda: _feed_of("<item>" + "<a>" * 100_000), True),
    Case("deep-atom.xml", "the same in Atom", lambda: b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml">' + b"<div>" * 100_000, True),
    Case("attributes.rss", "a million attributes", lambda: _feed_of("<item " + " ".join(f'a{i}="1"' for i in range(1_000_000)) + "/>"), True),
    Case("utf7.rss", "entities behind UTF-7", lambda: b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x+AD4-<rss version="2.0"><channel/></rss>', True),
    Case("utf16.rss", "entities behind UTF-16", lambda: (_laughs() + '<rss version="2.0"><channel><title>&l8;</title></channel></rss>').encode("utf-16"), True),
    Case("utf32.rss", "entities behind UTF-32", lambda: (_laughs() + '<rss version="2.0"><channel><title>&l8;</title></channel></rss>').encode("utf-32"), True),
    Case("empty.rss", "a feed of nothing", lambda: _feed_of("")),
    Case("links.rss", "links that are scripts", lambda: _feed_of("<item><title>t</title><link>javascript:alert(1)</link><description>some words</description></item>" * 50)),
    Case("many.rss", "20,000 entries", lambda: _feed_of("<item><title>t</title><description>some words</description></item>" * 20_000)),
    Case("cdata.rss", "a section that is never closed", lambda: _feed_of("<item><description><![CDATA[" + "<p>word" * 50_000)),
    Case("sgml.rss", "markup that only the loose parser takes", lambda: _feed_of("<item><description>" + "<a <b <c &x; <!x <? " * 20_000)),
    Case("types.json", "a JSON feed of wrong types", lambda: b'{"version": "https://jsonfeed.org/version/1", "items": [1, null, {"url": {}, "authors": 3, "content_html": []}]}'),
    Case("laughs.opml", "billion laughs in a list of feeds", lambda: (_laughs() + '<opml version="2.0"><body><outline text="&l8;" xmlUrl="http://x/"/></body></opml>').encode(), True),
    Case("deep.opml", "50,000 folders inside one another", lambda: b'<opml version="2.0"><body>' + b'<outline text="a">' * 50_000),
    Case("empty.opml", "a list of nothing", lambda: b'<opml version="2.0"><body/></opml>'),
    Case("flat.zip", "a gigabyte of zeros in one member", lambda: _flat_zip(1_000), True),
    Case("many.zip", "two hundred members of two megabytes", lambda: _flat_zip(2, members=200), True),
    Case("overlap.zip", "members that share their bytes", _overlapping, True),
    Case("nested.zip", "archives in archives", lambda: zipped(**{"a.zip": zipped(**{"b.zip": zipped(**{"c.txt": BODY})})}), True),
    Case("members.zip", "5,000 members", lambda: zipped(**{f"{i}.txt": "x" for i in range(5_000)})),
    Case("lying.zip", "a member that declares too little", lambda: _lying(1_000), True),
    Case("lying-more.zip", "a member that declares too much", lambda: _lying(150_000_000)),
    Case("locked.zip", "a member under a password", _locked),
    Case("lzma.zip", "packed so that unpacking takes gigabytes", lambda: _rare_zip("a.txt", 50_000_000, zipfile.ZIP_LZMA), True),
    Case("bzip2.zip", "packed in another way", lambda: _rare_zip("a.txt", 50_000_000, zipfile.ZIP_BZIP2), True),
    Case("traversal.zip", "names that climb", lambda: zipped(**{"..__..__..__etc__passwd.txt": BODY, "C:\\a.txt": BODY, "__etc__x.txt": BODY, "\u202etxt.a.txt": BODY, "con.txt": BODY})),
    Case("twice.zip", "one name twice", lambda: zipped(**{"a.txt": BODY}) + zipped(**{"a.txt": BODY})),
    Case("cut.zip", "an archive cut off", lambda: zipped(**{"a.txt": BODY * 1_000})[:-30]),
    Case("head.zip", "only its first bytes", lambda: b"PK\x03\x04"),
    Case("comment.zip", "the end of an archive in its comment", lambda: zipped(**{"a.txt": BODY})[:-2] + struct.pack("<H", 22) + b"PK\x05\x06" + bytes(18)),
    Case("bomb.jsonl.gz", "200 MB of zeros", lambda: gzip_bomb(200), True),
    Case("bomb.txt.gz", "the same as text", lambda: gzip.compress(b"word " * 40_000_000, 9), True),
    Case("twice.gz", "gzip in gzip", lambda: gzip.compress(gzip_bomb(20)), True),
    Case("members.jsonl.gz", "many members", lambda: gzip.compress(json.dumps({"text": BODY}).encode() + b"\n") * 2_000),
    Case("cut.jsonl.gz", "cut off", lambda: gzip.compress(json.dumps({"text": BODY * 100}).encode())[:-20]),
    Case("sum.jsonl.gz", "a wrong checksum", lambda: gzip.compress(json.dumps({"text": BODY}).encode())[:-8] + bytes(8)),
    Case("tar.gz", "a tar archive", lambda: gzip.compress(b"a.txt" + bytes(95) + b"0000644\0" + bytes(149) + b"ustar\x0000" + bytes(247) + BODY.encode())),
    Case("corner.xlsx", "a sheet that names its last cell", lambda: _sheet(
        f'<worksheet {_MAIN}><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>text</t></is></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'), True),
    Case("large.xlsx", "a sheet of 150 MB", lambda: _sheet(f"<worksheet {_MAIN}><sheetData>" + "<row><c><v>1</v></c></row>" * 4_000_000), True),
    Case("laughs.xlsx", "billion laughs in a sheet", lambda: _sheet(_laughs() + f"<worksheet {_MAIN}><sheetData><row><c><v>&l8;</v></c></row></sheetData></worksheet>"), True),
    Case("broken.xlsx", "a sheet that is no XML", lambda: _sheet("<worksheet><sheetData><row><c")),
    Case("no-sheets.xlsx", "a workbook without a workbook", lambda: zipped(**{"[Content_Types].xml": "<Types/>"})),
    Case("old.xls", "the head of an old workbook", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000)),
    Case("text.xls", "a table by another name", lambda: b"text,title\nwords,x\n"),
    Case("bomb.parquet", "4 GB of text in a few kilobytes", _parquet_bomb, True),
    Case("cut.parquet", "a file without its end", lambda: _parquet(text=[BODY] * 100)[:-100]),
    Case("footer.parquet", "a footer that lies about its length", lambda: b"PAR1" + bytes(100) + struct.pack("<I", 0x7FFFFFFF) + b"PAR1"),
    Case("types.parquet", "lists, bytes and times for texts", lambda: _parquet(text=[[1, 2]], title=[b"\xff\xfe"], date=[pd.Timestamp("2031-01-01")])),
    Case("lying.warc", "a record shorter than it says", lambda: _record(_ARTICLE, 10_000_000)),
    Case("short.warc", "a record longer than it says", lambda: _record(_ARTICLE, 100) + _record(_ARTICLE)),
    Case("negative.warc", "a length below zero", lambda: _record(_ARTICLE, -5)),
    Case("overflow.warc", "a length beyond 64 bits", lambda: _record(_ARTICLE, 2**64 - 1)),
    Case("head.warc", "a header line of 5 MB", lambda: b"WARC/1.0\r\nX: " + b"y" * 5_000_000 + b"\r\n\r\n"),
    Case("no-http.warc", "a record without an answer", lambda: b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: 5\r\n\r\nhello\r\n\r\n"),
    Case("packed.warc", "an answer that is a bomb", lambda: _record(gzip_bomb(200), more="Content-Encoding: gzip\r\n") + _record(_ARTICLE), True),
    Case("coding.warc", "an answer packed in a way nobody knows", lambda: _record(_ARTICLE, more="Content-Encoding: zstd, br, x\r\n")),
    Case("bomb.warc.gz", "a record that is a bomb", lambda: _flat_gzip(300, b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 300000000\r\n\r\n"), True),
    Case("binary.warc.gz", "a member that is broken after a good one", lambda: gzip.compress(_record(_ARTICLE)) + b"\x1f\x8b" + bytes(500)),
    Case("uri.warc", "an address that is none", lambda: _record(_ARTICLE).replace(b"http://gull.test/a", b"\xff\x00javascript:x")),
    Case("many.txt", "addresses that lead inside, network off", lambda: b"http://127.0.0.1/\n" * 10_000),
    Case("name\x00.csv", "a NUL in a file name", lambda: b"text\nwords\n"),
    Case("../../etc/passwd.csv", "a file name that climbs", lambda: f"text\n{BODY}\n".encode()),
    Case("a" * 5_000 + ".csv", "a file name without end", lambda: f"text\n{BODY}\n".encode()),
    Case("\u202evsc.a", "a file name that turns round", lambda: f"text\n{BODY}\n".encode()),
    Case("empty.csv", "nothing at all", lambda: b""),
    Case("zeros.json", "zeros", lambda: bytes(1_000_000)),
    Case("marks.csv", "a byte-order mark and nothing", lambda: b"\xef\xbb\xbf"),
    Case("sqlite.json", "a database by another name", lambda: b"SQLite format 3\x00" + bytes(4_000)),
    Case("pickle.parquet", "a pickle by another name", lambda: b"\x80\x04cos\nsystem\n(S'true'\ntR."),
)
SEEDS: dict[str, Callable[[], bytes]] = {
    "a.html": lambda: _ARTICLE, "b.html": lambda: page().encode("utf-16"), "a.rss": lambda: rss().encode(), "a.xml": lambda: atom().encode(),
    "feed.json": lambda: json_feed().encode(), "a.opml": lambda: opml("http://gull.test/rss").encode(), "a.csv": lambda: pd.DataFrame(RECORDS).rename(columns={"Artikel": "text"}).to_csv(index=False).encode(),
    "a.tsv": lambda: b"outlet\ttext\nNA\t" + BODY.encode(), "a.jsonl": lambda: json.dumps({"text": BODY, "outlet": "NA", "date": "2031-03-02"}).encode() * 2, "a.json": lambda: json.dumps([{"text": BODY}]).encode(),
    "a.xlsx": lambda: workbook([{"outlet": "NA", "text": BODY}]), "a.parquet": lambda: _parquet(text=[BODY], outlet=["NA"]), "a.zip": lambda: zipped(**{"a.html": page(), "b.csv": f"text\n{BODY}\n"}),
    "a.jsonl.gz": lambda: gzip.compress(json.dumps({"text": BODY}).encode()), "a.warc": lambda: warc(("http://gull.test/a", _ARTICLE, ""), ("http://gull.test/b", _ARTICLE, "")),
    "a.warc.gz": lambda: warc(("http://gull.test/a", _ARTICLE, ""), packed=True), "a.txt": lambda: "\n\n".join(STORIES["ferry"][2]).encode(), "a.pasted": lambda: "\n\n".join(STORIES["ferry"][2]).encode()}
"""One good file of every kind, to be broken."""
_TOKENS = (b"\x00", b"\xff\xff\xff\xff", b"<", b"]]>", b"&#x", b"{", b'"', b"\n", b"\r\n\r\n", b"PK\x03\x04", b"\x1f\x8b\x08", b"WARC/1.0", b"\xed\xa0\x80", "\u202e".encode(), b"99999999999999999999",
           b"=cmd", b"%s%n", b"\\ud800", b"-1", b"<!DOCTYPE", b"\xfe\xff")


def mutations(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Broken files of every kind in turn: flipped, cut, doubled, spliced and salted with what parsers stumble over."""
    chance = random.Random(seed)
    good = {name: make() for name, make in SEEDS.items()}
    names = list(good)
    for number in range(count):
        name = names[number % len(names)]
        raw = bytearray(good[name])
        for _ in range(chance.choice((1, 1, 2, 4, 16))):
            at = chance.randrange(len(raw) + 1)
            end = min(len(raw), at + chance.choice((1, 4, 40, 400)))
            way = chance.randrange(6)
            if way == 0 and raw:
                raw[min(at, len(raw) - 1)] ^= 1 << chance.randrange(8)
            elif way == 1:
                del raw[at:end]
            elif way == 2:
                raw[at:at] = raw[at:end] * chance.choice((1, 3, 50))
            elif way == 3:
                raw[at:end] = chance.choice(_TOKENS)
            elif way == 4:
                other = good[chance.choice(names)]
                start = chance.randrange(len(other))
                raw[at:end] = other[start:start + 300]
            else:
                raw[at:end] = chance.randbytes(end - at)
        yield name, bytes(raw)
