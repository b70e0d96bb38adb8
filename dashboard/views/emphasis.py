"""Emphasis: how a claim or an actor runs from the headline to the end, where each article first has it, and the themes it dwells on."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.output import figures
from analysis.schema import Comparison
from dashboard import marks, widgets
from dashboard.once import once

ROWS = 14  # claims or actors drawn; beyond it the rows get too thin for a projector


@once
def _labels(chosen: Comparison, lanes: pd.DataFrame, kind: str) -> dict[str, str]:
    """Return the first ROWS keys of a kind with their words, those of most articles and most weight first."""
    rows = chosen.emphasis[(chosen.emphasis["kind"] == kind) & (chosen.emphasis["count"] > 0)]
    order = rows.groupby("key").agg(articles=("article_id", "nunique"), weight=("prominence", "sum")).reset_index()
    keys = order.sort_values(["articles", "weight", "key"], ascending=[False, False, True], kind="stable")["key"]
    words = chosen.claim_index.set_index("claim_id")["label"].map(marks.piece).to_dict() if kind == "claim" else {}
    return {str(key): str(words.get(key, key)) for key in keys.head(ROWS)}


@once
def _draw_where(chosen: Comparison, lanes: pd.DataFrame, kind: str) -> tuple[Any, widgets.Twin]:
    """Return the figure of where each article first has each claim or actor, and its table."""
    labels = _labels(chosen, lanes, kind)
    rows = chosen.emphasis[(chosen.emphasis["kind"] == kind) & chosen.emphasis["key"].isin(labels)]
    own = lanes.merge(rows, on="article_id").to_dict("records")
    lines = [
        [
            labels[row["key"]],
            widgets.tag(row),
            "not mentioned"
            if pd.isna(row["first_paragraph"])
            else "headline"
            if row["first_paragraph"] == 0
            else f"¶{int(row['first_paragraph'])} of {int(row['n_paragraphs'])}",
            row["headline"],
            row["lead"],
            row["body"],
            row["last"],
            _way(chosen, lanes, row),
        ]
        for row in sorted(own, key=lambda row: list(labels).index(row["key"]))
    ]
    twin = marks.table(
        [kind.capitalize(), "Article", "First", "Headline", "First ¶", "Between", "Last ¶", "Where"], lines, "Where each article has it"
    )
    return figures.draw_first_mentions(rows, lanes, labels), widgets.Twin(twin, rows, chosen)


def _where(chosen: Comparison, lanes: pd.DataFrame, kind: str, labels: dict[str, str]) -> None:
    """Show where each article first has each claim or actor."""
    figure, twin = _draw_where(chosen, lanes, kind)

    def pick(ids: list[object]) -> None:
        st.query_params["actor"] = str(ids[1])
        st.query_params["pick"] = str(ids[0])

    widgets.show_figure(
        figure,
        "first",
        f"Paragraph in which each of {len(lanes)} articles first mentions {len(labels)} {kind}s.",
        twin,
        pick,
    )
    st.html(Markup('<p class="px-small px-dim">Further left is earlier. No dot: not mentioned. Click a dot for its sentences.</p>'))


def _way(chosen: Comparison, lanes: pd.DataFrame, row: dict[str, object]) -> Markup:
    """Return the way to the first sentence that has it."""
    sentences = list(row["sentences"])
    return marks.go(widgets.read_address(chosen, lanes, str(row["article_id"]), sentences[0]), marks.IN_PLACE) if sentences else Markup("")


@once
def _draw_slope(chosen: Comparison, lanes: pd.DataFrame, kind: str, picked: str) -> tuple[Any, widgets.Twin]:
    """Return the figure of one claim or actor from headline to end, and its table."""
    rows = chosen.emphasis[(chosen.emphasis["kind"] == kind) & (chosen.emphasis["key"] == picked)]
    lines = [
        [widgets.tag(row), row["headline"], row["lead"], row["body"], row["last"], f"{row['prominence']:.0%}", _way(chosen, lanes, row)]
        for row in lanes.merge(rows, on="article_id").to_dict("records")
    ]
    twin = marks.table(["Article", "Headline", "First paragraph", "Between", "Last paragraph", "Prominence", "Where"], lines, "Mentions by place")
    return figures.draw_slope(rows, lanes), widgets.Twin(twin, rows, chosen)


def _slope(chosen: Comparison, lanes: pd.DataFrame, kind: str, labels: dict[str, str]) -> None:
    """Show one claim or actor from headline to end."""
    widgets.heading("From headline to end", 3)
    names = {marks.cut(f"{place}. {words}", 100): key for place, (key, words) in enumerate(labels.items(), 1)}
    picked = names.get(str(st.selectbox(kind.capitalize(), list(names), key=f"{kind}key", bind="query-params")), next(iter(labels)))
    figure, twin = _draw_slope(chosen, lanes, kind, picked)

    def pick(ids: list[object]) -> None:
        st.query_params["actor"] = str(ids[1])
        st.query_params["pick"] = str(ids[0])

    widgets.show_figure(
        figure,
        "slope",
        f"Mentions of {marks.cut(labels[picked], 100)} in headline, first paragraph, between and last paragraph, by article.",
        twin,
        pick,
    )
    st.html(
        Markup(
            '<p class="px-small px-dim">Each line is an article, each row a number of mentions; inside a row the lines only run side by side. '
            "Pale: not mentioned there. Click a letter for its sentences.</p>"
        )
    )


@once
def _evidence(chosen: Comparison, lanes: pd.DataFrame, article_id: str, key: str) -> None:
    """Show the sentences behind the clicked dot."""
    rows = chosen.emphasis[(chosen.emphasis["article_id"] == article_id) & (chosen.emphasis["key"].astype(str) == key)]
    if not rows.empty:
        label = lanes.set_index("article_id")["label"][article_id]
        widgets.show_sentences(chosen, lanes, article_id, list(rows["sentences"].iloc[0]), f"In {label}")


@once
def _themes(chosen: Comparison, lanes: pd.DataFrame, article_id: str, picked: str) -> None:
    """Show which themes each article dwells on, one row a theme, each cell with the way to its sentences."""
    widgets.heading(
        "What each article dwells on",
        3,
        lead="The share of its sentences that clearly belong to a theme and stand out in this event; most belong to none. Read them: about one "
        "in four is wrong. Shown are themes of two origins, or of three sentences in one article. It is neither a frame nor an intention.",
    )
    told = chosen.themes[chosen.themes["share"] > 0]
    if told.empty:
        widgets.nothing("No theme stands out, or there are too few sentences to say.")
        return
    order = told.groupby("theme")["difference"].agg(lambda part: part.abs().max()).fillna(0).sort_values(ascending=False, kind="stable").index
    rows = {(row["theme"], row["article_id"]): row for row in told.to_dict("records")}
    lines = [[theme, *(_theme_cell(chosen, rows.get((theme, key))) for key in lanes["article_id"])] for theme in order]
    widgets.show_table(["Theme", *map(widgets.tag, lanes.to_dict("records"))], lines, "Dwells on: share of its sentences, difference from the others’ mean")
    _theme_evidence(chosen, lanes, article_id, picked)


def _theme_cell(chosen: Comparison, row: dict[str, object] | None) -> Markup:
    """Return one article's share of a theme, how far it is from the others, and the way to its sentences."""
    if row is None:
        return Markup('<span class="px-dim">–</span>')
    points = round(100 * row["difference"]) if pd.notna(row["difference"]) else None
    said = f"{points:+d}".replace("-", "−") if points else "±0"
    apart = Markup('<br><span class="px-small px-dim">{} point{}</span>').format(said, "" if abs(points) == 1 else "s") if points is not None else ""
    found = widgets.count(len(row["sentences"]), "sentence")
    way = widgets.address(chosen, "Emphasis", theme=row["theme"], pick=row["article_id"], at="dwells")
    return Markup("{}<br>{}{}").format(f"{row['share']:.0%}", marks.go(way, found, "px-keep", f"{found} on {row['theme']}"), apart)


def _theme_evidence(chosen: Comparison, lanes: pd.DataFrame, article_id: str, theme: str) -> None:
    """Show the sentences behind the clicked share."""
    rows = chosen.themes[(chosen.themes["article_id"] == article_id) & (chosen.themes["theme"] == theme)]
    if not rows.empty:
        label = lanes.set_index("article_id")["label"][article_id]
        title = Markup('<span id="dwells" tabindex="-1">{} dwells on: {}</span>').format(label, theme)
        widgets.show_sentences(chosen, lanes, article_id, list(rows["sentences"].iloc[0]), title)


@widgets.panel
def show(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show the emphasis section."""
    widgets.heading("Emphasis", lead="What comes first is what most people read.")
    kind = {"Actors": "actor", "Claims": "claim"}[
        st.segmented_control("Emphasis of", ["Actors", "Claims"], default="Actors", required=True, key="of", bind="query-params") or "Actors"
    ]
    labels = _labels(chosen, lanes, kind)
    if not labels:
        widgets.nothing("Nothing of this kind is mentioned by these articles.")
    else:
        widgets.show_key(lanes)
        _where(chosen, lanes, kind, labels)
        _evidence(chosen, lanes, widgets.asked("pick"), widgets.asked("actor"))
        _slope(chosen, lanes, kind, labels)
    _themes(chosen, lanes, widgets.asked("pick"), widgets.asked("theme"))
    if not chosen.themes.empty:
        widgets.show_download(chosen.themes, "themes", chosen)
