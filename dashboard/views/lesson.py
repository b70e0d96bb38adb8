"""Guess, mark, reveal: readers say first what they expect and mark what they find loaded, then see the tool's marks beside theirs."""

from __future__ import annotations

import re

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.schema import Comparison
from dashboard import lesson, marks, widgets
from dashboard.questions import Question, make_questions
from dashboard.views import reveal

STEPS = ("1 Guess", "2 Mark", "3 Reveal")
MOST_SENTENCES = 80  # sentences to tick at once; a longer article is no reading for a lesson
_WORD = re.compile(r"[^\W_][\w'’-]*")


@widgets.panel
def show(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show the lesson section."""
    widgets.heading(
        "Guess, mark, reveal",
        lead="First say what you expect, then mark what you find loaded, then look at what the tool marks. Nobody needs a name: a reader is a number.",
    )
    if not widgets.blinded():
        way = marks.go(widgets.address(chosen, "Lesson", blind=True), "Hide the outlets")
        widgets.note(Markup("The outlets are in view, and a name answers for the reader. {} before the lesson begins.").format(way))
    one, two = st.columns([1, 3], vertical_alignment="top")
    reader = int(one.number_input("Reader", 1, lesson.MOST_READERS, 1, key="reader", persist_state="session", help="Each pupil takes a number."))
    step = two.segmented_control("Step", list(STEPS), default=STEPS[0], required=True, key="step", bind="query-params")
    if step == STEPS[2]:
        reveal.show(chosen, lanes)
    elif step == STEPS[1]:
        _mark(chosen, lanes, reader)
    else:
        _guess(chosen, lanes, reader)


def _guess(chosen: Comparison, lanes: pd.DataFrame, reader: int) -> None:
    """Ask the questions; every answer is kept at once."""
    questions = make_questions(chosen, lanes)
    if not questions:
        widgets.nothing("There is nothing to guess: too few articles or too little text.")
        return
    for question in questions:
        _ask(chosen, question, reader)
    given = lesson.kept(chosen)
    done = given[(given["reader"] == reader) & given["label"].str.startswith("guess ")]["label"].nunique()
    st.html(Markup('<p class="px-small" role="status">Reader {}: {} of {} answered.</p>').format(reader, done, len(questions)))


def _ask(chosen: Comparison, question: Question, reader: int) -> None:
    """Ask one question and keep what is answered."""
    key = f"guess {lesson.made_on(chosen)} {reader} {question.key}"
    label = f"guess {question.key}"
    given = lesson.kept(chosen)
    own = given[(given["reader"] == reader) & (given["label"] == label)]["letter"]
    options = list(question.options)
    if key not in st.session_state and len(own) and own.iloc[-1] in options:
        st.session_state[key] = own.iloc[-1]

    def answered() -> None:
        answer = st.session_state[key]
        lesson.put(chosen, reader, label, None, [{"letter": answer, "sentence": -1, "start": 0, "end": 0}] if answer in options else [])

    st.radio(marks.md_escape(question.text), options, index=None, key=key, horizontal=True, on_change=answered, persist_state="session")


def _mark(chosen: Comparison, lanes: pd.DataFrame, reader: int) -> None:
    """Let a reader tick the loaded sentences of one article, and in each the words that make it so."""
    letters = list(lanes["letter"])
    letter = st.segmented_control("Article", letters, default=letters[0], required=True, key="markin", bind="query-params") or letters[0]
    lane = lanes[lanes["letter"] == letter].iloc[0]
    widgets.lead(
        "Tick a sentence when its wording, not the fact it tells, leans on the reader; then choose the words that do it. Leave out what people in quotation "
        "marks say: those words are theirs."
    )
    st.html(Markup('<h3 class="px-h3">{}</h3>').format(widgets.tag(lane)))
    rows = chosen.sentences[chosen.sentences["article_id"] == lane["article_id"]].sort_values("sentence")
    before = None
    for row in rows.head(MOST_SENTENCES).to_dict("records"):
        if row["paragraph"] != before:
            before = row["paragraph"]
            st.html(Markup('<span class="px-small px-dim">{}</span>').format("Headline" if before == 0 else f"¶{before}"))
        _tick(chosen, reader, letter, row)
    if len(rows) > MOST_SENTENCES:
        widgets.nothing(f"The first {MOST_SENTENCES} sentences are offered.")
    _finish(chosen, reader, letter)


def _tick(chosen: Comparison, reader: int, letter: str, row: dict[str, object]) -> None:
    """Offer one sentence to tick and, once ticked, its words."""
    number, text, start = int(row["sentence"]), str(row["text"]), int(row["start"])
    key = f"mark {lesson.made_on(chosen)} {reader} {letter} {number}"
    words = {match[0].casefold(): match for match in reversed(list(_WORD.finditer(text)))}
    words = dict(sorted(words.items(), key=lambda item: item[1].start()))
    own = _own(chosen, reader, letter)
    stored = own[own["sentence"] == number]
    if key not in st.session_state:
        st.session_state[key] = bool(len(stored))

    def changed() -> None:
        chosen_words = [words[word] for word in st.session_state.get(f"{key} words") or [] if word in words]
        spans = [(start + match.start(), start + match.end()) for match in chosen_words] or [(start, start + len(text))]
        ticked = [{"letter": letter, "sentence": number, "start": left, "end": right} for left, right in spans] if st.session_state[key] else []
        kept = _own(chosen, reader, letter)
        others = kept[kept["sentence"] != number].drop(columns=["reader", "label"]).to_dict("records")
        lesson.put(chosen, reader, "loaded", letter, others + ticked)
        lesson.put(chosen, reader, "read", letter, [{"letter": letter, "sentence": -1, "start": 0, "end": 0}])

    if st.checkbox(marks.md_escape(text), key=key, on_change=changed, persist_state="session"):
        if f"{key} words" not in st.session_state:
            spans = set(zip(stored["start"] - start, stored["end"] - start, strict=True))
            st.session_state[f"{key} words"] = [word for word, match in words.items() if match.span() in spans]
        st.pills(
            "Which words? Choose none for the whole sentence",
            list(words),
            selection_mode="multi",
            format_func=lambda word: marks.md_escape(words[word][0]),
            key=f"{key} words",
            on_change=changed,
            persist_state="session",
        )


def _own(chosen: Comparison, reader: int, letter: str) -> pd.DataFrame:
    """Return a reader's marks of loaded wording in one article."""
    rows = lesson.kept(chosen)
    return rows[(rows["reader"] == reader) & (rows["label"] == "loaded") & (rows["letter"] == letter)]


def _finish(chosen: Comparison, reader: int, letter: str) -> None:
    """Say how many are marked, and let a reader say that there is nothing to mark."""
    count = _own(chosen, reader, letter)["sentence"].nunique()
    st.html(Markup('<p class="px-small" role="status">Reader {}: {} marked in {}.</p>').format(reader, widgets.count(count, "sentence"), letter))

    def read() -> None:
        lesson.put(chosen, reader, "read", letter, [{"letter": letter, "sentence": -1, "start": 0, "end": 0}])

    st.button("I have read it to the end", on_click=read, key="readtoend", help="Counts you among its readers, also when you marked nothing.")
