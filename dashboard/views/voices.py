"""Voices: who speaks in which article, at what length, who is quoted first and last, and quotations cut differently."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.output import figures
from analysis.schema import Comparison
from dashboard import data, marks, widgets
from dashboard.once import once, show_html

ROWS = 14  # speakers drawn; beyond it the rows get too thin for a projector


def _order(chosen: Comparison) -> list[str]:
    """Return the speakers, those of most articles and most words first."""
    totals = chosen.voices.groupby("speaker").agg(articles=("article_id", "nunique"), words=("words_quoted", "sum")).reset_index()
    return list(totals.sort_values(["articles", "words", "speaker"], ascending=[False, False, True], kind="stable")["speaker"])


@once
def _draw_spoken(chosen: Comparison, lanes: pd.DataFrame) -> tuple[Any, widgets.Twin, int]:
    """Return the figure of who is quoted at what length, its table, and how many speakers are drawn."""
    quoted = chosen.voices[chosen.voices["words_quoted"] > 0]
    order = [speaker for speaker in _order(chosen) if speaker in set(quoted["speaker"])][:ROWS]
    own = lanes.merge(chosen.voices, on="article_id").to_dict("records")
    lines = [
        [
            row["speaker"],
            widgets.tag(row),
            row["n_quotes"],
            row["words_quoted"],
            f"{row['share']:.0%}" if pd.notna(row["share"]) else "–",
            " and ".join(words for words, yes in (("first", row["speaks_first"]), ("last", row["speaks_last"])) if yes) or "–",
            Markup('{} <span class="px-small px-dim">{}</span>').format(row["cue"] or "–", row["stance"]),
            marks.go(widgets.address(chosen, "Voices", actor=row["speaker"], pick=row["article_id"], at="evidence"), "quotations"),
        ]
        for row in sorted(own, key=lambda row: (order.index(row["speaker"]) if row["speaker"] in order else len(order), row["letter"]))
    ]
    twin = marks.table(
        ["Speaker", "Article", "Quotations", "Words quoted", "Share", "Quoted", "Most used verb", "Show"], lines, "Who speaks where"
    )
    return figures.draw_speakers(quoted, lanes, order), widgets.Twin(twin, chosen.voices, chosen), len(order)


def _spoken(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show who is quoted at what length."""
    figure, twin, n_speakers = _draw_spoken(chosen, lanes)

    def pick(ids: list[object]) -> None:
        st.query_params["actor"] = str(ids[1])
        st.query_params["pick"] = str(ids[0])

    widgets.show_figure(figure, "speakers", f"Words quoted of {n_speakers} speakers in {len(lanes)} articles.", twin, pick)
    st.html(
        Markup(
            '<p class="px-small px-dim">No dot: not quoted; those who are only paraphrased stand in the table. Click a dot for the quotations.</p>'
        )
    )


@once
def _first_last(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show who is quoted first and last in each article, and how many speak in it."""
    lead = "By words in quotation marks. The number of speakers includes those only paraphrased and leaves out (unresolved)."
    widgets.heading("First and last quoted", 3, lead=lead)
    parts = [(lane, chosen.voices[chosen.voices["article_id"] == lane["article_id"]]) for lane in lanes.to_dict("records")]
    lines = [[widgets.tag(lane), *find_ends(part)] for lane, part in parts]
    widgets.show_table(["Article", "First quoted", "Last quoted", "Speakers"], lines, "Who opens and who closes")


def find_ends(part: pd.DataFrame) -> tuple[str, str, int]:
    """Return who is quoted first and last in an article, and how many speakers it has, without those it leaves unresolved."""
    first, last = (", ".join(part.loc[part[column].astype(bool), "speaker"]) or "nobody is quoted" for column in ("speaks_first", "speaks_last"))
    return first, last, part.loc[~part["speaker"].str.startswith("("), "speaker"].nunique()


@once
def _evidence(chosen: Comparison, lanes: pd.DataFrame, article_id: str, speaker: str) -> None:
    """Show the quotations behind the clicked dot."""
    rows = chosen.voices[(chosen.voices["article_id"] == article_id) & (chosen.voices["speaker"] == speaker)]
    if not rows.empty:
        label = lanes.set_index("article_id")["label"][article_id]
        show_html(Markup('<span id="evidence" tabindex="-1"></span>'))
        widgets.show_sentences(chosen, lanes, article_id, list(rows["sentences"].iloc[0]), f"{speaker} in {label}")


@once
def _find_shared(chosen: Comparison, lanes: pd.DataFrame) -> tuple[str, ...]:
    """Return the speakers whom two articles or more quote."""
    counts = chosen.voices.groupby("speaker")["article_id"].nunique()
    return tuple(speaker for speaker in _order(chosen) if counts[speaker] > 1 and not speaker.startswith("("))


def _shared(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show the words of one speaker as each article quotes them, side by side."""
    widgets.heading("The same speaker, quoted by several", 3)
    shared = _find_shared(chosen, lanes)
    if not shared:
        widgets.nothing("No speaker is quoted by two articles.")
        return
    names = {marks.cut(speaker, 60): speaker for speaker in shared}
    _quoted_by_each(chosen, lanes, names.get(str(st.selectbox("Speaker", list(names), key="speaker", bind="query-params")), shared[0]))


@once
def _quoted_by_each(chosen: Comparison, lanes: pd.DataFrame, speaker: str) -> None:
    """Show what each article quotes of one speaker."""
    bodies = chosen.articles.set_index("article_id")["text"]
    quotes = chosen.quotes[(chosen.quotes["resolved"] == speaker) & (chosen.quotes["sentence"] > 0)]
    cells = []
    for lane in lanes.to_dict("records"):
        part = quotes[quotes["article_id"] == lane["article_id"]].sort_values("start")
        if not part.empty:
            items = marks.join(
                [
                    Markup("<p>{} {}</p>").format(
                        bodies[lane["article_id"]][int(row["start"]) : int(row["end"])],
                        marks.go(widgets.read_address(chosen, lanes, lane["article_id"], row["sentence"]), marks.IN_PLACE),
                    )
                    for row in part.to_dict("records")
                ]
            )
            cells.append(Markup("<div>{}{}</div>").format(widgets.tag(lane), items))
    show_html(
        Markup('<div class="px-pair">{}</div>').format(marks.join(cells))
        if cells
        else Markup('<p class="px-small">No words of theirs stand in quotation marks.</p>')
    )


def list_cuts(chosen: Comparison, lanes: pd.DataFrame) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Return every way a quotation is cut: article -> its words for the longer cut, and the same for the shorter.

    Articles that print it in the same words stand together, whatever marks they set; each pair apart said one thing many times.
    """
    bodies, place = chosen.articles.set_index("article_id")["text"], {key: number for number, key in enumerate(lanes["article_id"])}
    found: dict[tuple[tuple[str, ...], ...], tuple[dict[str, str], dict[str, str]]] = {}
    for row in chosen.cut_quotes.to_dict("records"):
        sides = [(key, bodies[key][int(row[f"{at}start"]) : int(row[f"{at}end"])]) for key, at in ((row["article_id"], ""), (row["other_id"], "other_"))]
        sides.sort(key=lambda side: (-len(_words(side[1])), place[side[0]]))
        cut = found.setdefault(tuple(_words(words) for _, words in sides), ({}, {}))
        for part, (key, words) in zip(cut, sides, strict=True):
            part.setdefault(key, words)
    return [tuple(dict(sorted(part.items(), key=lambda item: place[item[0]])) for part in cut) for cut in found.values()]


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text without regard to case and marks."""
    return tuple(re.findall(r"\w+", text.casefold()))


@once
def _cut_differently(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show quotations that articles print with different words left out."""
    cuts = list_cuts(chosen, lanes)
    if not cuts:
        return
    widgets.heading("Quotations cut differently", 3, lead="Marked words stand in only one of the two.")
    own = lanes.set_index("article_id")
    for longer, shorter in cuts[:ROWS]:
        segments = data.pair(next(iter(longer.values())), next(iter(shorter.values())))
        sides = (
            Markup("<div>{}<br>{}</div>").format(marks.join([widgets.tag(own.loc[key]) for key in part], " "), marks.diff(segments, side))
            for part, side in ((longer, "here"), (shorter, "there"))
        )
        show_html(Markup('<div class="px-pair">{}</div><hr class="px-dim">').format(marks.join(sides)))


@widgets.panel
def show(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show the voices section."""
    widgets.heading("Voices", lead="Who speaks, at what length, and who is quoted first and last. A report or a poll may speak, too.")
    if chosen.voices.empty:
        widgets.nothing("Nobody is quoted in these articles.")
        return
    widgets.show_key(lanes)
    _spoken(chosen, lanes)
    _evidence(chosen, lanes, widgets.asked("pick"), widgets.asked("actor"))
    _first_last(chosen, lanes)
    _cut_differently(chosen, lanes)
    _shared(chosen, lanes)
    widgets.show_download(chosen.quotes, "quotations", chosen)
