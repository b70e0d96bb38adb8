"""A class's guesses and marks: kept in the session, carried as a file, laid beside the tool's marks when all have read.

Nobody is named: a reader is a number that the class deals out. Articles are told by their letters, so that a file from a
blind lesson names no outlet. Marks belong to the very articles they were made on; a file made on others is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from analysis.schema import Comparison, InputError

COLUMNS = ("reader", "label", "letter", "sentence", "start", "end")
"""One row a mark: label "read" (the reader finished an article; sentence -1), "loaded" (sentence, and start and end of the words within the
article), or "guess …" (letter or answer; sentence -1)."""
STATE = "class marks"
FIRST_LETTER = (1, 0, 1)  # sentence, start, end
MOST_READERS = 60  # two classes in one room
MOST_ROWS = 50_000  # 60 readers x 8 articles x 100 marks; a longer file is none of ours
MOST_BYTES = 5_000_000


def made_on(chosen: Comparison) -> str:
    """Return what the marks of an event belong to: the event and the digest of its articles."""
    return f"{chosen.event_id} {chosen.made_with.get('articles', '')}".strip()


def kept(chosen: Comparison) -> pd.DataFrame:
    """Return all marks of this session on an event: COLUMNS."""
    return pd.DataFrame(st.session_state.get(STATE, {}).get(made_on(chosen), []), columns=list(COLUMNS)).astype({"sentence": int, "start": int, "end": int})


def put(chosen: Comparison, reader: int, label: str, letter: str | None, rows: Sequence[Mapping[str, object]]) -> None:
    """Replace what a reader said under a label (about one article, or about all when letter is None)."""
    every = st.session_state.setdefault(STATE, {})
    others = [
        row
        for row in every.get(made_on(chosen), [])
        if not (row["reader"] == reader and row["label"] == label and (letter is None or row["letter"] == letter))
    ]
    every[made_on(chosen)] = others + [{"reader": reader, "label": label, **row} for row in rows]


def to_file(chosen: Comparison) -> bytes:
    """Return the marks of this session on an event as one JSON file."""
    return json.dumps({"parallax": "class marks", "version": 1, "made_on": made_on(chosen), "marks": kept(chosen).to_dict("records")}, indent=0).encode()


def add_file(chosen: Comparison, content: bytes) -> int:
    """Add the readers of a file to this session's and return how many; a number already taken gets the next free one.

    Raises:
        InputError: no such file, or made on other articles.
    """
    rows = _read(chosen, content)
    every = st.session_state.setdefault(STATE, {})
    own = every.get(made_on(chosen), [])
    taken, numbers = {row["reader"] for row in own}, {}
    for reader in dict.fromkeys(row["reader"] for row in rows):
        same = [row for row in own if row["reader"] == reader]
        mine = [row for row in rows if row["reader"] == reader]
        if same and same == mine:
            continue  # the same file again
        numbers[reader] = reader if reader not in taken else next(number for number in range(1, len(taken) + 2) if number not in taken)
        taken.add(numbers[reader])
    every[made_on(chosen)] = own + [row | {"reader": numbers[row["reader"]]} for row in rows if row["reader"] in numbers]
    return len(numbers)


def _read(chosen: Comparison, content: bytes) -> list[dict[str, object]]:
    """Return the rows of a file of marks, every field checked: the file may come from anywhere."""
    wrong = InputError("this is no file of class marks", where="the file", remedy="Choose a file saved under “Save the marks”")
    if len(content) > MOST_BYTES:
        raise wrong
    try:
        packed = json.loads(content)
        made, rows = packed["made_on"], packed["marks"]
        typed = [
            {
                "reader": int(row["reader"]),
                "label": str(row["label"]),
                "letter": str(row["letter"]),
                "sentence": int(row["sentence"]),
                "start": int(row["start"]),
                "end": int(row["end"]),
            }
            for row in rows
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise wrong from error
    if len(typed) > MOST_ROWS or any(not 1 <= row["reader"] <= MOST_READERS or len(row["label"]) > 40 or len(row["letter"]) > 80 for row in typed):
        raise wrong
    if made != made_on(chosen):
        raise InputError("these marks were made on other articles", where="the file", remedy="Open the event they were made on")
    return typed


def to_entries(rows: pd.DataFrame, lanes: pd.DataFrame, code: str) -> list[tuple[str, tuple[int, int, int], str, str]]:
    """Return marks as the library keeps them: (article_id, (sentence, start, end), pupil, label), pupils under the code of their class.

    The library knows places in articles only, so "has read it" and a guess are laid at the first letter of a text.

    Args:
        rows: COLUMNS.
        lanes: of the comparison with its outlets, whose article ids are the library's.
        code: of the class.
    """
    ids, entries = dict(zip(lanes["letter"], lanes["article_id"], strict=True)), []
    for row in rows.to_dict("records"):
        if row["label"].startswith("guess "):
            entries.append((lanes["article_id"].iloc[0], FIRST_LETTER, f"{code}-{row['reader']}", f"{row['label']}={row['letter']}"))
        elif row["letter"] in ids:
            place = (row["sentence"], row["start"], row["end"]) if row["sentence"] >= 0 else FIRST_LETTER
            entries.append((ids[row["letter"]], place, f"{code}-{row['reader']}", row["label"]))
    return entries


def add_entries(chosen: Comparison, lanes: pd.DataFrame, kept_marks: pd.DataFrame, code: str) -> int:
    """Add a class's readers from what the library keeps to this session's, and return how many came.

    Args:
        chosen: the comparison on screen.
        lanes: of the comparison with its outlets.
        kept_marks: article_id, sentence, start, end, pupil, label.
        code: of the class.
    """
    letters, rows = dict(zip(lanes["article_id"], lanes["letter"], strict=True)), []
    for mark in kept_marks.to_dict("records"):
        number = str(mark["pupil"]).removeprefix(f"{code}-")
        if not (str(mark["pupil"]).startswith(f"{code}-") and number.isdecimal() and 1 <= int(number) <= MOST_READERS and mark["article_id"] in letters):
            continue
        label, _, answer = str(mark["label"]).partition("=")
        at = {"letter": answer or letters[mark["article_id"]], "sentence": int(mark["sentence"]), "start": int(mark["start"]), "end": int(mark["end"])}
        at |= {"sentence": -1, "start": 0, "end": 0} if answer or label == "read" else {}
        rows.append({"reader": int(number), "label": label, **at})
    content = json.dumps({"made_on": made_on(chosen), "marks": rows}).encode()
    return add_file(chosen, content)


def loaded_marks(chosen: Comparison, lanes: pd.DataFrame) -> pd.DataFrame:
    """Return the readers' marks of loaded wording by article: reader, article_id, sentence, start, end; sentence -1 where they only read."""
    ids = dict(zip(lanes["letter"], lanes["article_id"], strict=True))
    rows = kept(chosen)
    rows = rows[rows["label"].isin(["loaded", "read"]) & rows["letter"].isin(list(ids))]
    return rows.assign(article_id=rows["letter"].map(ids))[["reader", "article_id", "sentence", "start", "end"]].reset_index(drop=True)


def tool_marks(chosen: Comparison) -> set[tuple[str, int]]:
    """Return the sentences in which the tool marks loaded words."""
    cues = chosen.cues[chosen.cues["kind"] == "loaded"]
    return set(zip(cues["article_id"], cues["sentence"].astype(int), strict=True))
