"""The gate every string passes: bytes become text once, and text becomes safe to store, match and show.

A leaf without a stage of its own: `read` and `clean` both stand on it. Nothing is ever skipped in silence: bytes that cannot be
read are an InputError, and a character that cannot be stored becomes U+FFFD, which a person can see.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from analysis.schema import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)
_KINDS = (
    (b"%PDF", "a PDF"), (b"PK\x03\x04", "a zip archive or an office document"), (b"\x1f\x8b", "a gzip archive"), (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"), (b"SQLite format 3\x00", "a database"), (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x7fELF", "a program"), (b"MZ\x90", "a program"), (b"BZh", "a bzip2 archive"), (b"\xfd7zXZ", "an xz archive"), (b"\x28\xb5\x2f\xfd", "a zstd archive"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s{0,3}=\s{0,3}["']?\s{0,3}([A-Za-z0-9_.:-]{2,30})""", re.IGNORECASE)
# What a C0 control is doing in a text file: tab, line feed, vertical tab, form feed, carriage return and escape (ISO-2022) occur, the others do not.
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[\u00a0\u2007\u202f]")
# Controls, bidirectional embeddings, overrides and isolates (they can turn a quotation round on screen), and marks of no width that split
# words for a matcher and not for a reader. LRM and RLM stay (they only help), and so do the joiners of Persian, Hindi and emoji.
_DROPPED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_HEAD = 1_000_000  # bytes the guess of a code page looks at; its answer does not change after some thousand letters
# Of the Latin pages only cp1252 is a candidate: nothing tells it from cp1250 or cp1254 for sure, so those must be declared or are refused.
_CODE_PAGES = ["cp1252", "cp1251", "cp1253", "cp1255", "cp1256", "koi8_r", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"]
_FALSE_LATIN = re.compile("[a-z][\u00b9\u00b3\u00b6\u00bc\u00be\u00bf][a-z]")  # what Polish, Czech and Slovak letters of cp1250 become in cp1252


def replace_surrogates(text: str) -> str:
    """Join surrogate pairs and turn each lone surrogate into U+FFFD: legal in JSON, but no database or file can hold it."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def normalise_text(text: str) -> str:
    r"""Return the text as the tool stores, compares and shows it; doing it twice changes nothing more.

    Line ends become \n; non-breaking spaces become spaces; lone surrogates become U+FFFD; control characters, soft hyphens, marks of
    no width and bidirectional overrides go; the rest is in Unicode's composed form (NFC). Quotation marks, dashes and case stay
    as printed: they are wording. Only marks that an archive wrote as two apostrophes or two graves become one mark again: their
    words would otherwise not be seen as quoted.

    Source: ours, after CVE-2021-42574 (overrides) and Unicode TR 15 (NFC).
    """
    text = _LINE_ENDS.sub("\n", replace_surrogates(text))
    text = _DROPPED.sub("", _SPACES.sub(" ", text))
    text = text.replace("''", '"').replace("``", '"')
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def name_kind(head: bytes) -> str:
    """Name what a file's first bytes say it is ("a PDF"), '' when they say nothing."""
    return next((kind for magic, kind in _KINDS if head.startswith(magic)), "")


def find_encoding(raw: bytes, where: str) -> str:
    """Tell which codec reads these bytes, without a doubt left to chance.

    In this order: a byte-order mark; UTF-8, which nothing else passes for; the charset the page declares; UTF-16 without a mark (every
    other byte zero); a code page when charset-normalizer is sure of one.

    Args:
        raw: the whole file or its first part; a character cut at the end is no fault.
        where: file, for the message.

    Raises:
        InputError: the bytes are no text, or none of the codecs reads them.
    """
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return codec
    if kind := name_kind(raw):
        raise InputError(f"this is {kind}, not text", where=where, remedy="Give plain text, HTML, JSONL, CSV or Parquet")
    if codec := _wide_codec(raw):
        return codec
    if len(_BINARY.findall(raw[:_HEAD])) * 1000 > len(raw[:_HEAD]):
        raise InputError("this is binary, not text", where=where, remedy="Give plain text, HTML, JSONL, CSV or Parquet")
    declared = _declared_codec(raw)
    # ISO-2022 is written in ASCII bytes with escapes, so it would pass for UTF-8.
    if declared.startswith("iso2022") and b"\x1b" in raw and _reads(raw, declared):
        return declared
    if _reads(raw, "utf-8") or _mostly_utf8(raw):
        return "utf-8"
    if declared and _reads(raw, declared):
        return declared
    return _guess_code_page(raw, where)


def decode_bytes(raw: bytes, where: str) -> str:
    """Return the text in a file's bytes, or say why there is none; no byte is ever skipped.

    Args:
        raw: the whole file.
        where: file, for the message.

    Raises:
        InputError: binary, or in no encoding that can be told for sure.
    """
    encoding = find_encoding(raw, where)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} cannot be read as {encoding}", where=where, remedy="Save the file as UTF-8 and give it again") from error


def _wide_codec(raw: bytes) -> str:
    """UTF-16 without a mark: Latin letters, digits and spaces leave a zero in every other byte."""
    head = raw[:4000]
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if len(head) < 8 or max(odd, even) < 0.2 * len(head) or min(odd, even) > 0.02 * len(head):
        return ""
    codec = "utf-16-le" if odd > even else "utf-16-be"
    return codec if _reads(raw, codec) else ""


def _declared_codec(raw: bytes) -> str:
    found = _DECLARED.search(raw[:2000])
    if not found:
        return ""
    try:
        codec = codecs.lookup(found[1].decode("ascii"))
    except LookupError:
        return ""
    # Browsers read "latin-1" as cp1252, which has the curly quotes; and a declaration read in one-byte steps cannot be UTF-16.
    return {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(codec.name, "" if codec.name.startswith("utf-16") or not codec._is_text_encoding else codec.name)


def _reads(raw: bytes, codec: str) -> bool:
    try:
        codecs.getincrementaldecoder(codec)().decode(raw, final=False)
    except (UnicodeError, LookupError):
        return False
    return True


def _mostly_utf8(raw: bytes) -> bool:
    """UTF-8 with a few damaged bytes: in a code page, letters beyond ASCII form whole UTF-8 sequences by rare accident only."""
    letters = [letter for letter in raw.decode("utf-8", "surrogateescape") if not letter.isascii()]
    damaged = sum("\udc80" <= letter <= "\udcff" for letter in letters)
    return len(letters) - damaged > 2 * damaged


def _guess_code_page(raw: bytes, where: str) -> str:
    from charset_normalizer import from_bytes

    guess = from_bytes(raw[:_HEAD], cp_isolation=_CODE_PAGES, threshold=0.1, preemptive_behaviour=False).best()
    if guess is None or not _reads(raw, guess.encoding) or (guess.encoding == "cp1252" and _FALSE_LATIN.search(str(guess))):
        raise InputError("the text is in no encoding that can be told for sure", where=where, remedy="Save the file as UTF-8 and give it again")
    return guess.encoding
