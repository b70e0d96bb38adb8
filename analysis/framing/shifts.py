"""Word shift: which words make the gap between the tone of two articles."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.schema import InputError, TableError

COLUMNS = ("word", "contribution", "left_count", "right_count", "sentences")
NEEDED = ("article_id", "sentence", "word", "valence", "count")
PER = 100.0  # words; the unit of tone, as in the measures of sentiment


def _rates(words: pd.DataFrame) -> pd.Series:
    """Return each word's uses per 100 words of one article."""
    return words.groupby("word")["count"].sum() / words["count"].sum() * PER


def shift_words(words: pd.DataFrame, left_id: str, right_ids: str | Sequence[str]) -> pd.DataFrame:
    """Split the difference in tone between an article and another, or the mean of the others, into one part a word.

    Tone is the sum of word valences per 100 of the narrator's words in the body. It is linear in the words' rates, so the parts
    add up to the difference exactly: part = valence x (rate here - mean rate there). Words unknown to the list have no part.
    *How to read it*: a positive part lifts the left article's tone above the right; it does so by a pleasant word used more, or an
    unpleasant one used less. It does not say that the word was chosen over another.

    Args:
        words: article_id, sentence, word, valence, count: one row a distinct word of a sentence, words of valence 0 too.
        left_id: the article looked at. right_ids: the one or more it stands against; give one a text (origin), each weighs the same.

    Returns:
        word, contribution (valence per 100 words), left_count, right_count, sentences (list of [article_id, sentence] that hold
        it); largest part first, ties by word. Empty when the two share every rate or have no known word.

    Raises:
        TableError: a column is missing. InputError: an article has no narration, or stands against itself.

    Source: Gallagher et al. 2021 (generalised word shift, reference 0).
    """
    missing = [column for column in NEEDED if column not in words.columns]
    if missing:
        raise TableError(f"the table lacks {', '.join(missing)}", where="words", column=missing[0])
    others = [right_ids] if isinstance(right_ids, str) else sorted(set(right_ids))
    body = words[(words["sentence"] > 0) & words["article_id"].isin([left_id, *others])]
    for article_id in [left_id, *others]:
        if not (body["article_id"] == article_id).any():
            raise InputError("there are no words of its own to compare", where=f"article {article_id}", remedy="Choose another article")
    if left_id in others or not others:
        raise InputError("an article is compared with other articles", where=f"article {left_id}", remedy="Choose another article")
    here = body["article_id"] == left_id
    left = _rates(body[here])
    right = pd.concat([_rates(rows) for _, rows in body[~here].groupby("article_id")], axis=1).fillna(0.0).mean(axis=1)
    valences = body[body["valence"] != 0].groupby("word")["valence"].first()
    parts = valences * (left.reindex(valences.index, fill_value=0.0) - right.reindex(valences.index, fill_value=0.0))
    parts = parts[parts != 0]
    held = body[body["word"].isin(parts.index)].sort_values(["article_id", "sentence"])
    counts = {side: rows.groupby("word")["count"].sum() for side, rows in (("left", held[held["article_id"] == left_id]),
                                                                           ("right", held[held["article_id"] != left_id]))}
    places = {word: rows[["article_id", "sentence"]].values.tolist() for word, rows in held.groupby("word")}
    shift = pd.DataFrame({
        "word": parts.index, "contribution": parts.to_numpy(),
        "left_count": counts["left"].reindex(parts.index, fill_value=0).to_numpy(),
        "right_count": counts["right"].reindex(parts.index, fill_value=0).to_numpy(),
        "sentences": [places[word] for word in parts.index],
    }, columns=list(COLUMNS))
    order = shift.assign(size=-shift["contribution"].abs()).sort_values(["size", "word"]).index
    return shift.loc[order].reset_index(drop=True)
