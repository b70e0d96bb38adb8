"""Why two articles are together, in words a person can check against the articles themselves."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd

from analysis.settings import EventSettings

NAME = re.compile(r"(?<=[a-z0-9,;] )[A-Z][\w’'-]*[\w](?: [A-Z][\w’'-]*[\w]){0,2}")
NO_NAMES = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December "
    "Mr Mrs Ms Dr The This That It He She They We But And In On At If For".split())
KEPT_OUT = {"live": "a live blog tells many events and is kept out of them", "round-up": "a round-up tells many events and is kept out of them"}


def explain_groups(articles: pd.DataFrame, groups: pd.DataFrame, scores: pd.DataFrame, settings: EventSettings,
                   constraints: pd.DataFrame | None = None) -> pd.DataFrame:
    """Fill `why`: the names an article shares with the nearest of its event, the hours between them, and which that is.

    How to read it: "names Tillerson, Lavrov, Peskov; 6 h apart; nearest: “title”". The words show what the score saw; the score
    itself is in closeness. Borderline cases first: sort by margin.

    Args:
        articles: columns article_id, outlet, title, text, genre.
        groups: table of `group_articles`.
        scores: SCORES.
        settings: why_characters, why_names.
        constraints: repairs in force, which are named as the reason where they are.

    Returns:
        The groups with `why` filled, same rows and order. Names are capitalised words: a help for the eye, not a parse.
    """
    told = {i: (title, text, outlet, genre) for i, title, text, outlet, genre in zip(
        articles["article_id"].astype(str), articles["title"], articles["text"], articles["outlet"], articles["genre"], strict=True)}
    event_of = dict(zip(groups["article_id"], groups["event_id"], strict=True))
    nearest = _nearest(event_of, scores)
    sizes = Counter(groups["event_id"])
    names = {i: _names(told[i][0], told[i][1], settings) for i in groups["article_id"] if sizes[event_of[i]] > 1}
    seen = Counter((event_of[i], name) for i, found in names.items() for name in found)
    held = _held(constraints)
    why = []
    for i in groups["article_id"]:
        if sizes[event_of[i]] == 1:
            why.append(_alone(i, told[i][3], held))
            continue
        other, hours = nearest.get(i, ("", np.nan))
        parts = ["put here by a repair"] if held.get(i) == "must" else []
        parts += [_shared(names[i] & names.get(other, set()), event_of[i], seen, settings), _apart(hours), _which(told.get(other))]
        why.append("; ".join(part for part in parts if part))
    return groups.assign(why=why)


def _nearest(event_of: dict[str, str], scores: pd.DataFrame) -> dict[str, tuple[str, float]]:
    """The article of the same event with the highest score, and the hours to it; ties go to the smaller id."""
    ids = scores["article_id"].cat.categories
    event = pd.factorize(pd.Series([event_of.get(i, i) for i in ids], dtype=object))[0]
    one, other = scores["article_id"].cat.codes.to_numpy(), scores["other_id"].cat.codes.to_numpy()
    within = np.flatnonzero(event[one] == event[other])
    left, right = np.concatenate([one[within], other[within]]), np.concatenate([other[within], one[within]])
    score, hours = (np.tile(scores[column].to_numpy()[within], 2) for column in ("score", "hours"))
    order = np.lexsort((right, -score, left))
    first = order[np.r_[True, np.diff(left[order]) > 0]] if len(order) else order
    return {ids[left[at]]: (ids[right[at]], float(hours[at])) for at in first}


def _names(title: str, text: str, settings: EventSettings) -> set[str]:
    found = NAME.findall(f"{title} . {text[: settings.why_characters]}")
    return {name for name in found if name.split()[0] not in NO_NAMES and not name.isupper()}


def _held(constraints: pd.DataFrame | None) -> dict[str, str]:
    if constraints is None:
        return {}
    pairs = zip(constraints["kind"], constraints["article_id"], constraints["other_id"], strict=True)
    return {i: kind for kind, one, other in pairs for i in (one, other) if i}


def _alone(article_id: str, genre: str, held: dict[str, str]) -> str:
    if held.get(article_id) in ("exclude", "cannot"):
        return "kept apart by a repair"
    return KEPT_OUT.get(genre, "no other article here is like enough")


def _shared(shared: set[str], event: str, seen: Counter, settings: EventSettings) -> str:
    """The names most of the event's articles hold first, full names before single words; nothing outside the event counts."""
    if not shared:
        return "alike in wording"
    return "names " + ", ".join(sorted(shared, key=lambda name: (-seen[event, name], -len(name.split()), name))[: settings.why_names])


def _apart(hours: float) -> str:
    if np.isnan(hours):
        return "no time to compare"
    return "same day" if hours == 0 else f"{hours:.0f} h apart" if hours < 48 else f"{hours / 24:.0f} days apart"


def _which(nearest: tuple[str, str, str, str] | None) -> str:
    if nearest is None:
        return ""
    title, text, outlet, _ = nearest
    return f"nearest: “{title or text[:60].strip() + '…'}”{f' ({outlet})' if outlet else ''}"
