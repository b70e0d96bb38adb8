"""The reveal: what the class guessed and marked, beside what the tool finds, and how far both agree."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.schema import Comparison
from dashboard import data, lesson, marks, widgets
from dashboard.questions import make_questions
from dashboard.views.read import make_spans

EXPERTS = "Trained experts who mark loaded sentences agree with each other only to α ≈ .40 (BABE, Spinde 2021); a crowd to .21. Disagreeing is normal."


def show(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show guesses and marks beside the tool's."""
    _files(chosen)
    _guesses(chosen, lanes)
    _agreement(chosen, lanes)
    _marked(chosen, lanes)


def _files(chosen: Comparison) -> None:
    """Save this session's marks as a file, and gather those of other machines."""
    given = lesson.kept(chosen)
    st.html(
        Markup('<p class="px-small" role="status">{} in this session. The marks stay in this browser tab until you save them.</p>').format(
            widgets.count(given["reader"].nunique(), "reader")
        )
    )
    with st.expander("Save the marks, or gather those of other machines", icon=":material/group:"):
        st.download_button(
            "Save the marks",
            data=lambda: lesson.to_file(chosen),
            file_name=f"parallax-marks-{chosen.event_id}.json",
            mime="application/json",
            on_click="ignore",
            key="savemarks",
        )
        files = st.file_uploader("Files of marks", type="json", accept_multiple_files=True, key="gathered", max_upload_size=5)
        if files and st.button("Add their readers", key="addmarks"):
            added = sum(lesson.add_file(chosen, file.getvalue()) for file in files)
            widgets.note(f"{widgets.count(added, 'reader')} added. A number that was taken got the next free one.", plain=True)
        _library(chosen)


def _library(chosen: Comparison) -> None:
    """Keep this session's marks in the library under the code of a class, or take those of a class."""
    only_shown = data.read_only()
    code = st.text_input(
        "Code of the class, to take its marks out of the library" if only_shown else "Code of the class, to keep its marks in the library",
        max_chars=6,
        placeholder="for instance 7b",
        persist_state="session",
        key="class",
    )
    if not code:
        return
    lanes = data.lanes(data.comparison(chosen.event_id))
    one, two = st.columns(2)
    if not only_shown and one.button("Keep the marks in the library"):
        known = data.class_marks(chosen.event_id)
        known = set(zip(known["article_id"], known["sentence"], known["start"], known["end"], known["pupil"], known["label"], strict=True))
        new = [entry for entry in lesson.to_entries(lesson.kept(chosen), lanes, code) if (entry[0], *entry[1], *entry[2:]) not in known]
        for entry in new:
            data.keep_mark(chosen.event_id, *entry)
        widgets.note(f"{widgets.count(len(new), 'mark')} of class {code} kept.", plain=True)
    if two.button("Take the marks of this class"):
        added = lesson.add_entries(chosen, lanes, data.class_marks(chosen.event_id), code)
        widgets.note(f"{widgets.count(added, 'reader')} of class {code} added.", plain=True)


def _guesses(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show what was guessed and what the tool finds, each with the way to the evidence."""
    widgets.heading("What you guessed", 3)
    given = lesson.kept(chosen)
    given = given[given["label"].str.startswith("guess ")]
    counted = data.count_guesses(given.assign(question=given["label"].str.removeprefix("guess "), answer=given["letter"])[["reader", "question", "answer"]])
    lines = []
    for question in make_questions(chosen, lanes):
        own = counted[counted["question"] == question.key].to_dict("records")
        said = ", ".join(f"{row['answer']} ({row['n']} of {row['n_readers']})" for row in own) or "nobody guessed"
        way = marks.go(widgets.address(chosen, question.section, **dict(question.state)), "see the evidence", label=f"evidence: {question.text}")
        lines.append([question.text, said, Markup("<strong>{}</strong> · {} {}").format(_either(question.answers), question.found, way)])
    if not lines:
        widgets.nothing("There was nothing to guess.")
        return
    widgets.show_table(["Question", "You said", "The tool finds"], lines, "Guesses beside the figures; the tool can be wrong, the sentences decide")


def _either(answers: tuple[str, ...]) -> str:
    """Say the right answers, any of which will do: A, B or D."""
    *most, last = answers
    return f"{', '.join(most)} or {last}" if most else last


def _say(agreement: Any, who: str, among: str) -> Markup:
    """Say an agreement in words with its n, or why there is none."""
    if math.isnan(agreement.alpha):
        return Markup("<li><strong>{}:</strong> cannot be told: {}.</li>").format(who, agreement.why)
    sentences = widgets.count(agreement.n_units, "sentence")
    return Markup("<li><strong>{}:</strong> Krippendorff’s α = {} ({}, {}).</li>").format(who, f"{agreement.alpha:.2f}".replace("-", "−"), among, sentences)


def _agreement(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show how far the readers agree with each other and with the tool."""
    widgets.heading("How far you agree", 3)
    given = lesson.loaded_marks(chosen, lanes)
    among, against = data.compare_readers(chosen.sentences, given, lesson.tool_marks(chosen))
    lines = [
        _say(among, "You with each other", widgets.count(among.n_readers, "reader")),
        _say(against, "Your majority with the tool", "ties left out"),
    ]
    st.html(
        Markup('<ul>{}</ul><p class="px-small">α is 1 when all agree, 0 when they agree as often as chance. {}</p>').format(marks.join(lines), EXPERTS)
    )


def _marked(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show one article with the readers' marks beside the tool's."""
    widgets.heading("Your marks beside the tool’s", 3)
    given = lesson.loaded_marks(chosen, lanes)
    counted = data.count_marks(chosen.sentences, given, lesson.tool_marks(chosen))
    letters = list(lanes["letter"])
    letter = st.segmented_control("Article", letters, default=letters[0], required=True, key="revealed", bind="query-params") or letters[0]
    key = lanes.set_index("letter")["article_id"][letter]
    rows = chosen.sentences[chosen.sentences["article_id"] == key].merge(counted, on=["article_id", "sentence"]).sort_values("sentence")
    shown = rows[(rows["n_marked"] > 0) | rows["tool"]]
    if shown.empty:
        widgets.nothing("Neither you nor the tool marked a sentence in this article.")
    else:
        lines = [_line(chosen, lanes, row, given) for row in shown.to_dict("records")]
        widgets.show_table(["Where", "Your words", "Readers", "The tool’s words", "Both"], lines, f"Sentences of {letter} that somebody marked", "px-reveal")
    letters_of = lanes.set_index("article_id")["letter"]
    table = chosen.sentences[["article_id", "sentence", "paragraph", "text"]].merge(counted, on=["article_id", "sentence"])
    widgets.show_download(table.assign(letter=table["article_id"].map(letters_of)), "class-marks", chosen)


def _line(chosen: Comparison, lanes: pd.DataFrame, row: dict[str, object], given: pd.DataFrame) -> list[object]:
    """Return one sentence twice: with the readers' words marked, and with the tool's."""
    number, start, text = int(row["sentence"]), int(row["start"]), str(row["text"])
    own = given[(given["article_id"] == row["article_id"]) & (given["sentence"] == number)]
    spans = [marks.Span(int(left), int(right), "readers", "marked by readers") for left, right in zip(own["start"], own["end"], strict=True)]
    tool = [span for span in make_spans(chosen, str(row["article_id"]), frozenset({"loaded"}), number > 0) if start <= span.start < start + len(text)]
    place = "headline" if number == 0 else f"¶{int(row['paragraph'])}"
    both = "both" if row["n_marked"] and row["tool"] else "readers only" if row["n_marked"] else "tool only"
    return [
        marks.go(widgets.read_address(chosen, lanes, str(row["article_id"]), number), place, label=f"read {place} in its text"),
        marks.marked(text, spans, start),
        f"{int(row['n_marked'])} of {int(row['n_readers'])}",
        marks.marked(text, tool, start) if tool else Markup('<span class="px-dim">no mark</span>'),
        both,
    ]
