"""How loudly each article says what: where its claims and actors stand, and who acts or is acted on.

Two articles can hold the same facts and differ only in what comes first. Position is counted in paragraphs a reader can find
("led by A, paragraph 19 in B"), and weighed by a curve that is the same for all articles of the event.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pandas as pd

from analysis import schema
from analysis.settings import ClaimSettings

CARRIED = ("firm", "likely")
SURE = ("high (alias)", "medium (same head)")
PEOPLE = ("person", "group")
PLURALS = ("people", "police", "crowd", "mob", "public", "government", "council", "army", "police force")
ROLES = ("subject", "object")


def weigh_emphasis(articles: pd.DataFrame, sentences: pd.DataFrame, mentions: pd.DataFrame, claims: pd.DataFrame, settings: ClaimSettings) -> pd.DataFrame:
    """Say for every claim and actor of an event where each article puts it and how much of its weight it gets.

    How to read it: `prominence` is the share of an article's position-weighted mentions of that kind: high = early and often
    *within this article*; compare it inside the event only. `subject_share` high = the actor does things, `object_share`
    high = things are done to it; neither says whether that is fair. `first_paragraph` is 0 for the headline. An actor is counted by its
    names and by nouns that surely stand for it ("the council"), once a sentence, not by pronouns; a place only when it acts somewhere.

    Args:
        articles: ARTICLES of one event.
        sentences: SENTENCES.
        mentions: MENTIONS of the event (may be empty).
        claims: CLAIMS (may be empty).
        settings: weights and actor limits.

    Returns:
        EMPHASIS: claims carried by two articles and more, and actors, have a row in every article (count 0 and
        first_paragraph NaN where absent); a claim of one article has that row only. Sorted by kind, key, article_id.

    Raises:
        TableError: a column is missing.

    Source: weights METHODS 4.4; who is an actor ours.
    """
    for table, contract in ((articles, schema.ARTICLES), (sentences, schema.SENTENCES), (mentions, schema.MENTIONS), (claims, schema.CLAIMS)):
        schema.check_table(table, contract)
    layout = _Layout(articles, sentences, settings)
    rows = layout.rows("claim", *_claim_mentions(claims)) + layout.rows("actor", *_actor_mentions(mentions, settings))
    if not rows:
        return schema.EMPHASIS.empty()
    return pd.DataFrame(rows, columns=list(schema.EMPHASIS.columns)).sort_values(["kind", "key", "article_id"], kind="stable").reset_index(drop=True)


class _Layout:
    """Paragraph and weight of every sentence, and the paragraphs that lead and close each article."""

    def __init__(self, articles: pd.DataFrame, sentences: pd.DataFrame, settings: ClaimSettings) -> None:
        self.articles = sorted(set(articles["article_id"].astype(str)))
        body = sentences[sentences["sentence"] > 0]
        counts = body.groupby("article_id")["sentence"].size().to_dict()
        self.first = body.groupby("article_id")["paragraph"].min().to_dict()
        self.last = body.groupby("article_id")["paragraph"].max().to_dict()
        self.n_paragraphs = body.groupby("article_id")["paragraph"].nunique().to_dict()
        self.paragraph, self.weight = {}, {}
        for article, sentence, paragraph in sentences[["article_id", "sentence", "paragraph"]].itertuples(index=False):
            place = (sentence - 1) / counts[article] if sentence > 0 else 0.0
            self.paragraph[article, sentence] = paragraph
            self.weight[article, sentence] = (settings.headline_weight if sentence == 0 else 1.0 if place < settings.lead_share
                                              else float(np.exp(-settings.decay * place)))

    def rows(self, kind: str, mentions: dict[tuple[str, str], list[tuple[int, str]]], wide: set[str]) -> list[tuple]:
        """Rows of one kind; `mentions` is (key, article) -> [(sentence, role)], `wide` the keys with a row in every article."""
        known = {pair: [(sentence, role) for sentence, role in found if (pair[1], sentence) in self.weight] for pair, found in mentions.items()}
        total: dict[str, float] = defaultdict(float)
        for (_, article), found in known.items():
            total[article] += sum(self.weight[article, sentence] for sentence, _ in found)
        keys = sorted({key for key, _ in known})
        return [self._row(kind, key, article, known.get((key, article), []), total[article])
                for key in keys for article in self.articles if known.get((key, article)) or key in wide]

    def _row(self, kind: str, key: str, article: str, found: list[tuple[int, str]], total: float) -> tuple:
        if not found:
            return (kind, key, article, 0, 0, 0, 0, 0, 0.0 if total else np.nan, np.nan, self.n_paragraphs.get(article, 0), np.nan, np.nan, [])
        places = [self.paragraph[article, sentence] for sentence, _ in found]
        headline = sum(sentence == 0 for sentence, _ in found)
        first, last = self.first.get(article), self.last.get(article)
        lead = sum(sentence > 0 and place == first for (sentence, _), place in zip(found, places, strict=True))
        closing = sum(sentence > 0 and place == last != first for (sentence, _), place in zip(found, places, strict=True))
        weight = sum(self.weight[article, sentence] for sentence, _ in found)
        roles = Counter(role for _, role in found)
        actor = kind == "actor"
        return (kind, key, article, headline, lead, len(found) - headline - lead - closing, closing, len(found), weight / total,
                float(min(places)), self.n_paragraphs.get(article, 0), roles["subject"] / len(found) if actor else np.nan,
                roles["object"] / len(found) if actor else np.nan, sorted({int(sentence) for sentence, _ in found}))


def _claim_mentions(claims: pd.DataFrame) -> tuple[dict[tuple[str, str], list[tuple[int, str]]], set[str]]:
    """(claim, article) -> one mention a sentence; claims of two articles and more get a row everywhere."""
    carried = claims[claims["status"].isin(CARRIED)]
    mentions = {(claim, article): [(int(sentence), "") for sentence in found]
                for claim, article, found in carried[["claim_id", "article_id", "sentences"]].itertuples(index=False)}
    counts = Counter(claim for claim, _ in mentions)
    return mentions, {claim for claim, count in counts.items() if count > 1}


def _actor_mentions(mentions: pd.DataFrame, settings: ClaimSettings) -> tuple[dict[tuple[str, str], list[tuple[int, str]]], set[str]]:
    """(actor, article) -> sentences that mention them, with the actor's role; every actor kept gets a row in every article.

    A sentence counts once: "Roe, the mayor," is no second mention. Of people without a name only several at once are an actor: "the
    senator" may be another one in every sentence.
    """
    sure = mentions[mentions["confidence"].isin(SURE)]
    acting = set(sure.loc[sure["role"] == "subject", "referent"])
    kinds = dict(zip(sure["referent"], zip(sure["kind"], sure["named"], strict=True), strict=True))
    counted = sure[sure["named"].astype(bool) | sure["label"].str.endswith("s") | sure["label"].isin(PLURALS)]
    told = counted.groupby(["referent", "article_id", "sentence"], sort=True)["role"].agg(lambda roles: next((r for r in ROLES if r in set(roles)), ""))
    places: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    counts: Counter[str] = Counter()
    articles: dict[str, set[str]] = defaultdict(set)
    for (actor, article, sentence), role in told.items():
        kind, named = kinds[actor]
        if kind in PEOPLE or (named and actor in acting):
            places[actor, article].append((int(sentence), role))
            counts[actor] += 1
            if not named:
                articles[actor].add(article)
    often = [actor for actor, count in counts.items() if count >= settings.actor_mentions
             and (actor not in articles or (len(articles[actor]) > 1 and count >= settings.noun_mentions))]
    kept = set(sorted(often, key=lambda actor: (-counts[actor], actor))[:settings.max_actors])
    return {pair: sorted(found) for pair, found in places.items() if pair[0] in kept}, kept
