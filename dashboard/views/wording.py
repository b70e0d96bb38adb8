"""Wording: the same fact in each article's words, who is called what, distinctive phrases, and any word in its context."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.schema import Comparison
from dashboard import data, marks, widgets
from dashboard.once import once, show_html

ROWS = 15  # rows of a list before "show all"; a screen's worth
KINDS = (
    ("only here", "Only here", "Used in two sentences or more, by no other origin"),
    ("absent here", "Used by others, absent here", "Most other origins use it, this article never"),
    ("different share", "A different share", "Used by several, but clearly more or less here; ranked, not tested"),
)


@once
def _carriers(chosen: Comparison, lanes: pd.DataFrame) -> pd.DataFrame:
    """Return the claims that at least two articles word for themselves."""
    told = chosen.claims[chosen.claims["status"].isin(["firm", "likely"])]
    wide = told.groupby("claim_id")["wording"].nunique()
    return chosen.claim_index[chosen.claim_index["claim_id"].isin(wide[wide > 1].index)].sort_values(
        ["n_origins", "claim_id"], ascending=[False, True], kind="stable"
    )


def _parallel(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show the parallel-wording table: one row a claim, one cell an article, departures from the label marked."""
    widgets.heading("The same fact, in each article’s words", 3)
    n_facts = len(_carriers(chosen, lanes))
    if not n_facts:
        widgets.nothing("No fact is told by two articles in words of their own.")
        return
    _facts(chosen, lanes, n_facts if st.session_state.get("allwords") else ROWS)
    if n_facts > ROWS:
        st.toggle(f"Show all {n_facts} facts", key="allwords", bind="query-params")
    widgets.show_download(chosen.parallels, "parallel-wording", chosen)


@once
def _facts(chosen: Comparison, lanes: pd.DataFrame, n_rows: int) -> None:
    """Show the first so many facts, each in the words of every article that has it."""
    shown = _carriers(chosen, lanes).head(n_rows)
    rows = {(row["claim_id"], row["article_id"]): row for row in chosen.claims.to_dict("records") if row["status"] in ("firm", "likely")}
    segments = {(row["claim_id"], row["article_id"]): row["segments"] for row in chosen.parallels.to_dict("records")}
    items = []
    for claim in shown.to_dict("records"):
        cells = []
        for lane in lanes.to_dict("records"):
            row = rows.get((claim["claim_id"], lane["article_id"]))
            if row is None:
                continue
            pair = segments.get((claim["claim_id"], lane["article_id"]))
            body = marks.diff(marks.piece_of(pair), "here") if pair else marks.join([marks.piece(row["wording"])])
            base = Markup(' <span class="px-small px-dim px-keep">nearest to all</span>') if lane["article_id"] == claim["article_id"] else Markup("")
            cells.append(
                Markup("<div>{}{}<br>{} {}</div>").format(
                    widgets.tag(lane), base, body, marks.go(widgets.read_address(chosen, lanes, lane["article_id"], row["sentence"]), marks.IN_PLACE)
                )
            )
        items.append(Markup('<div class="px-pair">{}</div><hr class="px-dim">').format(marks.join(cells)))
    show_html(Markup('<p class="px-small px-dim">Marked words depart from the wording nearest to all.</p>') + marks.join(items))


def _names(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show who is called what."""
    widgets.heading("Who is called what", 3)
    if chosen.names.empty:
        widgets.nothing("Nobody is named by two articles.")
        return
    _called(chosen, lanes)
    widgets.show_download(chosen.names, "names", chosen)


@once
def _called(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show one row a person or thing, one column an article; quoted labels are told apart."""
    own = {row["article_id"]: row for row in lanes.to_dict("records")}
    present = [key for key in lanes["article_id"] if key in set(chosen.names["article_id"])]
    head = ["Who or what", *(Markup("{}").format(widgets.tag(own[key])) for key in present)]
    lines = []
    for _, part in chosen.names.groupby("referent_id", sort=False):
        cells = []
        for key in present:
            labels = part[part["article_id"] == key].sort_values(["count", "label"], ascending=[False, True]).to_dict("records")
            cells.append(
                marks.join([_label(chosen, lanes, row) for row in labels], Markup("<br>"))
                if labels
                else Markup('<span class="px-dim">not mentioned</span>')
            )
        who = Markup('{} <span class="px-small px-dim">{}</span>').format(part["referent"].iloc[0], _kind(*part[["referent", "kind"]].iloc[0]))
        lines.append([who, *cells])
    told = "Labels of the same person, group, place or thing; short forms of a name count as the name; “in a quotation” is somebody else’s word"
    widgets.show_table(head, lines[:60], told)


def _kind(referent: str, kind: str) -> str:
    """Say what a referent is; a common noun in the plural is nobody in person."""
    return "people" if kind == "person" and referent.islower() and (referent.endswith("s") or referent == "people") else kind


def _label(chosen: Comparison, lanes: pd.DataFrame, row: dict[str, object]) -> Markup:
    """Return one label with its count, whose word it is, and the way to its first use."""
    sentences = list(row["sentences"])
    text = (
        marks.go(widgets.read_address(chosen, lanes, str(row["article_id"]), sentences[0]), row["label"]) if sentences else marks.join([row["label"]])
    )
    doubt = ", possibly the same" if str(row["confidence"]).startswith("possible") else ""
    return Markup('{} <span class="px-small px-dim">×{}{}{}</span>').format(
        text, row["count"], ", in a quotation" if row["voice"] == "quote" else "", doubt
    )


def _phrases(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show the three lists of phrases for one article."""
    widgets.heading("Phrases of one article against the others", 3)
    names = widgets.names(lanes)
    picked = names.get(str(st.selectbox("Article", list(names), key=widgets.picker("phrases"), bind="query-params")), lanes["article_id"].iloc[0])
    _lists(chosen, lanes, picked)
    widgets.show_download(lambda: chosen.phrases[chosen.phrases["article_id"] == picked], "phrases", chosen)


@once
def _lists(chosen: Comparison, lanes: pd.DataFrame, picked: str) -> None:
    """Show the three lists of one article."""
    rows = chosen.phrases[chosen.phrases["article_id"] == picked]
    for kind, title, meaning in KINDS:
        part = rows[rows["kind"] == kind]
        show_html(Markup('<h4 class="px-h3">{}</h4>').format(title))
        if part.empty:
            show_html(Markup('<p class="px-small px-dim">{}: none.</p>').format(meaning))
            continue
        lines = [
            [
                marks.go(widgets.address(chosen, "Wording", word=row["phrase"], at="kwic"), row["phrase"], label=f"{row['phrase']}: see every use"),
                row["count"],
                row["others"],
                _uses(chosen, lanes, row),
            ]
            for row in part.head(ROWS).to_dict("records")
        ]
        widgets.show_table(["Phrase", "Uses here", "Other origins with it", "Where"], lines, meaning)


def _uses(chosen: Comparison, lanes: pd.DataFrame, row: dict[str, object]) -> Markup:
    """Return links to the sentences that use a phrase, here or elsewhere."""
    letters = lanes.set_index("article_id")["letter"].to_dict()
    here = [(str(row["article_id"]), number) for number in row["sentences"]]
    places = here or [(str(key), number) for key, number in row["elsewhere"]]
    return marks.join(
        [
            marks.go(
                widgets.read_address(chosen, lanes, key, number),
                f"{letters.get(key, '?')} {'headline' if int(number) == 0 else f'sentence {int(number)}'}",
                "px-keep",
            )
            for key, number in places[:6]
        ],
        ", ",
    )


def _context(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show every use of any word, with what stands left and right of it."""
    widgets.heading(Markup('<span id="kwic" tabindex="-1">Any word in its context</span>'), 3)
    asked = widgets.asked("word")
    typed = st.text_input("Word or phrase", value=asked or None, key=f"kwic-{asked}", type="search", max_chars=80, placeholder="for instance: said")
    word = (typed or "").strip()
    if not word:
        return
    found = data.in_context(chosen, word)
    if found.empty:
        widgets.nothing("No article uses it.")
        return
    own = {row["article_id"]: row for row in lanes.to_dict("records")}
    lines = [
        [
            Markup('<span class="px-letter">{}</span>').format(own[row["article_id"]]["letter"]),
            Markup('<span class="px-left">{}</span>').format(row["left"]),
            Markup('<mark class="px-hit">{}</mark>').format(row["hit"]),
            row["right"],
            marks.go(widgets.read_address(chosen, lanes, row["article_id"], row["sentence"]), marks.IN_PLACE),
        ]
        for row in found.head(200).to_dict("records")
    ]
    widgets.show_table(["Article", "Before", "Word", "After", "Where"], lines, f"{widgets.count(len(found), 'use')} of “{marks.cut(word, 60)}”", "px-kwic")
    widgets.show_download(found, "context", chosen)


@widgets.panel
def show(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show the wording section."""
    widgets.heading("Wording")
    if widgets.asked("word"):
        _context(chosen, lanes)
    view = st.segmented_control("Wording of", ["Facts", "Names", "Phrases"], default="Facts", required=True, key="words", bind="query-params")
    {"Facts": _parallel, "Names": _names, "Phrases": _phrases}[view or "Facts"](chosen, lanes)
    if not widgets.asked("word"):
        _context(chosen, lanes)
