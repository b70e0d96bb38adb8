"""Class marks: what a pupil marked in an article, under a code the class chose. No name, no address, nothing personal is kept."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from analysis.corpus.text import normalise_text
from analysis.schema import InputError, Table

MARKS = Table("marks", "one mark, in the order made", {
    "mark_id": "", "at": "UTC time, ISO 8601", "event_id": "the event or storyline as shown when the mark was made", "article_id": "",
    "sentence": "0 = title", "start": "characters into the text (title: into the title)", "end": "",
    "pupil": "code chosen by the class", "label": "what the pupil calls it, '' for a plain mark", "undoes": "mark_id that this entry takes back, else ''",
})
_CODE = re.compile(r"[^\W_](?:[\w-]{0,10}[^\W_])?")
_LONGEST_LABEL = 80  # characters; a label is a word or two, not an essay that could name somebody


def make_mark(article: Mapping[str, Any], event_id: str, place: tuple[int, int, int], *, pupil: str, label: str, at: datetime) -> dict[str, Any]:
    """Make one entry of the log.

    Args:
        article: a row of ARTICLES.
        event_id: the event or storyline on screen.
        place: (sentence, start, end); offsets into the text, into the title when the sentence is 0.
        pupil: a code of up to 12 letters, figures, - and _; neither a name with blanks nor an address fits.
        label: what the pupil calls it, up to 80 characters.
        at: when, with a time zone.

    Returns:
        One row of MARKS.

    Raises:
        InputError: the place lies outside the article, or the code or label does not fit.
    """
    where, (sentence, start, end) = f"article {article['article_id']}", map(int, place)
    length = len(article["title" if sentence == 0 else "text"])
    if sentence < 0 or not 0 <= start < end <= length:
        raise InputError(f"the mark ({start} to {end}) lies outside the article", where=where, column="start", remedy="Mark it again on the page")
    if not _CODE.fullmatch(pupil):
        raise InputError("this is no pupil code", where=where, column="pupil", remedy="Use up to 12 letters and figures, such as K7, and no names")
    label = " ".join(normalise_text(label).split())
    if len(label) > _LONGEST_LABEL:
        raise InputError(f"the label is longer than {_LONGEST_LABEL} characters", where=where, column="label", remedy="Use a word or two")
    return _entry({"at": at.isoformat(), "event_id": event_id, "article_id": article["article_id"], "sentence": sentence, "start": start, "end": end,
                   "pupil": pupil, "label": label, "undoes": ""})


def make_undo(mark_id: str, *, at: datetime, log: pd.DataFrame) -> dict[str, Any]:
    """Make the entry that takes one back.

    Raises:
        InputError: no mark in force has this id.
    """
    found = log[log["mark_id"] == mark_id]
    if not len(found) or found["undoes"].iloc[0] or mark_id in set(log["undoes"]):
        raise InputError("there is no such mark to take back", where=f"mark {mark_id}", remedy="Choose one that is still shown")
    row = found.iloc[0].to_dict()
    return _entry({**{name: int(value) if name in ("sentence", "start", "end") else value for name, value in row.items() if name != "mark_id"},
                   "at": at.isoformat(), "undoes": mark_id})


def in_force(log: pd.DataFrame) -> pd.DataFrame:
    """Return the marks that are not taken back, in the order made: MARKS without `undoes`."""
    standing = log[(log["undoes"] == "") & ~log["mark_id"].isin(set(log["undoes"]))]
    return standing.drop(columns="undoes").reset_index(drop=True)


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    seed = json.dumps(list(row.values()), ensure_ascii=True)
    return {"mark_id": "m" + hashlib.sha256(seed.encode()).hexdigest()[:12], **row}
