"""Repair: put right what the grouping got wrong, with a reason, an undo and the log."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import streamlit as st

from analysis.schema import Comparison, ParallaxError
from analysis.settings import Settings
from dashboard import data, widgets

KINDS = {
    "Move the articles to another event": "move",
    "Merge this event with another": "merge",
    "Split the articles off as an event of their own": "split",
    "Exclude the articles from every event": "exclude",
    "Take excluded articles back in": "include",
    "Confirm: these two are the same event": "same event",
    "Confirm: these two are not the same event": "not the same",
}


@widgets.panel
def show(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show the repair panel of an event; a storyline has none."""
    if chosen.scope != "event":
        return
    only_shown = data.read_only()
    panel = st.expander(
        "Why is each article in this event?" if only_shown else "Is an article in the wrong event? Repair the grouping",
        icon=":material/build:",
        key="repairing",
        on_change="rerun",
    )
    if not panel.open:
        return
    with panel:
        _reasons(chosen, lanes, only_shown)
        if not only_shown:
            _ask(chosen, lanes)
        _log(lanes, only_shown)


def _reasons(chosen: Comparison, lanes: pd.DataFrame, only_shown: bool) -> None:
    """Say for each article why it is here, borderline ones first, and let a person settle those with one click."""
    labels = dict(zip(lanes["article_id"], lanes["label"], strict=True))
    groups = chosen.groups.dropna(subset="closeness").sort_values(["margin", "article_id"])
    if groups.empty:
        return
    rows = [[labels[row.article_id], f"{row.closeness:.2f}", row.why] for row in groups.itertuples()]
    widgets.show_table(["Article", "Closeness 0…1", "Why it is here"], rows, "Why these articles are together, least sure first", "px-facts")
    heart = groups["article_id"].iloc[-1]  # the article closest to all others stands for the event
    for row in groups[groups["margin"] < Settings().events.borderline].itertuples():
        if row.article_id == heart:
            continue
        widgets.note(f"Borderline: {labels[row.article_id]}. Does it report the same event as {labels[heart]}?")
        if only_shown:
            continue
        yes, no = st.columns(2)
        for place, title, kind in ((yes, "Same event", "same event"), (no, "Not the same", "not the same")):
            if place.button(title, key=f"settle {kind} {row.article_id}"):
                data.repair(kind, [row.article_id, heart], "", "borderline, settled by one click")
                st.rerun(scope="app")


def _ask(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Ask what to repair and record it; what cannot be done is said beside the form, which keeps what was typed."""
    names = widgets.names(lanes)
    with st.form("repair", border=False):
        kind = KINDS[st.selectbox("What", list(KINDS))]
        picked = st.multiselect("Articles", list(names))
        target = st.text_input("The other event, for moving and merging: its address or id", max_chars=400)
        reason = st.text_input("Reason", max_chars=300)
        if not st.form_submit_button("Record the repair"):
            return
        ids = list(lanes["article_id"]) if kind == "merge" and not picked else [names[name] for name in picked if name in names]
        try:
            data.repair(kind, ids, _event_in(target), reason.strip())
        except ParallaxError as error:
            widgets.say_beside(error)
            return
    st.rerun(scope="app")


def _event_in(target: str) -> str:
    """Return the event id in an address of this app, or the text itself when it is no address."""
    return parse_qs(urlsplit(target.strip()).query).get("event", [target.strip()])[0]


def _log(lanes: pd.DataFrame, only_shown: bool) -> None:
    """Show the log of repairs, which of them gave way to later ones, and an undo for those in force."""
    log, overruled = data.repairs(), data.overruled()
    if log.empty:
        widgets.nothing("No repair yet.")
        return
    labels, gave_way = dict(zip(lanes["article_id"], lanes["label"], strict=True)), dict(zip(overruled["repair_id"], overruled["part"], strict=True))
    rows = [
        [
            row["repair_id"],
            row["kind"],
            ", ".join(str(labels.get(article, article)) for article in row["article_ids"]),
            row["reason"],
            widgets.logged_at(row["at"]),
            "taken back" if row["undone_by"] else f"gave way {gave_way[row['repair_id']]}" if row["repair_id"] in gave_way else "in force",
        ]
        for row in log.to_dict("records")
    ]
    widgets.show_table(["Repair", "What", "Articles", "Reason", "When", "State"], rows, "Repairs so far")
    for says in overruled["says"]:
        widgets.nothing(_named(says, labels))
    standing = [str(row["repair_id"]) for row in log.to_dict("records") if not row["undone_by"] and row["kind"] != "undo"]
    if only_shown or not standing:
        return
    undone = st.selectbox("Take back", standing, key="undone")
    if st.button("Undo it") and undone in standing:
        data.undo(undone)
        st.rerun(scope="app")


def _named(says: str, labels: dict[str, str]) -> str:
    """Return a sentence with the articles on screen by letter and outlet instead of by id."""
    return re.sub(r"\S+?(?=[.\s]|$)", lambda word: str(labels.get(word[0], word[0])), says)
