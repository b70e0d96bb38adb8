"""Reading side by side: which paragraphs of several articles belong on one row.

Paragraphs belong together when they state the same claims. Every article keeps its own order, so a fact that one article has at the
top and another at the end cannot stand on one row: those meet through the numbers of the claims instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

COLUMNS = ("row", "article_id", "paragraph", "matched")


def align_paragraphs(claims: pd.DataFrame, sentences: pd.DataFrame, article_ids: Sequence[str]) -> pd.DataFrame:
    """Lay paragraphs that state the same claims on one row, each article in its own order.

    Articles are joined one after the other, each along the order-keeping path that shares most claims with the rows so far
    (Needleman and Wunsch with free gaps). Joining by the closest pair first was rejected: the article the reader chose first has to
    stay the one the others are laid against.

    How to read it: on a row, paragraphs with `matched` above 0 share that many claims with the others there. Paragraphs with 0 have
    nothing beside them that keeps the order; between two matched rows they stand side by side to save room, and belong to nobody.

    Args:
        claims: CLAIMS of the event (claim_id, article_id, status, sentences).
        sentences: SENTENCES (article_id, sentence, paragraph).
        article_ids: the articles to lay side by side, the leading one first.

    Returns:
        One row per paragraph, titles left out: COLUMNS; `row` from 1; `matched` is how many claims it shares with its row, 0 alone.

    Source: Needleman and Wunsch 1970; ours: claims as what is matched.
    """
    body = sentences[sentences["sentence"] > 0]
    places = {key: sorted(int(place) for place in body.loc[body["article_id"] == key, "paragraph"].unique()) for key in article_ids}
    stated = _stated(claims, body, article_ids)
    rows: list[dict[str, int]] = []
    for key in article_ids:
        weights = np.array([[_shared(row, key, place, stated) for place in places[key]] for row in rows]).reshape(len(rows), len(places[key]))
        rows = _join(rows, key, places[key], weights)
    rows = _pack(rows)
    return pd.DataFrame(
        [(number, key, place, _shared({other: at for other, at in row.items() if other != key}, key, place, stated))
         for number, row in enumerate(rows, 1) for key, place in row.items()], columns=list(COLUMNS))


def _stated(claims: pd.DataFrame, body: pd.DataFrame, article_ids: Sequence[str]) -> dict[tuple[str, int], Counter]:
    """Claims of every paragraph of these articles."""
    paragraph = dict(zip(zip(body["article_id"], body["sentence"].astype(int), strict=True), body["paragraph"].astype(int), strict=True))
    told = claims[claims["article_id"].isin(list(article_ids)) & claims["status"].isin(["firm", "likely"])]
    stated: dict[tuple[str, int], Counter] = {}
    for row in told.to_dict("records"):
        for place in {paragraph[row["article_id"], int(number)] for number in row["sentences"] if (row["article_id"], int(number)) in paragraph}:
            stated.setdefault((row["article_id"], place), Counter())[row["claim_id"]] = 1
    return stated


def _shared(row: Mapping[str, int], key: str, place: int, stated: Mapping[tuple[str, int], Counter]) -> int:
    """How many claims a paragraph shares with the paragraphs of a row."""
    own = stated.get((key, place), Counter())
    others = set().union(*(stated.get((other, at), Counter()) for other, at in row.items())) if row else set()
    return len(own.keys() & others)


def _join(rows: list[dict[str, int]], key: str, places: Sequence[int], weights: np.ndarray) -> list[dict[str, int]]:
    """Lay one more article along the rows so that the shared claims are most; what matches nothing gets a row of its own."""
    best = np.zeros((len(rows) + 1, len(places) + 1), dtype=int)
    for i in range(len(rows) - 1, -1, -1):
        for j in range(len(places) - 1, -1, -1):
            meet = best[i + 1, j + 1] + weights[i, j] if weights[i, j] else 0
            best[i, j] = max(best[i + 1, j], best[i, j + 1], meet)
    joined, i, j = [], 0, 0
    while i < len(rows) or j < len(places):
        if i < len(rows) and j < len(places) and weights[i, j] and best[i, j] == best[i + 1, j + 1] + weights[i, j]:
            joined.append({**rows[i], key: places[j]})
            i, j = i + 1, j + 1
        elif j == len(places) or (i < len(rows) and best[i, j] == best[i + 1, j]):
            joined.append(rows[i])
            i += 1
        else:
            joined.append({key: places[j]})
            j += 1
    return joined


def _pack(rows: list[dict[str, int]]) -> list[dict[str, int]]:
    """Set the lone paragraphs between two matched rows side by side, each article's in its order."""
    packed, lone = [], []
    for row in [*rows, {}]:
        if len(row) == 1:
            key, place = next(iter(row.items()))
            free = next((beside for beside in lone if key not in beside), None)
            lone.append(dict(row)) if free is None else free.update({key: place})
        else:
            packed += [*lone, row] if row else lone
            lone = []
    return packed
