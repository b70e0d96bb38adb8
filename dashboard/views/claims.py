"""What all say, what some say, what one says: the claim x article matrix and, for an opened cell, the paired sentences."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analysis.schema import Comparison
from dashboard import data, marks, widgets
from dashboard.once import once, show_html

SHAPES = {"firm": ("●", "says it"), "likely": ("◐", "likely says it"), "not found": ("–", "not found"), "cannot tell": ("?", "cannot tell")}
GROUPS = (
    ("all", "All say", "every comparable origin; an opinion piece, a text cut short or a shortened reprint may lack it"),
    ("some", "Some say", "two origins or more"),
    ("one", "One says", "a single origin; articles that are one text count once"),
)
FIRST_ROWS = 40  # rows drawn at once; more than a screen or two nobody scans


def _ordered(index: pd.DataFrame) -> pd.DataFrame:
    """Return the claims by coverage, then by how differently the articles place them."""
    rank = {key: place for place, (key, *_) in enumerate(GROUPS)}
    return (
        index.assign(rank=index["coverage"].map(rank))
        .sort_values(["rank", "n_origins", "spread", "claim_id"], ascending=[True, False, False, True], kind="stable")
        .drop(columns="rank")
    )


def _cell(chosen: Comparison, claim: dict[str, object], row: dict[str, object] | None, lane: dict[str, object], opened: tuple[str, str]) -> Markup:
    """Return one cell: shape, paragraph or words, and the link that opens the paired sentences."""
    if row is None:
        return Markup('<span class="px-dim">no text</span>')
    shape, words = SHAPES[str(row["status"])]
    carried = row["status"] in ("firm", "likely")
    place = ("headline" if row["first"] == 0 else f"¶{int(row['first'])}") if carried else words
    if row["left_out"]:
        shape, place = "○", "left out"
    extra = Markup('<br><span class="px-small">{}</span>').format(row["conflict"]) if row["conflict"] else Markup("")
    body = Markup('<span class="px-cell" aria-hidden="true">{}</span>{}{}').format(shape, place, extra)
    here = (claim["claim_id"], row["article_id"]) == opened
    href = widgets.address(chosen, "Claims", claim=claim["claim_id"], cell=row["article_id"], at="pair")
    return marks.go(
        href,
        body,
        ("px-open" if here else "") + ("" if carried else " px-absent"),
        f"{lane['letter']}: {words if not row['left_out'] else 'left out'}{', ' + place if carried else ''}. Open the sentences",
    )


@once
def _matrix(chosen: Comparison, lanes: pd.DataFrame, n_rows: int, opened: tuple[str, str]) -> Markup:
    """Return the matrix of the first so many claims as a table, grouped by coverage."""
    index, totals = _ordered(chosen.claim_index).head(n_rows), chosen.claim_index["coverage"].value_counts()
    rows = {(row["claim_id"], row["article_id"]): row for row in chosen.claims.to_dict("records")}
    columns = lanes.to_dict("records")
    head = join_head(columns)
    lines: list[Markup] = []
    for group, title, meaning in GROUPS:
        part = index[index["coverage"] == group]
        if part.empty:
            continue
        lines.append(
            Markup('<tr class="px-group"><th scope="colgroup" colspan="{}">{} ({}) <span class="px-small px-dim">{}</span></th></tr>').format(
                len(columns) + 1, title, f"{len(part)} of {totals[group]} shown" if len(part) < totals[group] else len(part), meaning
            )
        )
        for claim in part.to_dict("records"):
            differs = Markup('<span class="px-badge px-care">differs: {}</span>').format(claim["conflict"]) if claim["conflict"] else Markup("")
            cells = marks.join(
                Markup('<td data-letter="{}">{}</td>').format(
                    lane["letter"], _cell(chosen, claim, rows.get((claim["claim_id"], lane["article_id"])), lane, opened)
                )
                for lane in columns
            )
            lines.append(Markup('<tr><th scope="row">{}{}</th>{}</tr>').format(marks.cut(marks.piece(claim["label"]), 260), differs, cells))
    caption = "Which article carries which claim, and in which paragraph first"
    return Markup(
        '<div class="px-scroll" tabindex="0" role="region" aria-label="{}"><table class="px-table px-matrix"><caption>{}</caption><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(caption, caption, head, marks.join(lines))


def join_head(columns: list[dict[str, object]]) -> Markup:
    """Return the header cells: the claim, then letter and outlet of every article."""
    return Markup('<th scope="col">Claim, in the wording nearest to all</th>') + marks.join(
        Markup('<th scope="col"><span class="px-letter">{}</span><br><span class="px-small">{}</span>{}</th>').format(
            lane["letter"], marks.cut(lane["outlet"] or "unknown", 36), widgets.kind_of_text(lane["genre"])
        )
        for lane in columns
    )


def _side(chosen: Comparison, lanes: pd.DataFrame, row: dict[str, object], body: Markup, beside: str) -> Markup:
    """Return one side of the pair with its outlet and the way into the text."""
    lane = lanes.set_index("article_id").loc[row["article_id"]]
    found = row["status"] in ("firm", "likely")
    words = SHAPES[str(row["status"])][1] if not row["left_out"] else "left out"
    head = Markup('{} <span class="px-small px-dim">{}{}</span>').format(widgets.tag(lane), words, "" if found else "; the closest sentence is")
    way = (
        marks.go(widgets.read_address(chosen, lanes, row["article_id"], row["sentence"], [beside]), marks.IN_PLACE)
        if pd.notna(row["sentence"])
        else Markup("")
    )
    credit = Markup('<br><span class="px-small px-dim">credited to {}</span>').format(row["attribution"]) if row["attribution"] else Markup("")
    before, after = _around(chosen, row)
    return Markup('<div>{}<br><span class="px-dim">{}</span>{}<span class="px-dim">{}</span>{}<br>{}</div>').format(head, before, body, after, credit, way)


def _around(chosen: Comparison, row: dict[str, object]) -> tuple[str, str]:
    """Return what stands before and behind a wording in its sentence: a clause alone can look as if it said less."""
    rows = chosen.sentences[(chosen.sentences["article_id"] == row["article_id"]) & (chosen.sentences["sentence"] == row["sentence"])]
    if rows.empty:
        return "", ""
    start, text = int(rows["start"].iloc[0]), str(rows["text"].iloc[0])
    return text[: int(row["start"]) - start], text[int(row["end"]) - start :]


@once
def _pairs(chosen: Comparison, lanes: pd.DataFrame, claim_id: str, article_id: str) -> None:
    """Show the chosen article's sentence against that of every other article, the differing words marked."""
    rows = {row["article_id"]: row for row in chosen.claims[chosen.claims["claim_id"] == claim_id].to_dict("records")}
    label = chosen.claim_index.set_index("claim_id")["label"].get(claim_id)
    if article_id not in rows or label is None:
        widgets.nothing("That claim is not in this comparison any more; choose a cell of the matrix.")
        return
    here = rows[article_id]
    widgets.heading(Markup('<span id="pair" tabindex="-1">The sentences: {}</span>').format(marks.cut(marks.piece(label), 160)), 3)
    show_html(Markup('<p class="px-small px-dim">Marked words differ between the two sides.</p>'))
    order = [key for key in lanes["article_id"] if key in rows and key != article_id and str(rows[key]["wording"] or "")]
    for key in sorted(order, key=lambda key: rows[key]["status"] not in ("firm", "likely")):
        segments = data.pair(str(here["wording"] or ""), str(rows[key]["wording"]))
        show_html(
            Markup('<div class="px-pair">{}{}</div><hr class="px-dim">').format(
                _side(chosen, lanes, here, marks.diff(segments, "here"), key),
                _side(chosen, lanes, rows[key], marks.diff(segments, "there"), article_id),
            )
        )


@widgets.panel
def show(chosen: Comparison, lanes: pd.DataFrame) -> None:
    """Show the claims section."""
    widgets.heading("What all say, what some say, what one says")
    if chosen.claim_index.empty:
        widgets.nothing("No claim could be aligned: there are too few articles, or too little text.")
        return
    widgets.lead("Each row is one fact. A cell says in which paragraph an article first has it; open a cell to see the sentences side by side.")
    st.html(
        Markup('<p class="px-small">{}</p>').format(
            marks.join(
                [
                    *(Markup('<span class="px-keep">{} {}</span>').format(shape, words) for shape, words in SHAPES.values()),
                    "○\u00a0left out although the article is complete, no opinion piece, and late enough",
                ],
                " · ",
            )
        )
    )
    opened = (widgets.asked("claim"), widgets.asked("cell"))
    if opened[0]:
        _pairs(chosen, lanes, *opened)
    n_rows = len(chosen.claim_index)
    if n_rows > FIRST_ROWS and not st.toggle(f"Show all {n_rows} claims", key="allclaims", bind="query-params"):
        n_rows = FIRST_ROWS
    st.html(_matrix(chosen, lanes, n_rows, opened))
    widgets.show_download(
        lambda: chosen.claims.merge(chosen.claim_index[["claim_id", "label", "coverage", "n_origins", "spread"]], on="claim_id"), "claims", chosen
    )
