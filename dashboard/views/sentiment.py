"""Sentiment and the other measures: each article against the others' mean, the voices apart, and which words move a pair."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.output import figures
from analysis.schema import Comparison, Measure
from dashboard import data, marks, widgets
from dashboard.once import once, show_html

STRONGEST = 6  # sentences shown under a number; more is the whole text


def _measure(chosen: Comparison) -> tuple[str, Measure] | None:
    """Let the reader choose a measure that this comparison has."""
    known = data.measures()
    present = [name for name in known if name in set(chosen.contrasts["measure"])]
    if not present:
        return None
    titles = {known[name].title: name for name in present}
    title = st.selectbox("Measure", list(titles), key="measure", bind="query-params", width=520)
    name = titles.get(str(title), present[0])
    return name, known[name]


def _says(row: dict[str, object]) -> str:
    """Say in words whether a difference can be told."""
    if pd.isna(row["difference"]):
        return "no number: too few sentences"
    return "differs" if row["told"] else "cannot be told apart"


def _meaning(meaning: Measure) -> None:
    """Say what high and low mean and what to keep in mind."""
    parts = (("High", meaning.high), ("Low", meaning.low), ("Keep in mind", meaning.not_))
    lines = (Markup("<strong>{}:</strong> {}").format(name, marks.sentence(words)) for name, words in parts)
    st.html(Markup('<p class="px-small">{}</p>').format(marks.join(lines, " ")))


def _contrast(chosen: Comparison, lanes: pd.DataFrame, name: str, meaning: Measure) -> None:
    """Show the dots round the others' mean, with the band of the shuffle, and the sentences of a picked article."""
    rows = chosen.contrasts[chosen.contrasts["measure"] == name]
    if rows["difference"].isna().all():
        widgets.nothing("No article has a number here: there are too few sentences of this kind, or nothing to compare with.")
        return
    figure, twin, told = _draw_contrast(chosen, lanes, name)
    alt = f"{meaning.title}: difference of {len(rows)} articles from the mean of the others, with intervals; {told} can be told apart."
    widgets.show_figure(figure, "contrast", alt, twin, _pick_article)
    _explain(*data.band(chosen, name))
    _missing(chosen, lanes, set(rows.loc[rows["difference"].notna(), "article_id"]))


def _missing(chosen: Comparison, lanes: pd.DataFrame, drawn: set[str]) -> None:
    """Say of which articles there is no dot, and why."""
    barred = set(chosen.comparability.loc[chosen.comparability["verdict"] == "no", "article_id"])
    left = lanes[~lanes["article_id"].isin(drawn)]
    for why, part in (("not comparable", left[left["article_id"].isin(barred)]), ("too few sentences of this kind", left[~left["article_id"].isin(barred)])):
        if len(part):
            st.html(Markup('<p class="px-small px-dim">No dot for {}: {}.</p>').format(", ".join(part["letter"]), why))


@once
def _draw_contrast(chosen: Comparison, lanes: pd.DataFrame, name: str) -> tuple[Any, widgets.Twin, int]:
    """Return the figure of one measure, its table, and how many articles can be told apart."""
    meaning, rows = data.measures()[name], chosen.contrasts[chosen.contrasts["measure"] == name]
    own = lanes.merge(rows, on="article_id").to_dict("records")
    lines = [
        [
            widgets.tag(row),
            widgets.number(row["value"]),
            widgets.number(row["others"]),
            widgets.number(row["difference"]),
            f"{widgets.number(row['low'])} to {widgets.number(row['high'])}" if pd.notna(row["low"]) else "none",
            row["n"],
            _says(row),
            marks.go(
                widgets.address(chosen, "Sentiment", pick=row["article_id"], at="evidence"),
                "sentences",
                label=f"sentences of article {row['letter']}",
            ),
        ]
        for row in own
    ]
    twin = marks.table(
        ["Article", "Here", "Others", "Difference", "90% interval", "Sentences", "In words", "Show"], lines, f"{meaning.title} ({meaning.unit})"
    )
    figure = figures.draw_contrasts(rows, lanes, meaning.title, meaning.unit, data.band(chosen, name))
    return figure, widgets.Twin(twin, rows, chosen), sum(bool(row["told"]) for row in own)


def _explain(low: float, high: float) -> None:
    """Say how the dots, the bars and the band are read."""
    around = f" Grey band {widgets.number(low)} to {widgets.number(high)}: what shuffling the sentences between the articles gives."
    words = around if pd.notna(low) else " No band: there are too few sentences to shuffle."
    says = "Coloured: differs from the others. Grey: cannot be told from them. Bars: 90% interval."
    st.html(Markup('<p class="px-small px-dim">{}{} Click a dot for its sentences.</p>').format(says, words))


@once
def _evidence(chosen: Comparison, lanes: pd.DataFrame, name: str, article_id: str) -> None:
    """Show the sentences that pull the picked article's number furthest."""
    if article_id not in set(lanes["article_id"]):
        return
    samples = chosen.samples[(chosen.samples["measure"] == name) & (chosen.samples["article_id"] == article_id)]
    strongest = samples.reindex(samples["value"].abs().sort_values(ascending=False, kind="stable").index)["sentence"].head(STRONGEST)
    show_html(Markup('<span id="evidence" tabindex="-1"></span>'))
    letter = lanes.set_index("article_id")["label"][article_id]
    widgets.show_sentences(chosen, lanes, article_id, [int(number) for number in strongest], f"The sentences that weigh most in {letter}")


def _voices_apart(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show the sentiment of the outlet's own words, of quotations and of the headline apart."""
    drawn = _draw_voices(chosen, lanes)
    if drawn is None:
        return
    widgets.heading("The voices apart", 3, lead="What an outlet says in its own words is its choice; what people it quotes say is theirs.")
    figure, twin, titles = drawn
    widgets.show_key(lanes)
    widgets.show_figure(figure, "voicesapart", f"Sentiment of each article apart by: {', '.join(titles)}.", twin, _pick_article)


@once
def _draw_voices(chosen: Comparison, lanes: pd.DataFrame) -> tuple[Any, widgets.Twin, tuple[str, ...]] | None:
    """Return the figure of the voices apart, its table and the voices' titles; None when there are none."""
    known = data.measures()
    taken = set(chosen.measures.loc[chosen.measures["value"].notna(), "measure"])
    names = {name: meaning.title for name, meaning in known.items() if name.startswith("sentiment_") and name in taken}
    if not names:
        return None
    unit = known[next(iter(names))].unit
    names = {name: title for name, title in names.items() if known[name].unit == unit}
    rows = chosen.measures[chosen.measures["measure"].isin(names)]
    own = lanes.merge(rows, on="article_id")
    lines = [[Markup("{}").format(widgets.tag(row)), names[row["measure"]], widgets.number(row["value"]), row["n"]] for row in own.to_dict("records")]
    twin = marks.table(["Article", "Voice", "Sentiment", "Sentences"], lines, "Sentiment by voice")
    return figures.draw_voices_apart(rows, lanes, names, f"sentiment ({unit})"), widgets.Twin(twin, rows, chosen), tuple(names.values())


def _pick_article(ids: list[object]) -> None:
    """Remember the clicked article in the address."""
    st.query_params["pick"] = str(ids[0])


def _shift(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show which words make the difference between two chosen articles."""
    widgets.heading(
        "Which words make the difference between two articles",
        3,
        lead="A bar points to the article the word lifts: by a favourable word it uses more, or an unfavourable one it uses less.",
    )
    names = widgets.names(lanes)
    one, two = st.columns(2)
    left = names.get(str(one.selectbox("First article", list(names), key=widgets.picker("left"), bind="query-params")), lanes["article_id"].iloc[0])
    right = names.get(
        str(two.selectbox("Second article", list(names), index=min(1, len(names) - 1), key=widgets.picker("right"), bind="query-params")),
        lanes["article_id"].iloc[-1],
    )
    if left == right:
        widgets.nothing("Choose two different articles.")
        return
    words = data.shift(chosen, left, right)
    if words.empty or np.allclose(words["contribution"].astype(float), 0):
        widgets.nothing("No word with a known sentiment is used differently by these two.")
        return
    figure, twin = _draw_shift(chosen, lanes, left, right)

    def to_context(ids: list[object]) -> None:
        st.query_params["word"] = str(ids[0])
        st.session_state["section"] = "Wording"
        st.rerun(scope="app")

    labels = dict(zip(lanes["article_id"], lanes["label"], strict=True))
    alt = f"The words that lift {labels[left]} over {labels[right]} or the other way round."
    widgets.show_figure(figure, "shift", alt, twin, to_context)


@once
def _draw_shift(chosen: Comparison, lanes: pd.DataFrame, left: str, right: str) -> tuple[Any, widgets.Twin]:
    """Return the bars of the words that move a pair apart, and their table."""
    words, labels = data.shift(chosen, left, right), lanes.set_index("article_id")["label"]
    lines = [
        [
            marks.go(widgets.address(chosen, "Wording", word=row["word"], at="kwic"), row["word"]),
            widgets.number(row["contribution"], 3),
            labels[left] if row["contribution"] > 0 else labels[right],
        ]
        for row in words.head(40).to_dict("records")
    ]
    twin = marks.table(["Word", "Contribution", "Lifts"], lines, "Words that move the sentiment of the pair")
    return figures.draw_shift(words, labels[left], labels[right]), widgets.Twin(twin, words, chosen)


@widgets.panel
def show(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show the sentiment section."""
    widgets.heading("Sentiment and other measures")
    choice = _measure(chosen)
    if choice is None:
        widgets.nothing("No measure could be taken.")
        return
    _meaning(choice[1])
    _contrast(chosen, lanes, *choice)
    _evidence(chosen, lanes, choice[0], widgets.asked("pick"))
    _voices_apart(chosen, lanes)
    if len(lanes) > 1:
        _shift(chosen, lanes)
