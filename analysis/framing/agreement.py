"""How far readers agree: with each other, and with the tool's marks.

A class marks sentences before it sees the tool's marks. What is counted here puts the two side by side; it grades neither.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

COLUMNS = ("article_id", "sentence", "n_readers", "n_marked", "share", "tool")


@dataclass(frozen=True)
class Agreement:
    """Krippendorff's alpha and what it rests on.

    Attributes:
        alpha: 1 = all agree, 0 = as often as chance, below 0 = less often; NaN when it cannot be told.
        n_units: things that at least two readers judged.
        n_readers: readers who judged one of them.
        why: why there is no number, '' when there is one.
    """

    alpha: float
    n_units: int
    n_readers: int
    why: str = ""


def find_alpha(judgements: pd.DataFrame) -> Agreement:
    """Compute Krippendorff's alpha for categories without an order.

    Alpha takes any number of readers, who need not all judge everything, and takes off what chance gives; a plain share of equal
    answers would call readers who mark next to nothing nearly unanimous.

    How to read it: 1 is perfect, 0 is chance. Trained raters reach about .40 on loaded sentences (BABE, Spinde 2021), so a
    class at .3 has read well. It does not say who is right.

    Args:
        judgements: unit (anything hashable), reader, value; at most one row per unit and reader.

    Returns:
        Agreement; alpha is NaN when no unit has two readers, or when everybody gave the same answer everywhere (chance is then 1).

    Source: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section E (coincidences).
    """
    sizes = judgements.groupby("unit")["value"].transform("size")
    paired = judgements[sizes > 1]
    n_units, n_readers = paired["unit"].nunique(), paired["reader"].nunique()
    if paired.empty:
        return Agreement(math.nan, 0, 0, "it takes two readers who judged the same")
    totals = paired["value"].value_counts()
    n = int(totals.sum())
    if len(totals) < 2:
        return Agreement(math.nan, n_units, n_readers, "everybody gave the same answer everywhere, so there is nothing to tell chance from")
    counts = paired.groupby(["unit", "value"]).size()
    size = counts.groupby("unit").sum()
    agreed = float((counts * (counts - 1)).groupby("unit").sum().div(size - 1).sum())
    expected = float((totals * (totals - 1)).sum()) / (n - 1)
    return Agreement(1 - (n - agreed) / (n - expected), n_units, n_readers)


def count_marks(sentences: pd.DataFrame, marks: pd.DataFrame, tool: Iterable[tuple[str, int]]) -> pd.DataFrame:
    """Count for every sentence how many readers marked it, and say whether the tool did.

    Args:
        sentences: article_id, sentence of what was read.
        marks: reader, article_id, sentence: one row a mark; a reader without a mark in an article is known by a row with sentence -1.
        tool: (article_id, sentence) the tool marks.

    Returns:
        COLUMNS, in the order of `sentences`: readers who read its article, how many marked it, their share 0…1 (NaN without readers), and
        whether the tool marks it.

    Source: ours: the class and the tool on one line.
    """
    readers = marks.groupby("article_id")["reader"].nunique()
    marked = marks[marks["sentence"] >= 0].drop_duplicates(["reader", "article_id", "sentence"]).groupby(["article_id", "sentence"]).size()
    chosen, rows = set(tool), []
    for key, number in zip(sentences["article_id"], sentences["sentence"].astype(int), strict=True):
        n, hits = int(readers.get(key, 0)), int(marked.get((key, number), 0))
        rows.append((key, number, n, hits, hits / n if n else math.nan, (key, number) in chosen))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def compare_readers(sentences: pd.DataFrame, marks: pd.DataFrame, tool: Iterable[tuple[str, int]]) -> tuple[Agreement, Agreement]:
    """Return how far the readers agree with each other, and how far their majority agrees with the tool.

    A sentence that exactly half of them marked has no majority and is left out of the second.

    Args:
        sentences, marks, tool: as for `count_marks`.

    Source: Krippendorff 2011; ours: the majority as one reader.
    """
    counted = count_marks(sentences, marks, tool)
    known = set(zip(marks["reader"], marks["article_id"], marks["sentence"], strict=True))
    read = marks[["reader", "article_id"]].drop_duplicates().merge(sentences[["article_id", "sentence"]], on="article_id")
    among = pd.DataFrame({
        "unit": list(zip(read["article_id"], read["sentence"], strict=True)), "reader": read["reader"],
        "value": [row in known for row in zip(read["reader"], read["article_id"], read["sentence"], strict=True)],
    })
    decided = counted[counted["share"].notna() & (counted["share"] != 0.5)]
    unit = list(zip(decided["article_id"], decided["sentence"], strict=True))
    against = pd.concat([pd.DataFrame({"unit": unit, "reader": who, "value": list(values)})
                         for who, values in (("readers", decided["share"] > 0.5), ("tool", decided["tool"].astype(bool)))], ignore_index=True)
    return find_alpha(among), find_alpha(against)


def count_guesses(guesses: pd.DataFrame) -> pd.DataFrame:
    """Count the answers to each question.

    Args:
        guesses: reader, question, answer; the last of a reader to a question counts.

    Returns:
        One row per question and answer that was given: question, answer, n, n_readers (who answered the question); most given first.

    Source: ours: a show of hands.
    """
    last = guesses.drop_duplicates(["reader", "question"], keep="last")
    counted = last.groupby(["question", "answer"]).size().rename("n").reset_index()
    asked = last.groupby("question")["reader"].nunique()
    counted["n_readers"] = counted["question"].map(asked).astype(int)
    return counted.sort_values(["question", "n", "answer"], ascending=[True, False, True], kind="stable").reset_index(drop=True)
