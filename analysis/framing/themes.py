"""Themes an article dwells on, against the others on the same event.

A theme is a handful of sentences that describe it; a sentence belongs to the theme it is nearest to, measured against how near the
event's sentences are to that theme anyway. That alone gives a theme to whatever is least unlike it, so the sentence must also be near it
in itself and clearly nearer than to any other. Themes follow the topic, so only contrasts inside one event say anything.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.schema import GROUPS, SENTENCES, THEMES, Embed, TableError, check_table
from analysis.settings import SentimentSettings

DESCRIPTORS: dict[str, tuple[str, ...]] = {
    "money and jobs": ("This is about costs, prices, wages and jobs.", "It will be expensive for taxpayers and companies.",
                       "The budget, the market and the economy are affected."),
    "law and courts": ("This is about a law, a lawsuit or a ruling by a court.", "A judge, a prosecutor or a lawyer argues the case.",
                       "It is a question of rights under the constitution."),
    "politics and tactics": ("This is about parties, elections and votes in parliament.", "A politician seeks an advantage over a rival.",
                             "Support in the polls and in the party is at stake."),
    "crime and police": ("Police arrested a suspect after a crime.", "This is about an investigation, weapons or violence.",
                         "Officers searched the scene for evidence."),
    "security and war": ("This is about soldiers, attacks and the defence of a country.", "The military launched strikes near the border.",
                         "Terrorism threatens national security."),
    "people and suffering": ("Families tell how the event changed their lives.", "Victims and relatives grieve for those they lost.",
                             "A person describes pain, fear or hope."),
    "health and safety": ("Doctors and hospitals treat patients.", "This is about disease, injuries or public safety.",
                          "People are warned to protect their health."),
    "morals and beliefs": ("This is about what is right and wrong.", "Faith, religion and values are appealed to.",
                           "Leaders speak of duty, shame and honour."),
    "fairness and equality": ("A group is treated unfairly or discriminated against.", "This is about racism, sexism and equal rights.",
                              "Minorities demand the same treatment as others."),
    "relations between countries": ("Diplomats of two countries negotiate an agreement.", "This is about sanctions, treaties and foreign leaders.",
                                    "Other governments react to the decision."),
    "public opinion and protest": ("Crowds march in the streets to protest.", "People post their reactions on social media.",
                                   "A survey shows what the public thinks."),
    "plans and solutions": ("Officials present a plan to solve the problem.", "New rules and programmes are to prevent it from happening again.",
                            "Experts recommend what should be done next."),
}


def measure_themes(vectors: np.ndarray, embed: Embed) -> np.ndarray:
    """Return how near each sentence is to each theme, as the mean cosine to its descriptors: (n, themes)."""
    rows = embed([sentence for sentences in DESCRIPTORS.values() for sentence in sentences])  # in one call: twelve of three cost twice as much
    ends = np.cumsum([len(sentences) for sentences in DESCRIPTORS.values()])
    centres = np.vstack([part.mean(axis=0) for part in np.split(rows, ends[:-1])]).astype(np.float64)
    return np.round(vectors.astype(np.float64) @ centres.T, 6)


def standardise_themes(near: np.ndarray, texts: list[str]) -> np.ndarray:
    """Return how much nearer each sentence is to each theme than the event's sentences are: z-scores.

    Standardised over the distinct sentences given, so that a reprint weighs nothing.
    """
    first = np.unique(np.array(texts, dtype=object).astype(str), return_index=True)[1]
    spread = near[first].std(axis=0)
    return np.round((near - near[first].mean(axis=0)) / np.where(spread > 0, spread, 1.0), 6)


def assign_themes(near: np.ndarray, scores: np.ndarray, settings: SentimentSettings) -> np.ndarray:
    """Return each sentence's theme by its place in DESCRIPTORS, -1 where none stands out.

    Args:
        near: of `measure_themes`. scores: of `standardise_themes`. settings: the theme_ limits.
    """
    best = scores.argmax(axis=1)
    clear = (scores.max(axis=1) >= settings.theme_height) & (_leads(scores, best) >= settings.theme_lead)
    close = (near[np.arange(len(near)), best] >= settings.theme_nearness) & (_leads(near, best) >= settings.theme_gap)
    return np.where(clear & close, best, -1)


def _leads(table: np.ndarray, best: np.ndarray) -> np.ndarray:
    """Return how far the chosen column of each row is above the highest of the others."""
    rows, others = np.arange(len(table)), table.copy()
    others[rows, best] = -np.inf
    return table[rows, best] - others.max(axis=1)


def _told(body: pd.DataFrame, origin_of: pd.Series, settings: SentimentSettings) -> list[str]:
    """Return the themes that two origins have, or one article in several sentences: one sentence of one article is no dwelling."""
    counts = body[body["theme"] != ""].groupby(["theme", "article_id"]).size().rename("count").reset_index()
    counts["origin"] = counts["article_id"].map(origin_of)
    told = counts.groupby("theme").agg(origins=("origin", "nunique"), most=("count", "max"))
    kept = set(told.index[(told["origins"] > 1) | (told["most"] >= settings.theme_alone)])
    return [theme for theme in DESCRIPTORS if theme in kept]


def _compare_origins(shares: pd.DataFrame, origin_of: pd.Series) -> pd.DataFrame:
    """Return, for article x theme shares, the mean over the other origins; an origin's share is the mean of its articles."""
    origins = shares.groupby(origin_of).mean()
    if len(origins) < 2:
        return shares * np.nan
    others = (origins.sum() - origins) / (len(origins) - 1)
    return others.loc[origin_of.loc[shares.index]].set_axis(shares.index)


def find_themes(
    sentences: pd.DataFrame, vectors: np.ndarray, embed: Embed, groups: pd.DataFrame, settings: SentimentSettings,
) -> pd.DataFrame:
    """Find which themes each article dwells on, more or less than the others on the event.

    How to read it: share is the part of the article's body sentences that stand out as belonging to the theme within this event;
    most sentences belong to none. "Dwells on" is all it says: not a frame, not an intention. How often one reader agreed stands in
    benchmarks/README.md.

    Args:
        sentences: columns of SENTENCES for one event. vectors: (n, m) unit rows in the table's order. embed: the same encoder.
        groups: article_id and origin_id for the event. settings: the theme_ limits.

    Returns:
        THEMES, article x theme in order of article and theme, zero shares too; others and difference NaN with one origin. Only
        themes that two origins have, or one article in `theme_alone` sentences. Empty under `theme_sentences` distinct body
        sentences: too few to say what stands out.

    Raises:
        TableError: a column is missing, or vectors do not stand row by row beside the sentences.

    Source: METHODS 5; descriptors ours.
    """
    check_table(sentences, SENTENCES)
    if missing := [column for column in ("article_id", "origin_id") if column not in groups.columns]:
        raise TableError(f"the table lacks {', '.join(missing)}", where=GROUPS.name, column=missing[0])
    if len(vectors) != len(sentences):
        raise TableError(f"{len(vectors)} vectors for {len(sentences)} sentences", where="find_themes")
    kept = (sentences["sentence"] > 0).to_numpy() & sentences["article_id"].isin(groups["article_id"]).to_numpy()
    body = sentences.loc[kept, ["article_id", "sentence", "text"]].reset_index(drop=True)
    if body["text"].nunique() < settings.theme_sentences:
        return THEMES.empty()
    near = measure_themes(vectors[kept], embed)
    found = assign_themes(near, standardise_themes(near, body["text"].tolist()), settings)
    body["theme"] = [list(DESCRIPTORS)[at] if at >= 0 else "" for at in found]
    origin_of = groups.set_index("article_id")["origin_id"]
    names = _told(body, origin_of, settings)
    if not names:
        return THEMES.empty()
    n = body.groupby("article_id").size()
    counts = body.groupby(["article_id", "theme"]).size().unstack(fill_value=0).reindex(columns=names, fill_value=0)
    shares = counts.div(n, axis=0)
    others = _compare_origins(shares, origin_of.reindex(shares.index))
    places = body.sort_values("sentence").groupby(["article_id", "theme"])["sentence"].agg(list).to_dict()
    rows = [
        (theme, article_id, shares.at[article_id, theme], others.at[article_id, theme],
         shares.at[article_id, theme] - others.at[article_id, theme], n[article_id], places.get((article_id, theme), []))
        for article_id in shares.index for theme in names
    ]
    return pd.DataFrame(rows, columns=list(THEMES.columns))
