"""Small articles and a tiny encoder for the tests of events: a text's vector counts its letters' hashes, no model needed."""

import hashlib

import numpy as np
import pandas as pd

from analysis.events.candidates import find_candidates
from analysis.events.chains import chain_articles, pair_chained
from analysis.events.group import group_articles
from analysis.events.pairs import score_pairs, weigh_articles

QUAKE = ("A strong earthquake shook the port of Vellmora on Monday and brought down the bell tower. Mayor Ilse Tarnow said nine people were hurt. "
         "Rescue teams from Castrel searched the fish market for survivors.")
STRIKE = ("Bus drivers in Dunhaven walked out on Thursday over a new roster. Union leader Piet Okoro said the depot would stay shut until the company "
          "withdrew its plan. Commuters queued for taxis outside the station.")


def embed(texts):
    """n texts -> (n, 512) unit rows: every word adds one to a slot of its hash, so like words make like rows."""
    rows = np.full((len(texts), 512), 1e-3, dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in text.lower().split():
            row[int.from_bytes(hashlib.sha256(word.strip(".,;:\"").encode()).digest()[:2], "little") % 512] += 1
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def articles(*rows):
    """ARTICLES out of (article_id, title, text, published or None); times of 00:00 are days."""
    table = pd.DataFrame(rows, columns=["article_id", "title", "text", "published"])
    table["published"] = pd.to_datetime(table["published"], utc=True, format="ISO8601")
    at_midnight = table["published"].dt.hour.eq(0) & table["published"].notna()
    table["precision"] = np.where(at_midnight, "day", np.where(table["published"].notna(), "time", ""))
    return table.assign(outlet="", url="", genre="news")


def group(table, settings, constraints=None):
    """The groups of a table, and its scores."""
    vectors = embed((table["title"] + ". " + table["text"]).tolist())
    features = weigh_articles(table, vectors, settings)
    links = chain_articles(score_pairs(features, find_candidates(table, vectors, settings)), settings, constraints)
    scores = score_pairs(features, pair_chained(links, settings))
    return group_articles(table, scores, settings, constraints), scores


def sets_of(groups):
    """The events as a set of sets of article_ids."""
    return {frozenset(found) for _, found in groups.groupby("event_id")["article_id"]}
