"""Correct: say what an article's outlet, headline, date, agency or kind of text truly is, with a reason, an undo and the log."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.schema import GENRES, Comparison, ParallaxError
from dashboard import data, marks, widgets

FIELDS = {"Outlet": "outlet", "Headline": "title", "Date": "published", "Agency": "agency", "Kind of text": "genre"}
HINTS = {
    "outlet": "its name, an alias or its domain; empty when unknown",
    "title": "as printed; empty when it has none",
    "published": "2024-05-01, or 2024-05-01T14:30Z; empty when unknown",
    "agency": "empty when it is the outlet's own text",
}
SAVED = "correction saved"  # state: what the next run says was done
LONGEST = 1_000  # characters, as in the library


@widgets.panel
def show(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show the panel for corrections of an event or storyline."""
    panel = st.expander(
        "What the source wrote, and what was corrected" if data.read_only() else "Is an outlet, headline or date wrong? Correct it",
        icon=":material/edit:",
        key="correcting",
        on_change="rerun",
    )
    if not panel.open:
        return
    with panel:
        if done := st.session_state.pop(SAVED, ""):
            st.html(Markup('<p class="px-note px-plain" role="status">{}</p>').format(done))
        names = widgets.names(lanes)
        label = st.selectbox("Article", list(names), key="corrected-article")
        if label in names:
            article = chosen.articles.set_index("article_id", drop=False).loc[names[label]].to_dict()
            _facts(article)
            if not data.read_only():
                _ask(chosen, article)
        _log(chosen, {article_id: label for label, article_id in names.items()})


def standing(article: dict[str, object], field: str) -> str:
    """Return what the library holds in a field, in the form it is corrected in; '' for none or unknown."""
    if field != "published":
        return str(article[field])
    moment = article["published"]
    if moment is None or pd.isna(moment):
        return ""
    if article["precision"] == "day":
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%dT%H:%MZ}" if not (moment.second or moment.microsecond) else moment.isoformat().replace("+00:00", "Z")


def _said(field: str, value: object) -> str:
    """Return a value as a person reads it: a date in the form of all pages, anything else as it is."""
    moment = pd.to_datetime(str(value), utc=True, format="ISO8601", errors="coerce") if field == "published" else pd.NaT
    return str(value) if pd.isna(moment) else widgets.when(moment, "time" if "T" in str(value) else "day")


def _facts(article: dict[str, object]) -> None:
    """Show what stands in each field, and what the source wrote where that was kept."""
    given = data.as_given(str(article["article_id"]))
    none = Markup('<span class="px-dim">unknown or none</span>')
    rows = [
        [title, marks.cut(_said(field, standing(article, field)), 300) or none, marks.cut(given.get(field, ""), 300)] for title, field in FIELDS.items()
    ]
    widgets.show_table(["Field", "Stands now", "The source wrote"], rows, "What is known about this article", "px-facts")


def _ask(chosen: Comparison, article: dict[str, object]) -> None:
    """Ask what is right and record it; what cannot be understood is said beside the form, which keeps what was typed."""
    title = st.segmented_control("What is wrong?", list(FIELDS), default=next(iter(FIELDS)), required=True, key="corrected-field")
    field = FIELDS[str(title)]
    own = f"{field} {article['article_id']}"
    with st.form("correct", border=False):
        if field == "genre":
            kinds = list(GENRES)
            now = kinds.index(str(article["genre"])) if article["genre"] in kinds else 0
            right = st.selectbox("What is right?", kinds, now, key=f"right {own}")
        else:
            right = st.text_input("What is right?", standing(article, field), max_chars=LONGEST, placeholder=HINTS[field], key=f"right {own}")
        reason = st.text_input("How do you know?", max_chars=300, key=f"why {own}")
        if not st.form_submit_button("Record the correction"):
            return
        try:
            data.correct(str(article["article_id"]), field, str(right or "").strip(), (reason or "").strip())
        except ParallaxError as error:
            widgets.say_beside(error)
            return
    _leave(chosen, f"{title} corrected. It wins over every later ingest until you take it back.", own)


def _leave(chosen: Comparison, done: str, own: str = "") -> None:
    """Draw the page anew after a change; where the change dissolved the event on screen, at the event its articles stand in now."""
    st.session_state[SAVED] = done
    for key in (f"right {own}", f"why {own}"):
        st.session_state.pop(key, None)
    if event_id := data.successor(chosen.event_id, list(chosen.articles["article_id"])):
        st.query_params["event"] = event_id
    st.rerun(scope="app")


def _log(chosen: Comparison, labels: dict[str, str]) -> None:
    """Show the corrections of the articles on screen, the latest first, with an undo for those in force."""
    log = data.corrections(list(chosen.articles["article_id"]))
    if log.empty:
        widgets.nothing("No correction of these articles yet.")
        return
    titles, undone, settled = {field: title for title, field in FIELDS.items()}, set(log["undoes"]) - {""}, set()
    rows, standing_now = [], {}
    for row in log[log["undoes"] == ""].iloc[::-1].to_dict("records"):
        place = (row["article_id"], row["field"])
        state = "taken back" if row["correction_id"] in undone else "gave way to a later one" if place in settled else "in force"
        if state != "taken back":
            settled.add(place)
            said = f"{titles[row['field']]} of {labels.get(row['article_id'], row['article_id'])}: {_said(row['field'], row['value']) or 'unknown'}"
            standing_now[f"{marks.cut(said, 90)} ({row['correction_id']})"] = row["correction_id"]
        rows.append(
            [labels.get(row["article_id"], row["article_id"]), titles[row["field"]], marks.cut(_said(row["field"], row["original"]), 300) or "unknown or none",
             marks.cut(_said(row["field"], row["value"]), 300) or "unknown or none", row["reason"], widgets.logged_at(row["at"]), state]
        )  # fmt: skip
    head = ["Article", "Field", "Came with the article", "Corrected to", "Reason", "When", "State"]
    widgets.show_table(head, rows, "Corrections of these articles, the latest first")
    if data.read_only() or not standing_now:
        return
    picked = st.selectbox("Take back", list(standing_now), key="uncorrected")
    if st.button("Undo this correction") and picked in standing_now:
        data.undo_correction(standing_now[picked])
        _leave(chosen, "Taken back. What was there before stands again.")
