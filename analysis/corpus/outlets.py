"""One name for each outlet, whether a record gives a name, an alias or an address; an unknown outlet stays as it is given."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

from analysis.schema import InputError

COLUMNS = ("outlet", "aliases", "domains", "country", "kind", "source")
KINDS = ("state", "public", "private", "agency", "unknown")
_NOT_WORD = re.compile(r"[\W_]+")
_HOST = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.ASCII)


def read_outlets(path: str | Path) -> pd.DataFrame:
    """Read the list of outlets: CSV with COLUMNS; `aliases` and `domains` hold several, parted by ';'.

    Returns:
        One row per outlet in the file's order; aliases and domains as lists; kind is one of KINDS.

    Raises:
        InputError: the file is missing, lacks a column, names an outlet twice, or has a kind that is not known.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row.get("outlet")]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"the list of outlets cannot be read ({error})", where=str(path), remedy="Give CSV in UTF-8") from error
    missing = [column for column in COLUMNS if rows and column not in rows[0]]
    if not rows or missing:
        raise InputError(f"the list lacks {', '.join(missing) or 'any outlet'}", where=str(path), column=(missing or [""])[0],
                         remedy=f"Its columns are {', '.join(COLUMNS)}")
    for number, row in enumerate(rows, start=2):
        if row["kind"] not in KINDS:
            raise InputError(f"unknown kind '{row['kind']}'", where=f"{path} line {number}", column="kind", remedy=f"Write one of {', '.join(KINDS)}")
    outlets = pd.DataFrame([{name: (row[name] or "").strip() for name in COLUMNS} for row in rows])
    for column in ("aliases", "domains"):
        outlets[column] = [[part.strip() for part in parts.split(";") if part.strip()] for parts in outlets[column]]
    index_outlets(outlets, str(path))
    return outlets


def index_outlets(outlets: pd.DataFrame, where: str = "outlets") -> dict[str, str]:
    """Return every name, alias and domain in comparable form, with the outlet it stands for.

    Raises:
        InputError: one of them stands for two outlets.
    """
    index: dict[str, str] = {}
    for outlet, aliases, domains in zip(outlets["outlet"], outlets["aliases"], outlets["domains"], strict=True):
        for key in [_name_key(outlet), *map(_name_key, aliases), *(domain.lower().removeprefix("www.") for domain in domains)]:
            if index.setdefault(key, outlet) != outlet:
                raise InputError(f"'{key}' stands for {index[key]} and for {outlet}", where=where, remedy="Leave it with one of them")
    return index


def name_outlet(given: str, index: Mapping[str, str]) -> str:
    """Return the outlet that a name, alias, domain or address stands for; '' when it is not in the list.

    A subdomain belongs to its listed domain (edition.cnn.com to cnn.com). Only whole labels are compared, from the longest down and
    against listed domains alone, so neither notcnn.com nor a public suffix such as co.uk can match by accident.

    Args:
        given: as the record has it.
        index: from `index_outlets`.
    """
    key = _name_key(given)
    if key in index:
        return index[key]
    labels = _host(given).split(".")
    domains = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((index[domain] for domain in domains if domain in index), "")


def name_outlets(articles: pd.DataFrame, outlets: pd.DataFrame) -> pd.DataFrame:
    """Give each article its outlet's one name: by the outlet as given, and by the address only where none is given.

    Args:
        articles: ARTICLES; the columns outlet and url are read.
        outlets: from `read_outlets`.

    Returns:
        The articles with `outlet` in its listed form; what is not listed stays as given.
    """
    index = index_outlets(outlets)
    return articles.assign(outlet=[(name_outlet(outlet, index) or outlet) if outlet else name_outlet(url, index)
                                   for outlet, url in zip(articles["outlet"], articles["url"], strict=True)])


def _name_key(name: str) -> str:
    return " ".join(_NOT_WORD.sub(" ", name.casefold()).split()).removeprefix("the ")


def _host(given: str) -> str:
    """The host of an address or a bare domain, in small letters without www.; '' for anything else."""
    try:
        host = urlsplit(given.strip() if "//" in given else f"//{given.strip()}").hostname or ""
    except ValueError:
        return ""
    return host.rstrip(".").removeprefix("www.") if _HOST.fullmatch(host.rstrip(".")) else ""
