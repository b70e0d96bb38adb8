"""Web archives (WARC), as crawlers of news write them: pages streamed record by record, so that a file of any size fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from analysis.corpus.addresses import show_address, without_secrets
from analysis.corpus.entries import Entry
from analysis.corpus.unpack import unpack_body
from analysis.schema import InputError
from analysis.settings import CleanSettings

_PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class ArchivedPage:
    """One page of an archive: its address, the charset its server declared, and its bytes, unpacked."""

    url: str
    charset: str
    raw: bytes


def iter_pages(entry: Entry, settings: CleanSettings) -> Iterator[tuple[int, ArchivedPage | str | None]]:
    """Give the answers of a web archive one by one: (number from 1, page), (number, reason) when it cannot be read, (number, None) for no page.

    Pictures, redirects and errors are no pages. The time of the crawl is not the time of publication and is not given. Only ever run in
    the worker process: the parser is native code, and on odd records it may end its process.

    Raises:
        InputError: the archive is damaged or unpacks without end; `where` says after which record.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    number = 0
    with entry.open() as stream:
        try:
            for record in ArchiveIterator(_Forward(stream), record_types=WarcRecordType.response, parse_http=True, stream_detect=False, fsspec_args=False):
                number += 1
                head = record.http_headers
                is_page = head is not None and head.status_code == 200 and (record.http_content_type or "").lower() in _PAGES
                yield number, _read_record(record, settings) if is_page else None
        except (OSError, ValueError, RuntimeError, UnicodeDecodeError) as error:
            fault = f"the archive is damaged from here on ({str(error)[:80]})" if number else f"this is not a readable web archive ({str(error)[:80]})"
            raise InputError(fault, where=f"{entry.where} after record {number}", remedy="Fetch it again") from error


class _Forward:
    """A stream that is read from front to back and tells where it is: what the parser asks for, and more than gzip can give by itself."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._at = stream, 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self._at += len(piece)
        return piece

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go on, never back."""
        ahead = offset - (0 if whence else self._at)
        if whence == 2 or ahead < 0:
            raise OSError("a web archive is read forwards only")
        while ahead > 0 and (piece := self.read(min(ahead, 65_536))):
            ahead -= len(piece)
        return self._at


def _read_record(record: object, settings: CleanSettings) -> ArchivedPage | str:
    url = without_secrets(record.headers.get("WARC-Target-URI", "").strip("<> "))
    if not url.lower().startswith(("http://", "https://")):
        url = ""  # kept without its address, as records of a table are
    coding = record.http_headers.get("Content-Encoding", "")

    def chunks() -> Iterator[bytes]:
        while piece := record.reader.read(65_536):
            yield piece

    try:
        raw = unpack_body(chunks(), coding, settings.max_page, show_address(url))
    except InputError as error:
        return f"{error.problem}; {error.remedy[:1].lower()}{error.remedy[1:]}"
    return ArchivedPage(url, record.http_charset or "", raw) if raw else "the page is empty"
