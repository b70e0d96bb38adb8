"""Read: up to four full texts side by side with marks in layers. Every mark and every click elsewhere lands here on its sentence."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.schema import Comparison
from dashboard import data, marks, widgets
from dashboard.once import once

MOST = 4  # columns; five are too narrow to read on a projector
MATCHED, FREE = "Matched paragraphs on one row", "Each text on its own"
CUES = {
    "hedge": "hedge: makes it less certain",
    "booster": "booster: makes it more certain",
    "agentless passive": "passive that names nobody",
}


def make_spans(chosen: Comparison, article_id: str, layers: frozenset[str], body: bool = True) -> list[marks.Span]:
    """Return what to mark in an article's body, or in its headline."""
    spans: list[marks.Span] = []
    here = {
        name: table[(table["article_id"] == article_id) & table["sentence"].notna()]
        for name, table in chosen.tables.items()
        if name in ("claims", "cues", "quotes") and not table.empty
    }
    here = {name: table[(table["sentence"] > 0) == body].to_dict("records") for name, table in here.items()}
    if "claims" in layers:
        coverage = chosen.claim_index.set_index("claim_id")["coverage"].to_dict()
        numbers = {claim: place for place, claim in enumerate(chosen.claim_index["claim_id"], 1)}
        spans += [
            marks.Span(
                int(row["start"]),
                int(row["end"]),
                "claims",
                f"claim {numbers[row['claim_id']]}, {coverage[row['claim_id']]} say it",
                widgets.address(chosen, "Claims", claim=row["claim_id"], cell=article_id, at="pair"),
                str(numbers[row["claim_id"]]),
            )
            for row in here.get("claims", [])
            if row["status"] in ("firm", "likely") and row["claim_id"] in numbers
        ]
    for row in here.get("cues", []):
        layer = "loaded" if row["kind"] == "loaded" else "cues"
        if layer in layers:
            words = f"loaded ({row['score']:.0%} sure): {row['note']}" if layer == "loaded" else CUES.get(row["kind"], row["kind"])
            spans.append(marks.Span(int(row["start"]), int(row["end"]), layer, words))
    if "quotes" in layers:
        spans += [
            marks.Span(int(row["start"]), int(row["end"]), "quotes", f"{row['resolved'] or 'speaker not found'}, {row['cue'] or row['kind']}")
            for row in here.get("quotes", [])
            if row["kind"] != "indirect"
        ]
    return spans + (_name_spans(chosen, article_id, body) if "names" in layers else [])


def _name_spans(chosen: Comparison, article_id: str, body: bool) -> list[marks.Span]:
    """Return every use of every label of the names table in its sentences."""
    names = chosen.names[chosen.names["article_id"] == article_id]
    sentences = chosen.sentences[chosen.sentences["article_id"] == article_id].set_index("sentence")
    spans = []
    for row in names.to_dict("records"):
        for number in row["sentences"]:
            if number not in sentences.index or (number > 0) != body:
                continue
            sentence, at = sentences.loc[number], 0
            label = str(row["label"]).casefold()
            words = str(sentence["text"]).casefold()
            while label and (at := words.find(label, at)) >= 0:
                begin = int(sentence["start"]) + at
                spans.append(marks.Span(begin, begin + len(label), "names", f"{row['referent']} ({row['kind']})"))
                at += len(label)
    return spans


@dataclass(frozen=True)
class View:
    """What of the texts is asked for: the layers of marks, whether matched paragraphs share a row, the element to outline ('' for none)."""

    layers: frozenset[str]
    is_aligned: bool
    here: str


def _column(chosen: Comparison, lanes: pd.DataFrame, article_id: str, view: View, rows: pd.DataFrame) -> Markup:
    """Return one article: header, numbered paragraphs, marks; the sentence asked for is outlined."""
    layers, here = view.layers, [view.here] if view.here else []
    own = rows[rows["article_id"] == article_id]
    places = {int(place): (int(row), int(met)) for place, row, met in zip(own["paragraph"], own["row"], own["matched"], strict=True)}
    article = chosen.articles.set_index("article_id", drop=False).loc[article_id].to_dict()
    lane = lanes.set_index("article_id").loc[article_id]
    sentences = chosen.sentences[chosen.sentences["article_id"] == article_id]
    url = marks.safe_url(article["url"])
    source = Markup(' · <a href="{}" target="_blank" rel="noopener noreferrer nofollow">original</a>').format(url) if url else Markup("")
    credit = " · ".join(
        part
        for part in (
            article["byline"],
            article["agency"] and f"credits {article['agency']}",
            widgets.when(article["published"], article["precision"]),
        )
        if part
    )
    return Markup(
        '<article aria-label="{}"><header>{}{}<h3 class="px-h3">{}</h3><span class="px-small px-dim">{} · {} words{}</span></header>{}</article>'
    ).format(
        lane["label"],
        widgets.tag(lane),
        widgets.made_up(article["provenance"]),
        marks.article_title(article, make_spans(chosen, article_id, layers, body=False), here),
        credit,
        f"{int(article['n_words']):,}",
        source,
        marks.article_body(article, sentences, make_spans(chosen, article_id, layers), here, places),
    )


def _picked(lanes: pd.DataFrame) -> list[str]:
    """Let the reader choose up to four articles; the one the address points at always stands first."""
    names = widgets.pills(lanes)
    chosen = st.pills(
        "Articles, up to four", list(names), selection_mode="multi", default=list(names)[:2], key=widgets.picker("read"), bind="query-params"
    )
    ids = [names[name] for name in chosen or [] if name in names]
    at = widgets.target()
    if at and at[0] in set(lanes["article_id"]) and at[0] not in ids[:MOST]:
        ids = [at[0], *ids]
    if len(ids) > MOST:
        widgets.nothing(f"Four columns at most; the first {MOST} are shown.")
    return ids[:MOST]


@widgets.panel
def show(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show the reading section."""
    widgets.heading("Read")
    ids = _picked(lanes)
    titles = {layer.title: layer.key for layer in marks.LAYERS}
    on = st.pills("Marks", list(titles), selection_mode="multi", default=["Claims", "Loaded words", "Quotations"], key="layers", bind="query-params")
    layers = frozenset(titles[name] for name in on or [] if name in titles)
    st.html(marks.legend(layers))
    aligned = st.segmented_control(
        "Paragraphs", [MATCHED, FREE], default=MATCHED, required=True, key="rows", bind="query-params", label_visibility="collapsed"
    )
    if not ids:
        widgets.nothing("Choose at least one article.")
        return
    is_aligned = aligned == MATCHED and len(ids) > 1
    at = widgets.target()
    st.html(_columns(chosen, lanes, tuple(ids), View(layers, is_aligned, marks.anchor_id(*at) if at else "")))
    if is_aligned:
        st.html(Markup('<p class="px-small px-dim px-abreast">A line above a paragraph: it states a fact that another paragraph of its row states too.</p>'))
    _list(chosen, lanes, ids, layers)


@once
def _columns(chosen: Comparison, lanes: pd.DataFrame, ids: tuple[str, ...], view: View) -> Markup:
    """Return the articles side by side, rows aligned by matched paragraph when asked for."""
    rows = data.rows_of(chosen, ids) if view.is_aligned else pd.DataFrame(columns=["row", "article_id", "paragraph", "matched"])
    columns = marks.join(_column(chosen, lanes, key, view, rows) for key in ids)
    css, n_rows = ("px-columns px-aligned", 1 + int(rows["row"].max())) if len(rows) else ("px-columns", 1)
    return Markup('<div class="{}" style="--px-n:{};--px-rows:{}">{}</div>').format(css, len(ids), n_rows, columns)


def _list(chosen: Comparison, lanes: pd.DataFrame, ids: list[str], layers: frozenset[str]) -> None:
    """Offer the marks as a list, for those who read without a pointer, and as a file."""
    st.html(Markup('<p class="px-small px-dim px-noprint">The address of this page opens exactly this view. Print it for a handout.</p>'))
    panel = st.expander("The marks as a list", icon=":material/format_list_bulleted:", key="marklist", on_change="rerun")
    if not panel.open:
        return
    rows = list_marks(chosen, ids, layers)
    own, titles = lanes.set_index("article_id", drop=False), {layer.key: layer.title for layer in marks.LAYERS}
    cells = [
        [
            widgets.tag(own.loc[row["article_id"]]),
            "headline" if row["sentence"] == 0 else f"¶{row['paragraph']}",
            marks.go(widgets.read_address(chosen, lanes, row["article_id"], row["sentence"], ids), marks.cut(row["words"], 120)),
            titles[row["layer"]],
            row["note"],
        ]
        for row in rows.to_dict("records")
    ]
    with panel:
        widgets.show_table(["Article", "Where", "Words", "Mark", "What it says"], cells, f"{widgets.count(len(cells), 'mark')} in these texts")
        widgets.show_download(rows, "marks", chosen)


def list_marks(chosen: Comparison, ids: list[str], layers: frozenset[str]) -> pd.DataFrame:
    """Return every mark of these articles in reading order: article_id, sentence, paragraph, words, layer, note."""
    rows = []
    articles = chosen.articles.set_index("article_id")
    for key in ids:
        sentences = chosen.sentences[chosen.sentences["article_id"] == key].sort_values("sentence")
        body = sentences[sentences["sentence"] > 0]
        for is_body in (False, True):
            text = articles.loc[key, "text" if is_body else "title"]
            for span in sorted(make_spans(chosen, key, layers, is_body), key=lambda span: (span.start, span.end, span.layer)):
                inside = body[(body["start"] <= span.start) & (body["end"] > span.start)] if is_body else sentences[sentences["sentence"] == 0]
                if len(inside):
                    number, paragraph = int(inside["sentence"].iloc[0]), int(inside["paragraph"].iloc[0])
                    rows.append((key, number, paragraph, str(text)[span.start : span.end], span.layer, span.note))
    return pd.DataFrame(rows, columns=["article_id", "sentence", "paragraph", "words", "layer", "note"])
