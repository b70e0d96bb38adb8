"""What a library remembers of the road: vectors, parses, contrasts by what made them, so that nothing dear is computed twice.

A key names everything that went in (texts, groups, settings, versions, models); an entry is therefore never wrong, only unused.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis import road
from analysis.corpus import sentences as sentences_
from analysis.corpus.library import Library
from analysis.events import embed as embed_
from analysis.schema import COMPARISON_TABLES, CONTRASTS, Embed, Scan
from analysis.settings import Settings


def embed_of(library: Library, settings: Settings) -> Embed:
    """Return the encoder that asks the library first."""
    return embed_.remember(embed_.load_embed(settings.events), library)


def scan_of(library: Library, settings: Settings) -> Scan:
    """Return the scan for loaded wording that asks the library first."""
    return road.scan_wording(settings, library)


def split_of(library: Library, settings: Settings) -> road.Parse:
    """Return the parser that asks the library first."""
    return lambda articles: _split(library, articles, settings)


def key_of(*parts: Any) -> str:
    """Return the hash of everything that makes a thing worth keeping: the parts named, versions, models and the columns of the tables."""
    columns = [[table.name, *table.columns] for table in COMPARISON_TABLES]
    made_by = [road.VERSION, columns, embed_.BACKEND, sentences_.MODEL_DIGEST, road.loaded.load_loaded()["digest"]]
    given = [*made_by, *(part.as_dict() if isinstance(part, Settings) else part for part in parts)]
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()


def tables_of(library: Library, kind: str, keys: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Return the tables kept under these keys; unknown keys are left out."""
    return {key: _from_parquet(blob) for key, blob in library.cached(kind, keys).items()}


def keep_tables(library: Library, kind: str, tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Keep tables and return them as they will be read again."""
    blobs = {key: _to_parquet(table) for key, table in tables.items()}
    library.keep(kind, blobs)
    return {key: _from_parquet(blob) for key, blob in blobs.items()}


def contrasts_of(library: Library, settings: Settings, progress: road.Progress) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return CONTRASTS of every event that two outlets or more report, ARTICLES without their texts, and GROUPS.

    Args:
        library: the open library; each event's part is kept in it.
        settings: all settings.
        progress: told which event is being measured.
    """
    groups, articles = library.groups(), library.articles(without_text=True)
    outlets = groups["article_id"].map(articles.set_index("article_id")["outlet"]).where(lambda names: names.ne(""))
    shared = outlets.groupby(groups["event_id"]).transform("nunique") > 1
    told = articles.set_index("article_id")[["title", "published", "genre", "agency", "language"]]  # what a correction may change beside the outlet
    events = {key_of(members.to_csv(index=False), told.loc[members["article_id"]].to_csv(), settings): (event, members)
              for event, members in groups[shared].groupby("event_id")}
    known = tables_of(library, "contrasts", list(events))
    missing = [key for key in events if key not in known]
    embed, split, scan = embed_of(library, settings), split_of(library, settings), scan_of(library, settings)
    for number, key in enumerate(missing, 1):
        event, members = events[key]
        progress(f"measuring event {number} of {len(missing)}")
        texts = library.articles(members["article_id"].tolist())
        found = road.contrast_reports(texts, members, str(event), embed, settings, split=split, scan=scan)
        known.update(keep_tables(library, "contrasts", {key: found}))
    tables = [known[key] for key in events] or [CONTRASTS.empty()]
    return pd.concat(tables, ignore_index=True), articles, groups


def _split(library: Library, articles: pd.DataFrame, settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """SENTENCES and TOKENS, parses kept by the hash of their text."""
    wanted = {sentences_.text_key(text, whole=whole, settings=settings.voices): (text, whole)
              for column, whole in (("title", True), ("text", False)) for text in articles[column]}
    kept = {name: library.cached(f"parsed {name}", list(wanted)) for name in ("sentences", "tokens")}
    missing = {key: given for key, given in wanted.items() if key not in kept["tokens"] or key not in kept["sentences"]}
    for whole in (True, False):
        texts = [text for text, is_whole in missing.values() if is_whole == whole]
        if texts:
            for name, table in zip(("sentences", "tokens"), sentences_.parse_texts(texts, whole=whole, settings=settings.voices), strict=True):
                rows = {str(key): part for key, part in table.groupby("text_key", observed=True)}
                fresh = {key: _to_parquet(rows.get(key, table.iloc[:0])) for key, (_, is_whole) in missing.items() if is_whole == whole}
                library.keep(f"parsed {name}", fresh)
                kept[name].update(fresh)
    tables = [pd.concat([pd.read_parquet(io.BytesIO(blob)) for blob in kept[name].values()], ignore_index=True) for name in ("sentences", "tokens")]
    return sentences_.attach_parses(articles, *tables, settings.voices)


def _to_parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def _from_parquet(blob: bytes) -> pd.DataFrame:
    """The table; lists come back as lists."""
    found = pd.read_parquet(io.BytesIO(blob))
    return found.assign(**{name: [list(item) if isinstance(item, np.ndarray) else item for item in column]
                           for name, column in found.items() if column.dtype == object})


def outline(library: Library, subject: str) -> tuple[str, pd.DataFrame, pd.DataFrame]:
    """Return what is known of an event or storyline before it is compared: its scope, ARTICLES without texts, and GROUPS.

    Raises:
        InputError: no event or storyline has this id.
    """
    scope, members = road.members_of(library.groups(), subject)
    return scope, library.articles(members["article_id"].tolist(), without_text=True), members
