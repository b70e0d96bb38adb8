"""One fact, as worded by each article that carries it.

Clauses of different origins are paired when each is the other's nearest and they agree in words and figures; the pairs are
joined into claims around the wording nearest to all others. Where an article has no such clause the cell says so, with the
article's closest sentence, because the reader must be able to overrule a similarity.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from analysis import schema
from analysis.framing.claim_units import DECIMALS, Event, Evidence
from analysis.settings import ClaimSettings

FIRM, LIKELY, UNSURE, ABSENT = "firm", "likely", "cannot tell", "not found"


def align_claims(evidence: Evidence, settings: ClaimSettings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join linked units into claims and give each claim a cell in every article, one vote an origin.

    How to read it: "firm" = states the same fact; "likely" = probably, look; "not found" = not found in the text we have, with
    its closest sentence; "cannot tell" = a near sentence exists, or the text is cut, a teaser or in another language.
    None of it says why an article lacks a claim.

    Args:
        evidence: the event's tables.
        settings: thresholds.

    Returns:
        CLAIM_INDEX, most widely carried first, and CLAIMS, one row a claim and article in that order; both empty without
        units. Conflicts are '' and `left_out` False here; `mark_conflicts` and `mark_left_out` fill them. Above `full_grid`
        articles, a claim of a single origin has rows for its carriers only.

    Raises:
        TableError: a column is missing, or vectors and units differ in number.

    Source: METHODS 4.2, 4.3; figures in benchmarks/bench_claims.py.
    """
    for table, contract in ((evidence.units, schema.UNITS), (evidence.links, schema.LINKS), (evidence.articles, schema.ARTICLES),
                            (evidence.groups, schema.GROUPS), (evidence.comparability, schema.COMPARABILITY)):
        schema.check_table(table, contract)
    if len(evidence.units) != len(evidence.vectors):
        raise schema.TableError(f"{len(evidence.vectors)} vectors for {len(evidence.units)} units", where="units", remedy="Embed units.text in its order")
    event = Event(evidence, settings)
    if not len(event.founders):
        return schema.CLAIM_INDEX.empty(), schema.CLAIMS.empty()
    told = [claim for claim in _absorb(event, _components(event, settings), settings) if not event.inner.issuperset(claim.members) or _shared(event, claim)]
    claims = [_with_twins(event, claim) for claim in told]
    cells = _cells(event, claims, settings)
    mentions = _mentions(event, claims, cells, settings)
    index = _index(event, claims, mentions)
    order = index.sort_values(["n_origins", "spread", "place"], ascending=[False, False, True], kind="stable").index.tolist()
    table = _table(event, [(index.at[at, "claim_id"], cells[at], mentions[at]) for at in order])
    return index.loc[order, list(schema.CLAIM_INDEX.columns)].reset_index(drop=True), table


@dataclass
class _Claim:
    """One claim in the making: its units, the label among them, and the units that agree firmly with the label."""

    label: int
    members: list[int]
    firm: set[int]


def _components(event: Event, settings: ClaimSettings) -> list[_Claim]:
    """Mutual pairs joined; members far from the label and not linked to it are set free to form their own claim."""
    kept = event.links[event.links["mutual"] & (event.links["agreement"] >= settings.likely)]
    graph = coo_matrix((np.ones(len(kept)), (kept["one"], kept["other"])), shape=(len(event.units), len(event.units)))
    component = connected_components(graph, directed=False)[1]
    parts: dict[int, list[int]] = {}
    for unit in event.founders.tolist():
        parts.setdefault(int(component[unit]), []).append(unit)
    pairs: dict[int, set[int]] = {}
    for one, other in kept[["one", "other"]].itertuples(index=False):
        pairs.setdefault(int(one), set()).add(int(other))
        pairs.setdefault(int(other), set()).add(int(one))
    claims, waiting = [], list(parts.values())
    while waiting:
        part = waiting.pop()
        label = _label(event, part)
        held = pairs.get(label, set()) | {label}
        near = np.round(event.vectors[part] @ event.vectors[label], DECIMALS) >= settings.medoid
        members = [unit for unit, close in zip(part, near.tolist(), strict=True) if close or unit in held]
        near_label = event.strength.get(label, {})
        claims.append(_Claim(label, members, {unit for unit in members if unit == label or near_label.get(unit, 0.0) >= settings.firm}))
        waiting.extend(_reconnect(sorted(set(part) - set(members)), pairs))
    return sorted(claims, key=lambda claim: claim.label)


def _label(event: Event, part: list[int]) -> int:
    """The unit nearest to all others, of a comparable article if there is one; ties go to the first in order."""
    nearness = _nearness(event, part)
    fit = event.usable[event.article[part]]
    return int(part[int(np.where(fit | ~fit.any(), nearness, -np.inf).argmax())])


def _nearness(event: Event, part: list[int]) -> np.ndarray:
    """How near each unit is to all others, each origin counted once."""
    origins = event.origin[event.article[part]]
    centre = np.mean([event.vectors[np.asarray(part)[origins == origin]].mean(axis=0) for origin in np.unique(origins)], axis=0)
    return np.round(event.vectors[part] @ centre, DECIMALS)


def _reconnect(part: list[int], pairs: dict[int, set[int]]) -> list[list[int]]:
    """Components of the units left over, by the links among themselves."""
    left, found = set(part), []
    while left:
        queue, seen = [min(left)], set()
        while queue:
            unit = queue.pop()
            if unit not in seen:
                seen.add(unit)
                queue.extend((pairs.get(unit, set()) & left) - seen)
        left -= seen
        found.append(sorted(seen))
    return found


def _absorb(event: Event, claims: list[_Claim], settings: ClaimSettings) -> list[_Claim]:
    """Let a lone unit join the claim of its nearest when they agree firmly: an outlet may state one fact in two sentences."""
    home = {unit: claim for claim in claims if len(claim.members) > 1 for unit in claim.members}
    kept = []
    for claim in claims:
        strength = event.strength.get(claim.label, {})
        best = max((other for other in strength if other in home), key=lambda other: (strength[other], -other), default=None)
        if len(claim.members) > 1 or best is None or strength[best] < settings.firm:
            kept.append(claim)
        else:
            home[best].members.append(claim.label)
    return kept


def _shared(event: Event, claim: _Claim) -> bool:
    """Does more than one article state the claim? A clause that one has inside a sentence is told by the sentence."""
    return len(set(event.article[claim.members].tolist())) > 1


def _with_twins(event: Event, claim: _Claim) -> _Claim:
    """The claim with every further print of its wordings."""
    members = [twin for unit in claim.members for twin in event.twins.get(unit, [unit])]
    return _Claim(claim.label, members, {twin for unit in claim.firm for twin in event.twins.get(unit, [unit])})


def _cells(event: Event, claims: list[_Claim], settings: ClaimSettings) -> list[dict[int, tuple[int, str, float]]]:
    """For each claim: article -> (unit, status, cosine to the label)."""
    wide = len(event.articles) > settings.full_grid
    cells = [_carried(event, claim, settings) for claim in claims]
    open_claims = [at for at, claim in enumerate(claims) if not wide or len({event.origin[a] for a in cells[at]}) > 1]
    hints = {at: _hinted(event, {*claims[at].members, *(unit for unit, _, _ in cells[at].values())}, settings) for at in open_claims}
    spans = np.searchsorted(event.article, np.arange(len(event.articles) + 1))
    for first in range(0, len(open_claims), settings.block):
        block = open_claims[first:first + settings.block]
        cosines = np.round(event.vectors[[claims[at].label for at in block]] @ event.vectors.T, DECIMALS)
        for article in range(len(event.articles)):
            low, high = spans[article], spans[article + 1]
            if low == high:
                continue
            nearest = cosines[:, low:high].argmax(axis=1) + low
            for row, at in enumerate(block):
                if article not in cells[at]:
                    unit = int(nearest[row])
                    close = float(cosines[row, unit])
                    sure = event.whole[article] and close < settings.near and article not in hints[at]
                    cells[at][article] = (unit, ABSENT if sure else UNSURE, close)
    return cells


def _hinted(event: Event, wordings: set[int], settings: ClaimSettings) -> set[int]:
    """Articles with a unit that half agrees with a wording of the claim: it is not surely missing there.

    Where one origin alone has the claim, a clause inside its sentence counts, too: who says part of it does not surely lack the rest.
    """
    found = set()
    if len(set(event.origin[event.article[list(wordings)]].tolist())) == 1:
        wordings = wordings.union(*(event.holds.get(unit, ()) for unit in wordings))
    for member in wordings:
        found.update(int(event.article[other]) for other, agreement in event.strength.get(member, {}).items() if agreement >= settings.hint)
    return found


def _carried(event: Event, claim: _Claim, settings: ClaimSettings) -> dict[int, tuple[int, str, float]]:
    """Cells of the articles that state the claim: its members, and units that agree firmly with one though taken by another claim.

    Of several units of an article the one nearest to all stands in the cell: beside a label that tells a little more, another would be nearest.
    """
    found: dict[int, tuple[int, str, float]] = {}
    cosine = dict(zip(claim.members, np.round(event.vectors[claim.members] @ event.vectors[claim.label], DECIMALS).tolist(), strict=True))
    nearness = dict(zip(claim.members, _nearness(event, claim.members).tolist(), strict=True))
    for unit in sorted(claim.members, key=lambda unit: (unit != claim.label, unit not in claim.firm, -nearness[unit], unit)):
        found.setdefault(int(event.article[unit]), (unit, FIRM if unit in claim.firm else LIKELY, 1.0 if unit == claim.label else cosine[unit]))
    lent: dict[int, tuple[float, int]] = {}
    for member in claim.members:
        for other, agreement in event.strength.get(member, {}).items():
            article = int(event.article[other])
            if article not in found and agreement >= settings.firm:
                lent[article] = max(lent.get(article, (0.0, 0)), (agreement, -other))
    for article, (_, negative) in lent.items():
        found[article] = (-negative, LIKELY, float(np.round(event.vectors[-negative] @ event.vectors[claim.label], DECIMALS)))
    return found


def _mentions(event: Event, claims: list[_Claim], cells: list[dict[int, tuple[int, str, float]]], settings: ClaimSettings) -> list[dict[int, list[int]]]:
    """For each claim: article that carries it -> every sentence of it that states it, 0 = title."""
    headlines, numbers, found = _headlines(event, claims, cells, settings), event.units["sentence"].tolist(), []
    for at, (claim, cell) in enumerate(zip(claims, cells, strict=True)):
        stated = {article: {numbers[unit]} for article, (unit, status, _) in cell.items() if status in (FIRM, LIKELY)}
        for unit in claim.members:
            stated[int(event.article[unit])].add(numbers[unit])
        found.append({article: sorted(said | ({0} if (at, article) in headlines else set())) for article, said in stated.items()})
    return found


def _index(event: Event, claims: list[_Claim], mentions: list[dict[int, list[int]]]) -> pd.DataFrame:
    """CLAIM_INDEX in the order of `claims`, with `place` = first relative position, by which equal claims are ranked."""
    units, rows = event.units, []
    names, starts, ends, texts = (units[column].tolist() for column in ("article_id", "start", "end", "text"))
    numbers = units["sentence"].tolist()
    for claim, stated in zip(claims, mentions, strict=True):
        origins = {int(event.origin[article]) for article in stated}
        voting = origins & event.votes
        places = [said[0] / event.last_sentence[article] for article, said in stated.items()]
        coverage = "one" if len(origins) == 1 else "all" if event.votes and voting == event.votes else "some"
        key = hashlib.sha256(f"{names[claim.label]}|{numbers[claim.label]}|{starts[claim.label]}|{ends[claim.label]}".encode()).hexdigest()[:12]
        rows.append((key, texts[claim.label], names[claim.label], numbers[claim.label], len(origins), len(voting) / len(event.votes) if event.votes else np.nan,
                     coverage, float(max(places) - min(places)), "", float(min(places))))
    return pd.DataFrame(rows, columns=[*schema.CLAIM_INDEX.columns, "place"])


def _table(event: Event, ranked: list[tuple[str, dict[int, tuple[int, str, float]], dict[int, list[int]]]]) -> pd.DataFrame:
    """CLAIMS: one row a claim and article, articles by id inside a claim."""
    by_id = np.argsort(event.articles["article_id"].astype(str).to_numpy(), kind="stable").tolist()
    paragraph_of = dict(zip(zip(event.article.tolist(), event.units["sentence"].tolist(), strict=True), event.units["paragraph"].tolist(), strict=True))
    rows = [(claim_id, article, *cell[article], stated.get(article, [])) for claim_id, cell, stated in ranked for article in by_id if article in cell]
    claim_ids, articles, units, statuses, similarity, sentences = zip(*rows, strict=True)
    firsts = [paragraph_of.get((article, said[0]), 0) if said else pd.NA for article, said in zip(articles, sentences, strict=True)]
    cut = event.units.iloc[list(units)].reset_index(drop=True)
    credit = cut["speaker"].where(np.isin(statuses, [FIRM, LIKELY]), "")
    table = pd.DataFrame({"claim_id": claim_ids, "article_id": event.articles["article_id"].to_numpy()[list(articles)], "status": statuses, "left_out": False,
                          "first": pd.array(firsts, dtype="Int64"), "sentence": cut["sentence"], "paragraph": cut["paragraph"], "start": cut["start"],
                          "end": cut["end"], "wording": cut["text"], "similarity": similarity, "attribution": credit, "conflict": "", "sentences": sentences})
    return table[list(schema.CLAIMS.columns)]


def _headlines(event: Event, claims: list[_Claim], cells: list[dict[int, tuple[int, str, float]]], settings: ClaimSettings) -> set[tuple[int, int]]:
    """(claim, article) pairs whose title states the claim: close to the article's own wording of it, or to the label."""
    found = set()
    lemmas = event.units["lemmas"].tolist()
    for title in event.titles.tolist():
        article = int(event.article[title])
        here = [(at, cell[article][0], claim.label) for at, (claim, cell) in enumerate(zip(claims, cells, strict=True))
                if article in cell and cell[article][1] in (FIRM, LIKELY)]
        for at, own, label in here:
            score = max(_closeness(event, lemmas, title, other, settings) for other in (own, label))
            if score >= settings.headline:
                found.add((at, article))
    return found


def _closeness(event: Event, lemmas: list[frozenset[str]], one: int, other: int, settings: ClaimSettings) -> float:
    shared = len(lemmas[one] & lemmas[other])
    return float(event.vectors[one] @ event.vectors[other]) + settings.overlap_weight * shared / max(len(lemmas[one] | lemmas[other]), 1)
