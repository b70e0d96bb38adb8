"""When may one say that an article left something out? Only when nearly everyone else has it and the article could have had it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis import schema
from analysis.settings import ClaimSettings

CARRIED = ("firm", "likely")


def mark_left_out(claims: pd.DataFrame, articles: pd.DataFrame, groups: pd.DataFrame, comparability: pd.DataFrame, settings: ClaimSettings) -> pd.DataFrame:
    """Set `left_out` where all of METHODS 4.3's conditions hold; everywhere else an absence is only "not found".

    The conditions: at least `left_out_origins` other comparable origins carry the claim, and they are `left_out_share` of
    the others; the article's closest sentence is far from it; the article is comparable, complete and long enough; and it
    appeared no more than `left_out_hours` before the second origin that carries it. Without a time nothing is left out.

    How to read it: True = the reader of this article alone does not learn what most others report. It does not say why, and
    a sentence that puts it in very different words can still have been missed: the closest one stands in the cell.

    Args:
        claims: CLAIMS of one event.
        articles: ARTICLES.
        groups: GROUPS.
        comparability: COMPARABILITY.
        settings: the conditions' limits.

    Returns:
        CLAIMS with `left_out`, in the given order.

    Raises:
        TableError: a column is missing.

    Source: METHODS 4.3, step 4.
    """
    for table, contract in ((claims, schema.CLAIMS), (articles, schema.ARTICLES), (groups, schema.GROUPS), (comparability, schema.COMPARABILITY)):
        schema.check_table(table, contract)
    if claims.empty:
        return claims.copy()
    event = _Event(articles, groups, comparability, settings)
    marked = claims.assign(left_out=False)
    candidates = claims["status"].eq("not found") & (claims["similarity"] < settings.left_out_similarity) & claims["article_id"].isin(event.able)
    carriers = claims[claims["status"].isin(CARRIED)].groupby("claim_id")["article_id"].agg(list)
    wide = carriers.index[carriers.map(lambda found: len({event.origin[article] for article in found}) >= settings.left_out_origins)]
    rows = claims.loc[candidates & claims["claim_id"].isin(wide), ["claim_id", "article_id"]]
    left_out = [event.lacks(article, carriers[claim], settings) for claim, article in rows.itertuples(index=False)]
    marked.loc[rows.index, "left_out"] = left_out
    return marked


class _Event:
    """Who could have known: times, origins and completeness of one event's articles."""

    def __init__(self, articles: pd.DataFrame, groups: pd.DataFrame, comparability: pd.DataFrame, settings: ClaimSettings) -> None:
        unique = articles.drop_duplicates("article_id").set_index("article_id")
        self.origin = groups.drop_duplicates("article_id").set_index("article_id")["origin_id"].to_dict()
        self.time = pd.to_datetime(unique["published"], utc=True).to_dict()
        self.precision = unique["precision"].to_dict()
        judged = comparability.drop_duplicates("article_id").set_index("article_id")
        self.usable = set(judged.index[judged["verdict"] != "no"])
        whole = set(judged.index[(judged["verdict"] != "no") & (judged["completeness"] == "full")])
        self.able = whole & set(unique.index[unique["n_words"] >= settings.left_out_words])
        self.votes = {self.origin[article] for article in self.usable}

    def lacks(self, article: str, carriers: list[str], settings: ClaimSettings) -> bool:
        """Do enough other origins carry it, and was the article late enough to know?"""
        own = self.origin[article]
        carrying = [carrier for carrier in carriers if carrier in self.usable and self.origin[carrier] != own]
        origins = {self.origin[carrier] for carrier in carrying}
        others = len(self.votes - {own})
        if len(origins) < settings.left_out_origins or not others or len(origins) / others < settings.left_out_share:
            return False
        return self._late_enough(article, carrying, settings)

    def _late_enough(self, article: str, carrying: list[str], settings: ClaimSettings) -> bool:
        first: dict[str, str] = {}
        for carrier in sorted(carrying, key=lambda name: (pd.isna(self.time[name]), pd.Timestamp(self.time[name]).value, name)):
            first.setdefault(self.origin[carrier], carrier)
        dated = [carrier for carrier in first.values() if not pd.isna(self.time[carrier])]
        if pd.isna(self.time[article]) or len(dated) < 2:
            return False
        second = dated[1]
        if "day" in (self.precision[article], self.precision[second]):
            return self.time[article].floor("D") >= self.time[second].floor("D")
        return self.time[article] >= self.time[second] - np.timedelta64(int(settings.left_out_hours * 3600), "s")
