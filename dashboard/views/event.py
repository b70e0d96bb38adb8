"""The event page: what happened and how well its articles compare, then one section at a time."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.schema import Comparison
from dashboard import data, marks, widgets
from dashboard.once import once, show_html
from dashboard.steering import steer
from dashboard.views import claims, correct, emphasis, headlines, lesson, read, repair, sentiment, voices, wording

SHOW = {
    "Headlines": headlines.show,
    "Claims": claims.show,
    "Wording": wording.show,
    "Sentiment": sentiment.show,
    "Emphasis": emphasis.show,
    "Voices": voices.show,
    "Read": read.show,
    "Lesson": lesson.show,
}


def _load(event_id: str) -> Comparison:
    """Return the comparison; while it is made for the first time, show what is known already, each step, and a way out."""
    if data.is_ready(event_id):
        return data.comparison(event_id)
    frame = st.empty()
    with frame.container():
        _announce(event_id)
        st.button("Stop and go back", on_click=_leave, key="leave", help="Stops before the next step; nothing is lost.")
        with st.status("Comparing the articles. The first time takes some seconds.", type="compact") as status:
            chosen = data.comparison(event_id, lambda step: status.update(label=marks.md_escape(step)))
    frame.empty()
    return chosen


def _leave() -> None:
    """Go back to the overview; Streamlit stops the running comparison at its next step."""
    del st.query_params["event"]


def _announce(event_id: str) -> None:
    """Show the head of a page whose comparison is still being made, and the headlines it will compare."""
    scope, articles, groups = data.outline(event_id)
    hidden = widgets.blinded()
    titles = [data.covered(title) if hidden else title for title in articles.sort_values("published", na_position="last")["title"]]
    _title(scope, titles[0], articles, groups)
    st.html(Markup('<ul class="px-small">{}</ul>').format(marks.join(Markup("<li>{}</li>").format(title or "(no headline)") for title in titles)))


def _counts(articles: pd.DataFrame, groups: pd.DataFrame) -> str:
    """Say n articles from n outlets from n origins; blind, the outlets cannot be counted apart."""
    parts = [widgets.count(len(articles), "article")]
    if not widgets.blinded():
        parts.append(widgets.count(articles["outlet"].nunique(), "outlet"))
    return " · ".join([*parts, widgets.count(groups["origin_id"].nunique(), "origin")])


def _span(articles: pd.DataFrame) -> str:
    """Say when the articles appeared."""
    known = articles["published"].dropna()
    if known.empty:
        return "no date known"
    first, last = widgets.when(known.min(), "day"), widgets.when(known.max(), "day")
    undated = len(articles) - len(known)
    return (first if first == last else f"{first} – {last}") + (f" ({undated} without a date)" if undated else "")


def _title(scope: str, title: str, articles: pd.DataFrame, groups: pd.DataFrame) -> None:
    """Show what happened, when, and how many voices tell it."""
    label = Markup("").join(widgets.made_up(value) for value in sorted(set(articles["provenance"]) - {""}))
    kind = "Storyline" if scope == "storyline" else "Event"
    show_html(
        Markup('<p class="px-small px-dim" style="margin:0">{}{}</p><h1 class="px-h1">{}</h1><p class="px-lead">{} · {}</p>').format(
            kind, label, marks.cut(title or "(no headline)", 300), _span(articles), _counts(articles, groups)
        )
    )


@once
def _comparability(chosen: Comparison, lanes: pd.DataFrame) -> tuple[str, list[list[object]]]:
    """Return in words how far the articles can be compared, and the lines of those that need care."""
    verdicts = chosen.comparability["verdict"].value_counts()
    parts = [
        f"{verdicts.get(verdict, 0)} {words}"
        for verdict, words in (("comparable", "comparable"), ("with care", "to be read with care"), ("no", "not comparable"))
        if verdicts.get(verdict, 0)
    ]
    doubtful = chosen.comparability[chosen.comparability["verdict"] != "comparable"]
    own = lanes.set_index("article_id")
    lines = [[widgets.tag(own.loc[row["article_id"]]), row["verdict"], row["reasons"]] for row in doubtful.to_dict("records")]
    return ", ".join(parts), lines


def _care(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Say how far the articles can be compared, and behind it why some need care."""
    words, doubtful = _comparability(chosen, lanes)
    if not doubtful:
        st.html(Markup('<p class="px-small"><strong>Can they be compared?</strong> {}.</p>').format(words))
        return
    with st.expander(f"**Can they be compared?** {marks.md_escape(words)}. Why some need care", icon=":material/rule:"):
        widgets.show_table(["Article", "Comparable", "Why"], doubtful, "Articles that need care")


@once
def _header(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show what happened, when, how many voices, and every notice."""
    origins = chosen.groups["origin_id"].nunique()
    first = chosen.articles.sort_values("published", na_position="last").iloc[0]
    _title(chosen.scope, first["title"], chosen.articles, chosen.groups)
    if chosen.notices:
        widgets.note(marks.join(chosen.notices, Markup("<br>")))
    if origins < 2 and not chosen.notices:
        widgets.note("Only one origin: there is nothing to compare it with yet.")


def _take_along(chosen: Comparison) -> None:
    """Offer the whole comparison as one file to print, to send or to keep."""
    st.download_button(
        "Download this storyline as a report" if chosen.scope == "storyline" else "Download this event as a report",
        data=lambda: data.report(chosen),
        file_name=f"parallax-{chosen.event_id}.html",
        mime="text/html",
        key="report",
        on_click="ignore",
        icon=":material/description:",
        help="One HTML file without scripts: headlines, claims, wording, voices, measures and the full texts. It prints on A4.",
    )


def show() -> None:
    """Show the event page for the event or storyline in the address."""
    chosen = _load(widgets.asked("event"))
    at = widgets.target()
    steer(marks.anchor_id(*at) if at else widgets.asked("at"), "|".join(f"{key}={value}" for key, value in sorted(st.query_params.items())))
    if widgets.blinded():
        chosen = data.hidden(chosen)
    lanes = data.lanes(chosen)
    _header(chosen, lanes)
    if len(lanes) > 1:
        _care(chosen, lanes)
    with st.container(key="sectionbar"):
        section = st.segmented_control(
            "Section", list(SHOW), default="Headlines", required=True, key="section", bind="query-params", label_visibility="collapsed"
        )
    SHOW[section or "Headlines"](chosen, lanes)
    _take_along(chosen)
    if not widgets.blinded():
        repair.show(chosen, lanes)
        correct.show(chosen, lanes)
