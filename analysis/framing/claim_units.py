"""What one event's claims are aligned from: its clauses in a fixed order, who prints them, how they are linked. A part of `claims`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from analysis.settings import ClaimSettings

DECIMALS = 5  # of a cosine; beyond, its bits depend on how products are batched


@dataclass(frozen=True)
class Evidence:
    """The tables of one event that claims are aligned from.

    Attributes:
        units: UNITS with `speaker` (see `credit_units`).
        vectors: (len(units), m) float32 unit rows, in the order of `units`.
        links: LINKS of those units.
        articles: ARTICLES of the event.
        groups: GROUPS.
        comparability: COMPARABILITY.
    """

    units: pd.DataFrame
    vectors: np.ndarray
    links: pd.DataFrame
    articles: pd.DataFrame
    groups: pd.DataFrame
    comparability: pd.DataFrame


class Event:
    """One event's units sorted by origin, article and place, so that nothing hangs on the order of the rows given.

    Of a wording that an origin prints several times only the first founds and joins claims; its `twins` follow it. So a text printed
    once more moves no claim.
    """

    def __init__(self, evidence: Evidence, settings: ClaimSettings) -> None:
        origin_of = evidence.groups.drop_duplicates("article_id").set_index("article_id")["origin_id"].astype(str)
        articles = evidence.articles.drop_duplicates("article_id").assign(origin=lambda table: table["article_id"].map(origin_of))
        self.articles = articles.sort_values(["origin", "article_id"], kind="stable").reset_index(drop=True)
        self.origin = np.unique(self.articles["origin"].astype(str), return_inverse=True)[1]
        owner = pd.Index(self.articles["article_id"]).get_indexer(evidence.units["article_id"])
        place = evidence.units.assign(article=owner, row=np.arange(len(evidence.units)))
        place = place.sort_values(["article", "sentence", "start", "end"], kind="stable").reset_index(drop=True)
        self.units, self.article = place, place["article"].to_numpy(dtype=int)
        rows = place["row"].to_numpy(dtype=int)
        self.vectors = np.ascontiguousarray(np.asarray(evidence.vectors, dtype=np.float32)[rows]) if len(rows) else np.zeros((0, 1), np.float32)
        position = np.empty(len(rows), dtype=int)
        position[rows] = np.arange(len(rows))
        links = evidence.links
        self.links = pd.DataFrame({"one": position[links["unit"].to_numpy(dtype=int)], "other": position[links["other"].to_numpy(dtype=int)],
                                   "agreement": links["agreement"].to_numpy(dtype=float), "mutual": links["mutual"].to_numpy(dtype=bool)})
        words = place["text"].str.split().str.len().to_numpy(dtype=int)
        sentence = place["sentence"].to_numpy(dtype=int)
        self.titles = np.flatnonzero(sentence == 0)
        sizes = (sentence > 0) & (words >= settings.min_words) & (words <= settings.max_words)
        worded = pd.MultiIndex.from_arrays([self.origin[self.article], place["text"]]).factorize()[0]
        self.twins: dict[int, list[int]] = {}
        founder: dict[int, int] = {}
        for unit in np.flatnonzero(sizes).tolist():
            self.twins.setdefault(founder.setdefault(int(worded[unit]), unit), []).append(unit)
        self.founders = np.array(list(self.twins), dtype=int)
        self.holds = _inside(place)
        self.inner = {inner for held in self.holds.values() for inner in held}
        judged = evidence.comparability.drop_duplicates("article_id").set_index("article_id").reindex(self.articles["article_id"])
        self.usable = judged["verdict"].ne("no").to_numpy()
        known = self.articles["language"].isin(["", settings.language]).to_numpy()
        self.whole = judged["completeness"].eq("full").to_numpy() & known
        self.votes = set(self.origin[self.usable].tolist())
        self.last_sentence = np.ones(len(self.articles))
        np.maximum.at(self.last_sentence, self.article, sentence)
        self.strength: dict[int, dict[int, float]] = {}
        for first, second, agreement in self.links[["one", "other", "agreement"]].itertuples(index=False):
            for one, other in product(self.twins.get(int(first), [int(first)]), self.twins.get(int(second), [int(second)])):
                self.strength.setdefault(one, {})[other] = agreement
                self.strength.setdefault(other, {})[one] = agreement


def _inside(units: pd.DataFrame) -> dict[int, list[int]]:
    """Unit -> the units inside it: clauses of its sentence, which say nothing that it does not."""
    spans: dict[tuple, list[tuple[int, int, int]]] = {}
    for unit, (article_id, sentence, start, end) in enumerate(zip(units["article_id"], units["sentence"], units["start"], units["end"], strict=True)):
        spans.setdefault((article_id, sentence), []).append((unit, start, end))
    holds = {unit: [other for other, first, last in spans[key] if start <= first and last <= end and last - first < end - start]
             for key, here in spans.items() for unit, start, end in here}
    return {unit: held for unit, held in holds.items() if held}
