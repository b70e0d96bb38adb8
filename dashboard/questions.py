"""What a class guesses before it sees the figures: questions whose answers are sentences, never verdicts."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.schema import Comparison
from dashboard import marks

CANNOT = "cannot be told"
MOST_OPTIONS = 12  # letters to choose from; more articles than that no class holds in mind


@dataclass(frozen=True)
class Question:
    """A question with its options and what the tool finds.

    Attributes:
        key: short name, kept with the guesses.
        text: the question as asked.
        options: what can be answered.
        answers: which of them the tool's tables give; several when they tie.
        found: in words, what the tool found and how sure it is.
        section, state: where the evidence stands.
    """

    key: str
    text: str
    options: tuple[str, ...]
    answers: tuple[str, ...]
    found: str
    section: str
    state: tuple[tuple[str, str], ...] = ()


def _fact(claim: pd.Series | dict[str, object]) -> str:
    """Return a claim as a question quotes it."""
    return marks.cut(marks.piece(claim["label"]), 140)


def make_questions(chosen: Comparison, lanes: pd.DataFrame) -> list[Question]:
    """Return the questions this event has evidence for."""
    if len(lanes) < 2:
        return []
    letters = dict(zip(lanes["article_id"], lanes["letter"], strict=True))
    options = tuple(lanes["letter"].head(MOST_OPTIONS))
    made = [_loaded(chosen, letters, options), _first(chosen, letters, options), _lacks(chosen, letters, options), _same_text(chosen, letters, options)]
    return [question for question in made if question is not None]


def _loaded(chosen: Comparison, letters: dict[str, str], options: tuple[str, ...]) -> Question | None:
    """Whose own words are most loaded?"""
    rows = chosen.contrasts[(chosen.contrasts["measure"] == "loaded") & chosen.contrasts["difference"].notna()]
    if rows.empty:
        return None
    told = rows[rows["told"].astype(bool) & (rows["difference"] > 0)].sort_values("difference", ascending=False)
    top = told.head(1) if len(told) else rows.sort_values("difference", ascending=False).head(1)
    letter, row = letters[top["article_id"].iloc[0]], top.iloc[0]
    words = f"{letter} has the most: {row['value']:.2f} against {row['others']:.2f} in the others (mean probability, {int(row['n'])} sentences)"
    sure = "; more than shuffling the sentences gives." if len(told) else "; no more than shuffling the sentences gives, so it cannot be told."
    return Question(
        "loaded",
        "Which article’s own words are most loaded, quotations left aside?",
        (*options, CANNOT),
        (letter,) if len(told) else (CANNOT,),
        words + sure,
        "Sentiment",
        (("measure", "Loaded wording in its own words"), ("pick", str(row["article_id"]))),
    )


def _first(chosen: Comparison, letters: dict[str, str], options: tuple[str, ...]) -> Question | None:
    """Who brings a fact first?"""
    index = chosen.claim_index[(chosen.claim_index["n_origins"] > 1) & (chosen.claim_index["spread"] > 0)]
    for claim in index.sort_values(["spread", "claim_id"], ascending=[False, True]).to_dict("records"):
        cells = chosen.claims[(chosen.claims["claim_id"] == claim["claim_id"]) & chosen.claims["status"].isin(["firm", "likely"])]
        first = cells[cells["first"] == cells["first"].min()]
        if 0 < len(first) < len(cells) and len(str(claim["label"]).split()) > 5:
            places = ", ".join(
                f"{letters[row['article_id']]} {'headline' if row['first'] == 0 else '¶' + str(int(row['first']))}"
                for row in cells.sort_values("first", kind="stable").to_dict("records")
            )
            answers = tuple(sorted(letters[key] for key in first["article_id"]))
            state = (("claim", str(claim["claim_id"])), ("cell", str(first["article_id"].iloc[0])), ("at", "pair"))
            return Question("first", f"Which article brings this earliest? “{_fact(claim)}”", options, answers, f"{places}.", "Claims", state)
    return None


def _lacks(chosen: Comparison, letters: dict[str, str], options: tuple[str, ...]) -> Question | None:
    """Who leaves a fact out?"""
    out = chosen.claims[chosen.claims["left_out"].astype(bool)]
    carried = out.groupby("claim_id").size()
    index = chosen.claim_index[chosen.claim_index["claim_id"].isin(carried.index)]
    for claim in index.sort_values(["n_origins", "claim_id"], ascending=[False, True]).to_dict("records"):
        if len(str(claim["label"]).split()) < 6:
            continue
        keys = list(out.loc[out["claim_id"] == claim["claim_id"], "article_id"])
        answers = tuple(sorted(letters[key] for key in keys))
        state = (("claim", str(claim["claim_id"])), ("cell", str(keys[0])), ("at", "pair"))
        carry = "one origin carries" if claim["n_origins"] == 1 else f"{int(claim['n_origins'])} origins carry"
        found = f"Not found in {' or '.join(answers)}, though {carry} it. “Not found” is what the tool did not find."
        return Question("lacks", f"Which article leaves this out? “{_fact(claim)}”", (*options, CANNOT), answers, found, "Claims", state)
    return None


def _same_text(chosen: Comparison, letters: dict[str, str], options: tuple[str, ...]) -> Question | None:
    """Which articles are one text?"""
    origins = chosen.groups.sort_values("article_id").groupby("origin_id")["article_id"].agg(list)
    shared = [sorted(letters[key] for key in keys if key in letters) for keys in origins if len(keys) > 1]
    if not shared:
        return None
    base, *twins = min(shared)
    found = f"{' and '.join(min(shared))} print one text with small changes, so they count as one voice."
    others = tuple(letter for letter in options if letter != base)
    return Question("same", f"Which article is the same text as {base}, printed by somebody else?", (*others, "none"), tuple(twins), found, "Read")
