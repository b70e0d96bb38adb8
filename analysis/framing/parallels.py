"""The same claim in parallel wordings: which words stay, change, come and go."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

import pandas as pd

from analysis.framing.style import TITLES, fold_word
from analysis.schema import CLAIM_INDEX, CLAIMS, PARALLELS, check_table

_PIECE = re.compile(r"\w(?:\w|['’.-](?=\w))*\s*|\W\s*")
_SMALL = frozenset("a an the of to in on at by for and or but with from as that which who it its is was were are be been has had have".split())


def pair_wording(left: str, right: str) -> list[list[str]]:
    """Align two wordings word by word: which words stay, change, come and go.

    Words that differ in house style alone (capitals, marks, spelling, Rep. / Representative) are equal. A stretch of equal small words
    and signs between two changes counts as changed, so that a reader sees a few whole changes instead of confetti.

    Returns:
        [op, left, right] in order; op is equal, replace, insert or delete. Joining the lefts gives `left`, joining the rights `right`, to
        the character; two identical texts give one "equal".

    Source: word diff after Ratcliff and Obershelp 1988; clean-up ours, after Fraser's semantic clean-up.
    """
    ours, theirs = _pieces(left), _pieces(right)
    matcher = SequenceMatcher(None, [fold_word(piece.strip()) for piece in ours], [fold_word(piece.strip()) for piece in theirs], autojunk=False)
    spans = [[op, ours[a:b], theirs[c:d]] for op, a, b, c, d in matcher.get_opcodes()]
    merged: list[list] = []
    for at, (op, here, there) in enumerate(spans):
        inside = 0 < at < len(spans) - 1
        if op == "equal" and inside and all(word in _SMALL or not word[:1].isalnum() for word in map(fold_word, map(str.strip, here))):
            op = "replace"
        if merged and op != "equal" and merged[-1][0] != "equal":
            merged[-1][1] += here
            merged[-1][2] += there
        else:
            merged.append([op, list(here), list(there)])
    return [[_operation(op, here, there), "".join(here), "".join(there)] for op, here, there in merged]


def _pieces(text: str) -> list[str]:
    """Words and signs with the blanks behind them; the point of "Rep." belongs to it."""
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        if piece[0] == "." and pieces and pieces[-1].lower() in TITLES:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _operation(op: str, here: list[str], there: list[str]) -> str:
    if op == "equal":
        return op
    return "replace" if here and there else "delete" if here else "insert"


def find_parallels(claims: pd.DataFrame, claim_index: pd.DataFrame) -> pd.DataFrame:
    """Set each article's wording of a claim beside the claim's label.

    Args:
        claims: CLAIMS; cells that carry the claim (firm, likely) are used.
        claim_index: CLAIM_INDEX, which names whose wording the label is.

    Returns:
        PARALLELS, sorted by claim and article; the label itself has no row. `segments` as `pair_wording`, here = this article's wording.

    Raises:
        TableError: a column is missing.
    """
    check_table(claims, CLAIMS)
    check_table(claim_index, CLAIM_INDEX)
    labels = {row.claim_id: row for row in claim_index.itertuples(index=False)}
    carried = claims[claims["status"].isin(["firm", "likely"]) & claims["claim_id"].isin(list(labels))].sort_values(["claim_id", "article_id"])
    rows = []
    for cell in carried.itertuples(index=False):
        label = labels[cell.claim_id]
        if cell.article_id != label.article_id:
            rows.append((cell.claim_id, cell.article_id, cell.sentence, label.article_id, label.sentence, pair_wording(cell.wording, label.label)))
    return pd.DataFrame(rows, columns=list(PARALLELS.columns)) if rows else PARALLELS.empty()
