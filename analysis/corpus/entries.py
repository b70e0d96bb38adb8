"""What there is to read: a file, an upload, a member of an archive, an answer from the web. A leaf that the readers stand on.

An Entry can be opened as often as needed and gives bytes; nothing is ever unpacked to disk, and no name from outside is used as a path.
`sniff` tells by ending and first bytes which reader an entry belongs to.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from analysis.corpus.text import find_encoding, name_kind
from analysis.schema import InputError

TABLES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".parquet": "parquet"}
SUFFIXES = {**dict.fromkeys(TABLES, "table"), ".html": "html", ".htm": "html", ".xhtml": "html", ".txt": "page", ".md": "page",
            ".rss": "feed", ".atom": "feed", ".xml": "feed", ".opml": "opml", ".xlsx": "sheet", ".xlsm": "sheet", ".xls": "sheet", ".ods": "sheet",
            ".zip": "zip", ".gz": "gzip", ".warc": "warc"}
"""What each ending is read as, when the first bytes do not say otherwise."""
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_HEAD = 4_000  # bytes looked at to tell what an entry is


@dataclass(frozen=True)
class Entry:
    """One thing to read.

    Attributes:
        where: what it is called in messages, on one line.
        suffix: ending in small letters, with the dot; '' when it has none.
        open: gives its bytes from the start, each time anew.
        size: bytes, None when not known before reading.
        path: the file, when it is one of the person's own.
    """

    where: str
    suffix: str
    open: Callable[[], BinaryIO]
    size: int | None = None
    path: Path | None = None

    def read(self, limit: int) -> bytes:
        """Return all bytes.

        Raises:
            InputError: there are more than `limit`, or it cannot be opened.
        """
        with self._opened() as stream:
            raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise InputError(f"it is larger than {limit:,} bytes", where=self.where, remedy="Give it in smaller parts")
        return raw

    def head(self, size: int) -> bytes:
        """Return the first bytes.

        Raises:
            InputError: it cannot be opened.
        """
        with self._opened() as stream:
            return stream.read(size)

    def _opened(self) -> BinaryIO:
        try:
            return self.open()
        except OSError as error:
            raise InputError(f"the file cannot be opened ({error.strerror})", where=self.where, remedy="Check that you may read it") from error


def entry_of_file(path: str | Path) -> Entry:
    """Return a file of the person's as an Entry.

    Raises:
        InputError: missing, a directory, empty, or a name no file can have.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise InputError("this is a directory", where=str(path), remedy="Name a file in it")
        if not path.exists():
            raise InputError("there is no such file", where=str(path), remedy="Check the name")
        size = path.stat().st_size
        if size == 0:
            raise InputError("the file is empty", where=str(path), remedy="Give a file that holds an article")
    except (OSError, ValueError) as error:
        raise InputError(f"the name cannot be used ({error})", where=str(path)[:200], remedy="Check the name") from error
    return Entry(str(path), path.suffix.lower(), lambda: path.open("rb"), size, path)


def entry_of_bytes(name: str, raw: bytes) -> Entry:
    """Return bytes (an upload, an answer) as an Entry; the name serves messages and its ending only."""
    return Entry(show_name(name), suffix_of(name), lambda: io.BytesIO(raw), len(raw))


def suffix_of(name: str) -> str:
    """Return the ending of a name from outside, '' when it has none of sense."""
    ending = re.search(r"\.[A-Za-z0-9]{1,8}$", name[-12:])
    return ending[0].lower() if ending else ""


def show_name(name: str) -> str:
    """Return a name from outside as messages may show it: printable, one line, at most 200 characters."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)[-200:]


def sniff(entry: Entry) -> str:
    """Tell which reader an entry belongs to: table, html, page, links, feed, opml, sheet, zip, gzip or warc.

    Raises:
        InputError: empty, binary of no kind we read, or in no encoding that can be told.
    """
    head = entry.head(_HEAD)
    if not head:
        raise InputError("the file is empty", where=entry.where, remedy="Give a file that holds an article")
    if kind := _packed_kind(head, entry.suffix):
        return kind
    text = head.decode(find_encoding(head, entry.where), "replace").lstrip("\ufeff \t\r\n")
    if not text:
        raise InputError("the file is empty", where=entry.where, remedy="Give a file that holds an article")
    return _text_kind(text, SUFFIXES.get(entry.suffix, ""))


def _packed_kind(head: bytes, suffix: str) -> str:
    """The reader of a file that is no plain text, ''."""
    if suffix == ".parquet" or head.startswith(b"PAR1"):
        return "table"
    if head.startswith(b"WARC/"):
        return "warc"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"PK\x03\x04"):
        inside = b"[Content_Types].xml" in head[:2000] or b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in head[:200]
        office = SUFFIXES.get(suffix) == "sheet" or inside
        return "sheet" if office else "zip"
    return "sheet" if head.startswith(b"\xd0\xcf\x11\xe0") and suffix in ("", ".xls") else ""


def _text_kind(text: str, by_ending: str) -> str:
    start = text[:2000].lower()
    if by_ending == "table":
        return "feed" if start.startswith("{") and "https://jsonfeed.org/version/" in start else "table"
    if "<opml" in start:
        return "opml"
    if "<rss" in start or "<rdf:rdf" in start or "<feed" in start or (start.startswith("{") and "https://jsonfeed.org/version/" in start):
        return "feed"
    if by_ending == "html" or start.startswith(("<!doctype html", "<html", "<?xml", "<head", "<body")):
        return "html"
    if start.startswith(('{"', "[{", '[\n{')):
        return "table"
    lines = [line for line in text.splitlines()[:-1] or [text] if line.strip() and not line.startswith("#")]
    one_word = all(len(line.split()) == 1 for line in lines)  # a slip in one address does not make a page of the list
    return "links" if one_word and 2 * sum(bool(_LINK.fullmatch(line.strip())) for line in lines) > len(lines) else "page"


def refuse_binary(head: bytes, where: str, remedy: str) -> None:
    """Raise for bytes that their first ones name as something else than text.

    Raises:
        InputError: a picture, a program, a database …
    """
    if kind := name_kind(head):
        raise InputError(f"this is {kind}, not a table of articles", where=where, remedy=remedy)
