"""Numbers, clock times, dates and names that one claim's articles state differently: findings, each with its time.

Which is right is not judged. The order of time is shown, because the later figure is often the correction of the earlier:
"14 injured (Tue 12 Mar 22:05) → 11 injured (Wed 13 Mar 21:30)".
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

import pandas as pd

from analysis import schema
from analysis.settings import ClaimSettings

CARRIED = ("firm", "likely")
CLASSES = frozenset({"money", "percent", "age"})
GENERIC = frozenset("money percent people age year day hour minute month week time be have say tell take make get include go come add".split())
SINGLE_KINDS = ("clock", "date", "year")
NAME_SUFFIXES = frozenset({"jr.", "jr", "sr.", "sr", "ii", "iii"})
UNDATED = pd.Timestamp.max.tz_localize("UTC")


@dataclass(frozen=True)
class _Stated:
    """One article's value inside a claim."""

    article_id: str
    kind: str
    about: frozenset[str]
    low: float
    high: float
    denied: bool
    text: str


def mark_conflicts(claim_index: pd.DataFrame, claims: pd.DataFrame, values: pd.DataFrame, articles: pd.DataFrame,
                   settings: ClaimSettings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill `conflict` where carriers of one claim state values that exclude each other.

    Rules: numbers must count the same thing, and when that is only people, money or percent, both cells must be firm;
    clock times, and in firm cells dates, are compared when each wording holds one; full names when one part is equal and the other nearly.
    A value named only to be denied ("not 14") is no value of the article that denies it, but makes it the correction.

    How to read it: "A → B" = B was printed later or denies A; "A / B" = side by side. A claim without conflict can still
    differ in what its wordings imply.

    Args:
        claim_index: CLAIM_INDEX.
        claims: CLAIMS.
        values: VALUES of the event's units.
        articles: ARTICLES, for outlet and time.
        settings: how alike two names must be.

    Returns:
        Both tables with `conflict`, in the given order.

    Raises:
        TableError: a column is missing.

    Source: METHODS 4.3 ("conflicting value", a finding in itself); rules ours.
    """
    for table, contract in ((claim_index, schema.CLAIM_INDEX), (claims, schema.CLAIMS), (values, schema.VALUES), (articles, schema.ARTICLES)):
        schema.check_table(table, contract)
    stated_in: dict[tuple, list[tuple]] = {}
    for value in values.itertuples(index=False):
        stated_in.setdefault((value.article_id, value.sentence, value.start, value.end), []).append(
            (value.kind, frozenset(value.about.split()), value.low, value.high, bool(value.denied), value.text))
    printed = articles.drop_duplicates("article_id").set_index("article_id")
    whole, cell_text = {}, {}
    carried = claims[claims["status"].isin(CARRIED)]
    for claim_id, cells in carried[carried["claim_id"].duplicated(keep=False)].groupby("claim_id", sort=False):
        places = zip(cells["article_id"], cells["sentence"], cells["start"], cells["end"], strict=True)
        stated = [_Stated(place[0], *value) for place in places for value in stated_in.get(place, [])]
        firm = set(cells.loc[cells["status"] == "firm", "article_id"])
        found = _conflict(stated, firm, settings) if len({value.article_id for value in stated}) > 1 else []
        if found:
            whole[claim_id] = _describe(found, stated, printed)
            cell_text.update({(claim_id, value.article_id): value.text for group in found for value in group})
    index = claim_index.assign(conflict=pd.Series([whole.get(claim, "") for claim in claim_index["claim_id"]], index=claim_index.index, dtype=object))
    keys = zip(claims["claim_id"], claims["article_id"], strict=True)
    return index, claims.assign(conflict=pd.Series([cell_text.get(key, "") for key in keys], index=claims.index, dtype=object))


def _conflict(stated: list[_Stated], firm: set[str], settings: ClaimSettings) -> list[list[_Stated]]:
    """Groups of values that exclude each other, one value an article; [] when all can stand together."""
    affirmed = [value for value in stated if not value.denied]
    for kind in SINGLE_KINDS:
        counts = Counter(value.article_id for value in affirmed if value.kind == kind)
        single = [value for value in affirmed if value.kind == kind and counts[value.article_id] == 1]
        found = _exclude([value for value in single if kind == "clock" or value.article_id in firm])
        if found:
            return found
    things = Counter((lemma, value.about & CLASSES) for value in affirmed if value.kind == "number" for lemma in value.about)
    for (thing, measure), _ in sorted(things.items(), key=lambda item: (item[0][0] in GENERIC, -item[1], item[0][0], sorted(item[0][1]))):
        held = [value for value in affirmed if value.kind == "number" and thing in value.about and value.about & CLASSES == measure
                and (thing not in GENERIC or value.article_id in firm)]
        found = _exclude(held)
        if found:
            return found
    return _spellings([value for value in affirmed if value.kind == "name"], settings)


def _exclude(held: list[_Stated]) -> list[list[_Stated]]:
    """Split values into groups that fit together; articles that share any fitting value are no conflict."""
    by_article: dict[str, list[_Stated]] = {}
    for value in held:
        by_article.setdefault(value.article_id, []).append(value)
    groups: list[list[str]] = []
    for article in sorted(by_article):
        home = next((group for group in groups if any(_fits(by_article[article], by_article[other]) for other in group)), None)
        if home is None:
            groups.append([article])
        else:
            home.append(article)
    across = ((a, b) for at, group in enumerate(groups) for later in groups[at + 1:] for a in group for b in later)
    if len(groups) < 2 or any(_fits(by_article[a], by_article[b]) for a, b in across):
        return []
    return [[by_article[article][0] for article in group] for group in groups]


def _fits(mine: list[_Stated], theirs: list[_Stated]) -> bool:
    return any(a.low <= b.high and b.low <= a.high for a in mine for b in theirs)


def _spellings(names: list[_Stated], settings: ClaimSettings) -> list[list[_Stated]]:
    """Two spellings of one full name: first or last word equal, the other nearly; an article that prints both is no conflict."""
    printed: dict[str, list[_Stated]] = {}
    for value in names:
        printed.setdefault(" ".join(word for word in value.text.lower().split() if word not in NAME_SUFFIXES), []).append(value)
    for name in sorted(printed):
        for other in sorted(printed):
            first, second = name.split(), other.split()
            if name >= other or len(first) < 2 or len(second) < 2 or (first[0] == second[0]) == (first[-1] == second[-1]):
                continue
            pair = (first[-1], second[-1]) if first[0] == second[0] else (first[0], second[0])
            apart = {value.article_id for value in printed[name]}.isdisjoint(value.article_id for value in printed[other])
            if apart and pair[0][0] == pair[1][0] and SequenceMatcher(None, *pair).ratio() >= settings.name_likeness:
                return [printed[name], printed[other]]
    return []


def _describe(groups: list[list[_Stated]], stated: list[_Stated], printed: pd.DataFrame) -> str:
    """The values in order of their first time, joined by an arrow when the later one came after all of the earlier or denies it."""
    times = pd.to_datetime(printed["published"], utc=True)

    def spread(group: list[_Stated]) -> tuple[pd.Timestamp, pd.Timestamp]:
        found = [times[value.article_id] if not pd.isna(times[value.article_id]) else UNDATED for value in group]
        return min(found), max(found)

    ordered = sorted(groups, key=lambda group: (spread(group)[0], group[0].text))
    parts = []
    for at, group in enumerate(ordered):
        first = min(group, key=lambda value: (times[value.article_id] if not pd.isna(times[value.article_id]) else UNDATED, value.article_id))
        if at:
            before = ordered[at - 1]
            later = spread(before)[1] < spread(group)[0] != UNDATED
            parts.append(" → " if later or _denies(group, before, stated) else " / ")
        source = printed.loc[first.article_id]
        more = f" and {len(group) - 1} more" if len(group) > 1 else ""
        near = " or close to it" if any(abs(value.low + value.high - first.low - first.high) > 1e-9 for value in group) else ""  # 7:40 and 7:41 are no conflict
        parts.append(f"{first.text}{near} ({_when(times[first.article_id], source['precision'])}{source['outlet'] or 'unnamed outlet'}{more})")
    return "".join(parts)


def _denies(group: list[_Stated], before: list[_Stated], stated: list[_Stated]) -> bool:
    here = {value.article_id for value in group}
    denied = [value for value in stated if value.denied and value.article_id in here]
    return any(value.low <= old.high and old.low <= value.high for value in denied for old in before)


def _when(time: pd.Timestamp, precision: str) -> str:
    if pd.isna(time):
        return "no time, "
    return time.strftime("%a %-d %b, " if precision == "day" else "%a %-d %b %H:%M, ")
