"""How this tool fails, shown on the reader's own articles: where it is least sure, and where two rows may be one."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from analysis.schema import Comparison
from dashboard import data, marks, widgets

EACH = 3  # examples of a kind; enough to see the pattern


def show(chosen: Comparison) -> None:
    """Show real examples of every kind of failure that this event may hold."""
    lanes = data.lanes(chosen)
    found = False
    kinds = (
        ("Two speakers who may be one person", "a short name was not joined with the full one, so each counts for itself", _split_speakers),
        ("Nobody found for a quotation", "a pronoun or a distant name; these words count for nobody", _unresolved),
        ("Two facts that may have been joined", "the least alike wordings under one claim; if they are two facts, the cell is wrong", _joined),
        ("A fact that may have been missed", "“cannot tell” or “not found”, though the closest sentence is near", _missed),
        ("A loaded mark that may be none", "the marks the tool is least sure of", _unsure),
    )
    for title, meaning, find in kinds:
        rows = find(chosen, lanes)
        if rows:
            found = True
            widgets.show_table(["Where", "What the tool has", "Beside"], rows[:EACH], f"{title}: {meaning}")
    if not found:
        widgets.nothing("This event holds no example that the tool can find itself.")


def _way(chosen: Comparison, lanes: pd.DataFrame, article_id: str, number: object) -> Markup:
    """Return the article's letter and the way to a sentence."""
    letter = lanes.set_index("article_id")["letter"][article_id]
    place = "headline" if int(number) == 0 else f"sentence {int(number)}"
    return marks.go(widgets.read_address(chosen, lanes, article_id, number), f"{letter}, {place}", "px-keep")


def _split_speakers(chosen: Comparison, lanes: pd.DataFrame) -> list[list[object]]:
    """Speakers of one article whose name ends another's."""
    rows = []
    for key, part in chosen.voices.groupby("article_id", sort=False):
        names = list(part["speaker"])
        for row in part.to_dict("records"):
            longer = [name for name in names if name != row["speaker"] and name.endswith(" " + row["speaker"])]
            if longer and len(row["sentences"]):
                rows.append([_way(chosen, lanes, str(key), row["sentences"][0]), row["speaker"], longer[0]])
    return rows


def _unresolved(chosen: Comparison, lanes: pd.DataFrame) -> list[list[object]]:
    """Quotations of body sentences without a speaker, the longest first."""
    rows = chosen.quotes[(chosen.quotes["resolved"] == "") & (chosen.quotes["sentence"] > 0)].sort_values("n_words", ascending=False, kind="stable")
    texts = chosen.articles.set_index("article_id")["text"]
    return [
        [_way(chosen, lanes, row["article_id"], row["sentence"]), marks.cut(texts[row["article_id"]][int(row["start"]) : int(row["end"])], 200), "nobody"]
        for row in rows.head(EACH).to_dict("records")
    ]


def _beside(chosen: Comparison, lanes: pd.DataFrame, rows: pd.DataFrame) -> list[list[object]]:
    """Return cells of the matrix beside the label of their claim."""
    labels = chosen.claim_index.set_index("claim_id")["label"]
    return [
        [_way(chosen, lanes, row["article_id"], row["sentence"]), marks.cut(row["wording"], 220), marks.cut(labels[row["claim_id"]], 220)]
        for row in rows.head(EACH).to_dict("records")
        if row["claim_id"] in labels.index
    ]


def _joined(chosen: Comparison, lanes: pd.DataFrame) -> list[list[object]]:
    """Likely cells, the least alike first."""
    return _beside(chosen, lanes, chosen.claims[chosen.claims["status"] == "likely"].sort_values("similarity", kind="stable"))


def _missed(chosen: Comparison, lanes: pd.DataFrame) -> list[list[object]]:
    """Empty cells, the most alike first."""
    empty = chosen.claims[chosen.claims["status"].isin(["cannot tell", "not found"]) & chosen.claims["sentence"].notna()]
    return _beside(chosen, lanes, empty.sort_values("similarity", ascending=False, kind="stable"))


def _unsure(chosen: Comparison, lanes: pd.DataFrame) -> list[list[object]]:
    """Loaded marks, the least sure first."""
    rows = chosen.cues[chosen.cues["kind"] == "loaded"].sort_values("score", kind="stable")
    return [
        [
            _way(chosen, lanes, row["article_id"], row["sentence"]),
            Markup('<mark class="px-loaded">{}</mark>').format(row["text"]),
            f"{row['score']:.0%} sure: {row['note']}",
        ]
        for row in rows.head(EACH).to_dict("records")
    ]
