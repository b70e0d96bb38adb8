"""The road over files: what the command line calls. The library's side is `analysis.pipeline`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import road, ways
from analysis.corpus.entries import entry_of_file
from analysis.events import embed as embed_
from analysis.events import repairs as repairs_
from analysis.framing import loaded, loaded_training
from analysis.output import bundle, cells, report
from analysis.road import MEASURES, Progress, quiet
from analysis.schema import Comparison
from analysis.settings import Settings
from analysis.tables import Way, iter_table

BATCH = 200  # articles parsed at a time on the command line; about 30 MB of tokens


def clean_files(paths: Iterable[Path], settings: Settings) -> Iterator[dict[str, Any]]:
    """Clean pages one after the other and yield what each says: the fields of the command `clean`.

    `published` is an ISO time in UTC, a date alone when the page gives no time, None when it states neither.

    Raises:
        InputError: a file is missing, a directory, empty, binary, a table, or holds no article.
    """
    way = Way(settings)
    for path in paths:
        article = ways.read_page(entry_of_file(path), way)
        yield {"file": str(path), **{name: article[name] for name in ("outlet", "title")}, "published": _printed(article),
               **{name: article[name] for name in ("byline", "agency", "language", "text")}}


def read_table(path: Path, settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a whole table of articles: ARTICLES with languages filled, DROPPED.

    Raises:
        InputError: as `read.iter_table`.
    """
    parts = list(iter_table(path, way=Way(settings)))
    articles, dropped = (pd.concat([part[place] for part in parts], ignore_index=True) for place in (0, 1))
    return ways.add_languages(articles), dropped


def group_file(path: Path, settings: Settings, *, repairs: Path | None = None, progress: Progress = quiet) -> pd.DataFrame:
    """Group the articles of a file: GROUPS in the file's order, columns as the command `group` prints them."""
    articles, dropped = read_table(path, settings)
    _tell(dropped, progress)
    progress(f"grouping {len(articles)} articles")
    log = repairs_.read_log(repairs) if repairs else None
    constraints = None if log is None else repairs_.to_constraints(log)
    for says in [] if log is None else repairs_.find_overruled(log)["says"]:
        progress(says)
    groups = road.group(articles, embed_.load_embed(settings.events), settings, constraints)
    order = pd.Index(articles["article_id"])
    columns = ["article_id", "event_id", "storyline_id", "origin_id", "closeness", "why"]
    return groups.set_index("article_id").loc[order].reset_index()[columns]


def annotate_file(path: Path, settings: Settings, *, progress: Progress = quiet) -> Iterator[dict[str, Any]]:
    """Yield one record a sentence: the fields of the command `annotate`. Offsets are into the text exactly as given."""
    embed = embed_.load_embed(settings.events)
    for articles in _batches(path, settings, progress):
        parsed = road.parse(articles, settings)
        scored = road.score(parsed, embed, settings)
        marks = {key: group for key, group in scored.cues.groupby(["article_id", "sentence"])}
        table = parsed.sentences.assign(sentiment=scored.sentiments["sentiment"].to_numpy(), loaded=scored.sentiments["loaded"].to_numpy())
        for row in table.itertuples(index=False):
            yield _annotated(row, marks.get((row.article_id, row.sentence)))


def quote_file(path: Path, settings: Settings, *, progress: Progress = quiet) -> Iterator[dict[str, Any]]:
    """Yield one record a quotation in the body: the fields of the command `quotes`. Offsets are into the text exactly as given."""
    for articles in _batches(path, settings, progress):
        found = road.parse(articles.assign(title=""), settings).quotes
        for row in found.itertuples(index=False):
            yield {"article_id": row.article_id, "start": int(row.start), "end": int(row.end), "kind": row.kind, "speaker": row.speaker,
                   "speaker_start": _whole(row.speaker_start), "speaker_end": _whole(row.speaker_end), "cue": row.cue}


def compare_file(path: Path, subject: str, settings: Settings, *, progress: Progress = quiet) -> Comparison:
    """Compare one event or storyline of a file; the event with most origins when `subject` is ''.

    Raises:
        InputError: the file, or the subject, is not there.
    """
    articles, dropped = read_table(path, settings)
    _tell(dropped, progress)
    embed = embed_.load_embed(settings.events)
    progress(f"grouping {len(articles)} articles")
    groups = road.group(articles, embed, settings)
    if not subject:
        subject = groups.groupby("event_id")["origin_id"].nunique().sort_index().idxmax()
    return road.compare(articles, groups, subject, embed, settings, progress=progress)


def train_wording(path: Path, output: Path, settings: Settings) -> dict[str, Any]:
    """Train a head for loaded wording on a person's own labelled sentences; see `loaded_training.train_wording`."""
    base, embed, scan = loaded.load_loaded(""), embed_.load_embed(settings.events), road.scan_wording(Settings())

    def read(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        vectors = embed(texts)
        return vectors, loaded.standardise(loaded.read_parts(texts, vectors, scan(texts), base), base)

    return loaded_training.train_wording(path, output, read, base)


def render_report(comparison: Comparison) -> str:
    """Return the comparison as one HTML page."""
    return report.write_report(comparison, MEASURES)


def print_table(table: pd.DataFrame) -> str:
    """Return a table as CSV in which no spreadsheet finds a formula; text that begins like one has an apostrophe before it."""
    return cells.defuse_table(table).to_csv(index=False, lineterminator="\n")


def comparison_json(comparison: Comparison) -> str:
    """Return the comparison as one JSON object."""
    return bundle.pack_comparison(comparison)


def _batches(path: Path, settings: Settings, progress: Progress) -> Iterator[pd.DataFrame]:
    for articles, dropped in iter_table(path, BATCH, way=Way(settings), as_given=True):
        _tell(dropped, progress)
        if len(articles):
            yield ways.add_languages(articles)


def _tell(dropped: pd.DataFrame, progress: Progress) -> None:
    for where, reason in dropped.itertuples(index=False):
        progress(f"{where}: {reason}")


def _printed(article: dict[str, Any]) -> str | None:
    moment = article["published"]
    if moment is None:
        return None
    return moment.date().isoformat() if article["precision"] == "day" else moment.isoformat().replace("+00:00", "Z")


def _annotated(row: Any, marks: pd.DataFrame | None) -> dict[str, Any]:
    spans = [] if marks is None else marks[["kind", "start", "end"]].itertuples(index=False)
    kinds: dict[str, list[list[int]]] = {}
    for kind, start, end in spans:
        kinds.setdefault(kind, []).append([int(start), int(end)])
    return {"article_id": row.article_id, "sentence": int(row.sentence), "start": int(row.start), "end": int(row.end), "text": row.text, "voice": row.voice,
            "speaker": row.speaker, "sentiment": _number(row.sentiment), "loaded": _number(row.loaded),
            "loaded_spans": kinds.get("loaded", []), "passive_agentless": bool(kinds.get("agentless passive")),
            "hedges": [row.text[start - row.start:end - row.start] for start, end in kinds.get("hedge", [])]}


def _number(value: float) -> float | None:
    return None if pd.isna(value) else round(float(value), 4)


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
