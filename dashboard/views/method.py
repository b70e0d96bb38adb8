"""Method: what every number means and does not mean, live checks on the user's own data, and how this tool fails."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from dashboard import data, marks, widgets
from dashboard.steering import steer
from dashboard.views import failures

EVENTS = 20  # events to choose from; the newest
CHECKS, WRONG = "Checks", "Where it may be wrong"

CEILINGS = (
    ("Do two headlines tell the same happening?", "about .90 F1 between people (HLGD, Laban 2021)", "a tool near .9 cannot be told from a person"),
    (
        "Is this sentence loaded?",
        "trained raters: alpha .40; a crowd: .21 (BABE and MBIC, Spinde 2021)",
        "a mark is an invitation to look, not a verdict",
    ),
    (
        "Which word carries the slant?",
        "people name the annotated word first in 37 of 100 sentences (Recasens 2013)",
        "the marked stretch may be a neighbour of the right one",
    ),
    (
        "How negative is this sentence?",
        "one person against the mean of twenty: r .745 (Hutto and Gilbert 2014)",
        "small differences between two articles mean little",
    ),
    (
        "Who says it?",
        "token alpha .754; a second reader finds 94 of 100 quotations (PolNeAR, Newell 2018)",
        "some quotations are missed by everybody",
    ),
)
FAILURES = (
    "A claim worded in a very different way, or split over two sentences, is missed: “not found” means we did not find it, not that it is not there.",
    "Of the wordings marked “likely says it” about one in four states another fact: often one person’s two sayings or doings.",
    "Irony, and praise of something bad, fool the sentiment of single words.",
    "A loaded word inside a quotation without marks is attributed to the outlet.",
    "Pronouns and shared surnames can give a quotation to the wrong person.",
    "Two events with the same actors in the same week can be put together, or one event in two; use the repair panel on the event page.",
    "Few articles: with three origins nearly every difference can be chance. The page then says so instead of ranking.",
    "A page that was cut by a paywall or a feed looks as if it left things out. It is marked, and nothing is counted as left out.",
    "Quoted words that nobody spoke (scare quotes) are not shown, nor counted: on hand-labelled sentences we could not show that 85 of 100 such marks "
    "are right. The rule holds for every cue.",
    "Marks of loaded words are places to read, not verdicts on a sentence: of 59 hand-labelled marks in straight news 51 were defensible, in sentences of "
    "mostly lively reports; experts agree with each other only to α ≈ .40, and many loaded sentences have no mark.",
    "Figures are saved as PNG or SVG by the reader’s own browser. Where scripts are switched off there is no such button; the numbers stand in each "
    "figure’s table, as CSV.",
    "It was made for English. Other languages are grouped badly and should not be compared here.",
)


def _measures() -> None:
    """Show every measure with what high and low mean."""
    widgets.heading("What each number means")
    rows = [[meaning.title, meaning.unit, meaning.high, meaning.low, meaning.not_, meaning.source] for meaning in data.measures().values()]
    widgets.show_table(["Measure", "Unit", "High says", "Low says", "Keep in mind", "Source"], rows, "Measures")


def _quality() -> None:
    """Show what was measured of the tool itself."""
    widgets.heading("How good each part is", lead="Our own measurements, on texts the part never saw unless said otherwise.")
    parts = data.quality()
    if not parts:
        widgets.nothing("The page of measurements (benchmarks/README.md) is not beside this installation.")
    for part in parts:
        panel = st.expander(marks.md_escape(part.title), key=f"quality {part.title}", on_change="rerun")
        if panel.open:
            with panel:
                for head, rows in part.tables:
                    widgets.show_table(head, rows, part.title)
                st.html(marks.join(Markup('<p class="px-small">{}</p>').format(line) for line in part.sentences))


def _own_event() -> str:
    """Let the reader choose one of their own events to look at, those that can be compared first."""
    found, total = data.events(page=1, per_page=EVENTS, min_origins=2)
    if not total:
        found, total = data.events(page=1, per_page=EVENTS)
    if not total:
        return ""
    titles = [data.covered(title) if widgets.blinded() else title for title in found["title"]]
    names = {marks.cut(f"{place} · {title}", 90): event for place, (title, event) in enumerate(zip(titles, found["event_id"], strict=True), 1)}
    return names.get(str(st.selectbox("Event", list(names), key="checked")), next(iter(names.values())))


def _on_your_articles() -> None:
    """Run the live self-checks on one event of the library, and show where the tool is least sure about it."""
    widgets.heading("On your own articles", lead="Choose an event: check the tool on it, or see where it may be wrong.")
    event_id = _own_event()
    if not event_id:
        widgets.nothing("The library is empty; there is nothing to check yet.")
        return
    what = st.segmented_control("Look at", [CHECKS, WRONG], default=CHECKS, required=True, key="lookat", bind="query-params")
    if what == WRONG:
        chosen = data.comparison(event_id)
        failures.show(data.hidden(chosen) if widgets.blinded() else chosen)
    else:
        _checks(event_id)


def _checks(event_id: str) -> None:
    """Run the live self-checks: each tells the tool something whose answer is known."""
    st.html(Markup('<p class="px-small">Each check changes the articles in a way that must not change the answer, and compares again. It runs now.</p>'))
    if not st.button("Run the checks"):
        return
    with st.status("Running the checks", type="compact"):
        checks = data.self_checks(event_id)
    rows = [
        [row["check"], Markup("<strong>{}</strong>").format("✓ holds" if row["passed"] else "✗ FAILS"), row["detail"]]
        for row in checks.to_dict("records")
    ]
    widgets.show_table(["Check", "Result", "Detail"], rows, "Self-checks")


def show() -> None:
    """Show the method page."""
    steer()
    widgets.heading(
        "Method",
        1,
        lead="Parallax compares articles on the same event and shows the sentences behind every number. It has no opinion on who is right.",
    )
    st.html(
        Markup(
            "<ul><li>No bias score, no left–right axis, no verdict on truth, no ranking of outlets.</li>"
            "<li>One text printed by several outlets is one origin, one voice, one vote.</li>"
            "<li>A number that cannot be told is left empty, never zero.</li>"
            "<li>Inside one event of three to eight articles there is no statistical significance. Intervals show how far a number could move if the "
            "article had used its sentences differently; a difference whose interval touches zero “cannot be told”.</li></ul>"
        )
    )
    _measures()
    widgets.heading("How far people agree")
    widgets.show_table(["Question", "People", "What follows"], CEILINGS, "Human ceilings")
    _quality()
    _on_your_articles()
    widgets.heading("How this tool fails")
    st.html(Markup("<ul>{}</ul>").format(marks.join(Markup("<li>{}</li>").format(line) for line in FAILURES)))
