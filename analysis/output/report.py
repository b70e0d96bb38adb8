"""The Comparison as one HTML file: no script, no network, readable on paper."""

from __future__ import annotations

from importlib.resources import files

import jinja2
import pandas as pd

from analysis.output.figures import letter
from analysis.schema import Comparison, Measure

SYMBOLS = {"firm": "●", "likely": "◐", "not found": "–", "cannot tell": "?"}
"""The claim x article cell as a shape: readable without colour and in grey print."""



def write_report(comparison: Comparison, measures: dict[str, Measure]) -> str:
    """Return the report as one HTML page.

    Every text is escaped by the template engine; the page carries a content policy that forbids scripts and any request.
    Sections follow the dashboard: headlines, claims, wording, names, voices, sentiment and other measures, full texts.

    Args:
        comparison: everything known about one event or storyline.
        measures: what each measure means, by name.

    Returns:
        A complete HTML document, UTF-8.
    """
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files("analysis.output").joinpath("report.html.j2").read_text(encoding="utf8"))
    columns = _columns(comparison)
    return template.render(
        comparison=comparison, columns=columns, title=_title(comparison), symbols=SYMBOLS,
        claims=_claims(comparison, columns), phrases=_phrases(comparison, columns), names=_names(comparison, columns),
        voices=_voices(comparison, columns), contrasts=_contrasts(comparison, columns, measures),
        sentences=_sentences(comparison),
    )


def _title(comparison: Comparison) -> str:
    titles = comparison.articles["title"]
    return next((title for title in titles if title), comparison.event_id)


def _columns(comparison: Comparison) -> list[dict]:
    """One entry an article: letter, heading facts and its verdict, in order of publication (unknown dates last)."""
    articles = comparison.articles.sort_values(["published", "outlet", "article_id"], na_position="last")
    verdicts = comparison.comparability.set_index("article_id")
    return [{
        "letter": letter(i), "article_id": row.article_id, "outlet": row.outlet or "unknown outlet", "title": row.title,
        "when": _when(row.published, row.precision), "provenance": row.provenance, "agency": row.agency, "genre": row.genre, "n_words": row.n_words,
        "url": row.url if str(row.url).startswith(("http://", "https://")) else "",
        "verdict": verdicts.verdict.get(row.article_id, ""), "reasons": verdicts.reasons.get(row.article_id, ""),
    } for i, row in enumerate(articles.itertuples(index=False))]


def _when(published: pd.Timestamp, precision: str) -> str:
    if pd.isna(published):
        return "date unknown"
    return published.strftime("%-d %B %Y, %H:%M UTC" if precision == "time" else "%-d %B %Y")


def _claims(comparison: Comparison, columns: list[dict]) -> list[dict]:
    """Claims by coverage, then by spread of position; one cell an article in the order of `columns`."""
    index = comparison.claim_index[comparison.claim_index["coverage"] != "one"]
    index = index.sort_values(["n_origins", "spread", "claim_id"], ascending=[False, False, True])
    cells = {key: row for key, row in zip(
        zip(comparison.claims["claim_id"], comparison.claims["article_id"], strict=True), comparison.claims.itertuples(index=False), strict=True)}
    return [{"label": claim.label, "n_origins": claim.n_origins, "conflict": claim.conflict,
             "cells": [cells.get((claim.claim_id, column["article_id"])) for column in columns]}
            for claim in index.itertuples(index=False)]


def _phrases(comparison: Comparison, columns: list[dict]) -> list[dict]:
    kinds = ("only here", "absent here", "different share")
    table = comparison.phrases
    lists = []
    for column in columns:
        own = table[table["article_id"] == column["article_id"]]
        lists.append({**column, "lists": {kind: own.loc[own["kind"] == kind, "phrase"].tolist()[:12] for kind in kinds}})
    return lists


def _names(comparison: Comparison, columns: list[dict]) -> list[dict]:
    """Referents that somebody calls by another name, most differently called first."""
    rows = []
    for referent, group in comparison.names.groupby("referent", sort=False):
        if group["label"].nunique() < 2:
            continue
        cells = []
        for column in columns:
            own = group[group["article_id"] == column["article_id"]].sort_values("count", ascending=False)
            cells.append([f"{row.label} ×{row.count_}" + (" (quoted)" if row.voice == "quote" else "")
                          for row in own.rename(columns={"count": "count_"}).itertuples(index=False)])
        rows.append({"referent": referent, "confidence": group["confidence"].iloc[0], "cells": cells})
    return rows[:40]


def _voices(comparison: Comparison, columns: list[dict]) -> list[dict]:
    letters = {column["article_id"]: column["letter"] for column in columns}
    table = comparison.voices.sort_values(["words_quoted", "speaker"], ascending=[False, True])
    return [{"letter": letters[row.article_id], **row._asdict()} for row in table.itertuples(index=False) if row.article_id in letters]


def _contrasts(comparison: Comparison, columns: list[dict], measures: dict[str, Measure]) -> list[dict]:
    rows = []
    for name, group in comparison.contrasts.groupby("measure", sort=False):
        if name not in measures:
            continue
        by_article = group.set_index("article_id")
        rows.append({"measure": measures[name], "cells": [by_article.loc[c["article_id"]] if c["article_id"] in by_article.index else None for c in columns]})
    return rows


def _sentences(comparison: Comparison) -> dict[str, list[list]]:
    """Paragraphs of each article as lists of sentences, title left out."""
    body = comparison.sentences[comparison.sentences["sentence"] > 0]
    return {article_id: [list(paragraph.itertuples(index=False)) for _, paragraph in rows.groupby("paragraph")]
            for article_id, rows in body.groupby("article_id")}
