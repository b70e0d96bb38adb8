"""Compressed bytes, unpacked with a limit on what comes out: a leaf that `fetch`, `archives` and `warc` stand on."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from analysis.schema import InputError

_STEP = 65_536  # bytes unpacked at a time; a bomb is noticed after so many beyond the limit


def unpack_body(chunks: Iterable[bytes], coding: str, limit: int, where: str) -> bytes:
    """Return an answer's body, its Content-Encoding undone, never more than `limit` bytes.

    Args:
        chunks: the bytes as they come over the line.
        coding: '', identity, gzip or deflate.
        limit: most bytes after unpacking.
        where: address or record, for the message.

    Raises:
        InputError: too large, cut off, damaged, or in another coding.
    """
    steps = {"": iter, "identity": iter, "gzip": _inflate, "x-gzip": _inflate, "deflate": _inflate}.get(coding.strip().lower())
    if steps is None:
        raise InputError(f"the answer is packed as '{coding[:20]}', which was not asked for", where=where, remedy="Save the page and add the file")
    body = bytearray()
    try:
        for piece in steps(chunks):
            body += piece
            if len(body) > limit:
                raise InputError(f"it is larger than {limit:,} bytes", where=where, remedy="Copy the article's text instead")
    except (zlib.error, EOFError) as error:
        raise InputError("its packed bytes are damaged or cut off", where=where, remedy="Fetch it again, or copy the article's text") from error
    return bytes(body)


def _inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Undo gzip (of several members too) and deflate, with or without its header."""
    machine, begun = zlib.decompressobj(47), False
    for chunk in chunks:
        waiting = chunk
        while waiting:
            try:
                piece = machine.decompress(waiting, _STEP)
            except zlib.error:
                if begun:
                    raise
                machine = zlib.decompressobj(-15)  # servers send deflate without the header that the standard asks for
                piece = machine.decompress(waiting, _STEP)
            begun = True
            yield piece
            waiting = machine.unconsumed_tail
            if machine.eof:
                waiting = machine.unused_data.lstrip(b"\0")
                if waiting:
                    machine = zlib.decompressobj(47)
    if begun and not machine.eof:
        raise EOFError


class Capped(io.RawIOBase):
    """A stream that ends in an InputError once it has given more than it may: `limit` bytes in all, or `ratio` times what was read for them.

    Args:
        stream: what is read.
        where: named in the error.
        limit: most bytes; None for no such limit.
        ratio: most bytes for each packed one, looked at from 10 MB on.
        packed: how many packed bytes were read so far.
        beneath: a stream under `stream` that it does not close itself.
    """

    def __init__(self, stream: BinaryIO, where: str, limit: int | None, ratio: int = 0, packed: Callable[[], int] = lambda: 0,
                 beneath: BinaryIO | None = None) -> None:
        super().__init__()
        self._beneath = beneath
        self._stream, self._where, self._limit, self._ratio, self._packed, self._given = stream, where, limit, ratio, packed, 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray) -> int:
        """Fill the buffer, or raise when a limit is passed or the packed bytes are damaged."""
        try:
            piece = self._stream.read(min(len(buffer), _STEP))
        except (zlib.error, zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise InputError(f"its packed bytes are damaged ({str(error)[:80]})", where=self._where, remedy="Pack it again") from error
        self._given += len(piece)
        if self._limit is not None and self._given > self._limit:
            raise InputError(f"it unpacks to more than {self._limit:,} bytes", where=self._where, remedy="Give it in smaller parts")
        if self._ratio and self._given > 10_000_000 and self._given > self._ratio * self._packed():
            raise InputError(f"it unpacks to more than {self._ratio} times its size, as no article does", where=self._where,
                             remedy="Unpack it yourself if you trust it")
        buffer[:len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Close what is read, too."""
        self._stream.close()
        if self._beneath is not None:
            self._beneath.close()
        super().close()
