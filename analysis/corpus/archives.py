"""Zip and gzip, their members given as entries to read: streamed with limits, never unpacked to disk, one level deep.

A member's name is shown and never used as a path. What an archive declares is checked before the first byte is unpacked, and held to
while it is: Python's zip reader never gives more than a member declares, and `unpack.Capped` ends a gzip that goes on.
"""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from contextlib import closing
from typing import BinaryIO

from analysis.corpus.entries import SUFFIXES, Entry, show_name, sniff, suffix_of
from analysis.corpus.unpack import Capped
from analysis.schema import InputError
from analysis.settings import CorpusSettings

_END = b"PK\x05\x06"
_NAME = 700  # bytes one member may take in the directory; names of 600 letters are none a person gave
_SMALL = 1_000_000  # bytes; up to here a member's ratio does not matter
Member = Entry | tuple[str, str]
"""A member to read, or its place and the reason why it is not."""


def open_zip(entry: Entry, settings: CorpusSettings) -> Iterator[Member]:
    """Give the members of a zip archive that are of a kind we read.

    A member that is an archive itself, locked or packed beyond the limits comes as (where, reason); members of other kinds (pictures,
    style sheets) are counted in one note.

    Raises:
        InputError: not a zip archive, too many members, too large unpacked, or members that share their bytes.
    """
    with entry.open() as stream:
        _check_directory(stream, entry.where, settings)
        try:
            archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise InputError(f"the archive is damaged ({str(error)[:80]})", where=entry.where, remedy="Pack it again") from error
        with archive:
            members = [info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")]
            _check_members(members, entry.where, settings)
            others = 0
            for info in members:
                if suffix_of(info.filename) in SUFFIXES:
                    yield _member(archive, info, entry.where, settings)
                else:
                    others += 1
            if others:
                yield entry.where, f"{others} members of kinds that hold no articles were left out"


def check_workbook(entry: Entry, settings: CorpusSettings) -> None:
    """Hold a workbook that is a zip archive (xlsx, ods) to the limits of archives before its reader unpacks it; others pass.

    Raises:
        InputError: damaged, too many members or too large, members that share their bytes or unpack to more than text does.
    """
    with entry.open() as stream:
        if stream.read(2) != b"PK":
            return
        _check_directory(stream, entry.where, settings)
        try:
            members = zipfile.ZipFile(stream).infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise InputError(f"not a readable workbook ({str(error)[:80]})", where=entry.where, remedy="Save it as .xlsx or .csv") from error
        _check_members(members, entry.where, settings)
        if any(_is_bomb(info, settings) for info in members):
            raise InputError(f"it unpacks to more than {settings.max_ratio} times its size, as no workbook of articles does", where=entry.where,
                             remedy="Save it as .csv if you trust it")


def _is_bomb(info: zipfile.ZipInfo, settings: CorpusSettings) -> bool:
    return info.file_size > _SMALL and info.file_size > settings.max_ratio * max(info.compress_size, 1)


def open_gzip(entry: Entry, settings: CorpusSettings) -> Entry:
    """Return what a gzip file holds as an entry; a WARC in it has no limit on its size, because it is streamed record by record.

    Raises:
        InputError: damaged, another archive, or more than the limits.
    """
    inner = _inner_name(entry)

    def opened(limit: int | None) -> BinaryIO:
        """Open the entry anew, unpacked up to a limit of bytes."""
        packed = entry.open()
        return Capped(gzip.GzipFile(fileobj=packed), entry.where, limit, settings.max_ratio, packed.tell, beneath=packed)

    with closing(opened(settings.max_unpacked)) as stream:
        limit = None if stream.read(5) == b"WARC/" else settings.max_unpacked
    member = Entry(entry.where, suffix_of(inner), lambda: opened(limit))
    if sniff(member) in ("zip", "gzip"):
        raise InputError("this is an archive inside an archive", where=entry.where, remedy="Unpack the outer one first")
    return member


def _inner_name(entry: Entry) -> str:
    return entry.where.rstrip().removesuffix(".gz").removesuffix(".GZ")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, settings: CorpusSettings) -> Member:
    place = f"{where} / {show_name(info.filename)}"
    if info.flag_bits & 0x1:
        return place, "it is locked with a password; pack it without one"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return place, "it is packed in a rare way; pack it again as an ordinary zip"
    if _is_bomb(info, settings):
        return place, f"it unpacks to more than {settings.max_ratio} times its size, as no article does; unpack it yourself if you trust it"
    if info.file_size == 0:
        return place, "the file is empty; give a file that holds an article"
    member = Entry(place, suffix_of(info.filename), lambda: Capped(_open_member(archive, info, place), place, settings.max_unpacked), info.file_size)
    try:
        if sniff(member) in ("zip", "gzip"):
            return place, "this is an archive inside an archive; unpack the outer one first"
    except InputError as error:
        return place, f"{error.problem}. {error.remedy}"
    return member


def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> BinaryIO:
    try:
        return archive.open(info)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InputError(f"it cannot be unpacked ({str(error)[:80]})", where=where, remedy="Pack the archive again") from error


def _check_directory(stream: BinaryIO, where: str, settings: CorpusSettings) -> None:
    """Refuse a directory that is too large to be looked at, before Python reads it whole."""
    stream.seek(0, 2)
    tail = min(stream.tell(), 65_557)
    stream.seek(-tail, 2)
    end = stream.read(tail)
    place = end.rfind(_END)
    stream.seek(0)
    if place < 0 or len(end) < place + 16:
        raise InputError("the archive has no directory; it may be cut off", where=where, remedy="Pack it again")
    if int.from_bytes(end[place + 12:place + 16], "little") > settings.max_members * _NAME:
        raise InputError(f"the archive holds more than {settings.max_members:,} members", where=where, remedy="Pack fewer files into one archive")


def _check_members(members: list[zipfile.ZipInfo], where: str, settings: CorpusSettings) -> None:
    if not members:
        raise InputError("the archive is empty", where=where, remedy="Pack it again")
    if len(members) > settings.max_members:
        raise InputError(f"the archive holds {len(members):,} members, the limit is {settings.max_members:,}", where=where,
                         remedy="Pack fewer files into one archive")
    total = sum(info.file_size for info in members)
    if total > settings.max_unpacked:
        raise InputError(f"it unpacks to {total:,} bytes, the limit is {settings.max_unpacked:,}", where=where, remedy="Give it in smaller parts")
    placed = sorted((info.header_offset, info.compress_size) for info in members)
    for (start, size), (following, _) in zip(placed, placed[1:], strict=False):
        if start + 30 + size > following:  # CVE-2024-0450: members that share bytes unpack to far more than the archive holds
            raise InputError("its members share their bytes, as in an archive made to hurt", where=where, remedy="Pack it again")
