"""Grouping beside plain methods on the same labelled files: B-cubed F and seconds, as docs/grouping.md prints them.

    .venv/bin/python -m benchmarks.bench_groups DATA VECTORS

DATA holds the labelled sets (basil, seesaw, neus_roundups, ecbplus as .jsonl.gz), VECTORS is a folder for the article vectors,
made on the first run. Every plain method gets its best cut on the very set it is scored on; ours has one set of settings for
all. BERTopic is measured when it can be imported (it is no requirement of the tool).
"""

import collections
import gzip
import importlib.util
import json
import os
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.feature_extraction.text import TfidfVectorizer

from analysis.events.candidates import find_candidates
from analysis.events.chains import chain_articles, pair_chained
from analysis.events.embed import lead_text, load_embed
from analysis.events.explain import explain_groups
from analysis.events.gatherings import mark_gatherings
from analysis.events.group import group_articles
from analysis.events.pairs import score_pairs, weigh_articles
from analysis.settings import EventSettings

SETS = ("basil", "seesaw", "neus_roundups", "ecbplus")
NEUS_EVENTS = 307
CUTS = np.linspace(0.02, 0.9, 89)


def read_set(folder, name, *, dates):
    """Return ARTICLES of one set as the bench feeds them, and the gold events."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf8") as lines:
        rows = [json.loads(line) for line in lines]
    if name == "neus_roundups":
        first = set(sorted({row["event"] for row in rows})[:NEUS_EVENTS])
        rows = [row for row in rows if row["event"] in first]
    table = pd.DataFrame({
        "article_id": [f"{name}-{i}" for i in range(len(rows))], "outlet": [str(row.get("outlet") or row.get("lean") or "") for row in rows],
        "title": [row.get("title") or "" for row in rows], "text": [" ".join(row["sentences"]) if "sentences" in row else row["text"] for row in rows],
        "published": pd.to_datetime(pd.Series([row.get("date") if dates else None for row in rows]), utc=True), "url": "", "genre": "news"})
    return table.assign(precision=np.where(table["published"].notna(), "day", "")), [row["event"] for row in rows]


def group_all(articles, vectors, settings, constraints=None):
    """Run the stages of grouping in their order: (groups, scores)."""
    marked = mark_gatherings(articles, settings)
    features = weigh_articles(marked, vectors, settings)
    links = chain_articles(score_pairs(features, find_candidates(marked, vectors, settings)), settings, constraints)
    scores = score_pairs(features, pair_chained(links, settings))
    groups = group_articles(marked, scores, settings, constraints)
    return explain_groups(marked, groups, scores, settings, constraints), scores


def bcubed(gold, pred):
    by_gold, by_pred = collections.Counter(gold), collections.Counter(pred)
    both = collections.Counter(zip(gold, pred, strict=True))
    precision = statistics.fmean(both[g, p] / by_pred[p] for g, p in zip(gold, pred, strict=True))
    recall = statistics.fmean(both[g, p] / by_gold[g] for g, p in zip(gold, pred, strict=True))
    return precision, recall, 2 * precision * recall / (precision + recall)


def best_cut(similarity, gold, method):
    """Cut a linkage at every height and keep the best: the most a plain method could do here."""
    apart = np.clip(1 - similarity, 0, None)
    np.fill_diagonal(apart, 0)
    tree = linkage(squareform((apart + apart.T) / 2, checks=False), method)
    return max((bcubed(gold, fcluster(tree, 1 - cut, "distance").tolist()) for cut in CUTS), key=lambda figures: figures[2])


def tfidf(articles):
    rows = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), stop_words="english").fit_transform(articles["title"] + ". " + articles["text"])
    return (rows @ rows.T).toarray()


def topics(articles, vectors):
    from bertopic import BERTopic
    from umap import UMAP

    model = BERTopic(min_topic_size=2, umap_model=UMAP(n_neighbors=5, n_components=5, min_dist=0.0, metric="cosine", random_state=1))
    found, _ = model.fit_transform(articles["text"].tolist(), vectors)
    return [f"topic {topic}" if topic >= 0 else f"alone {i}" for i, topic in enumerate(found)]


def vectors_of(articles, name, folder):
    path = folder / f"{name}.npy"
    if not path.exists():
        os.makedirs(folder, exist_ok=True)
        np.save(path, load_embed(EventSettings())(lead_text(articles, EventSettings())))
    return np.load(path)


def say(name, method, figures, seconds):
    print(f"| {name} | {method} | {figures[0]:.3f} | {figures[1]:.3f} | {figures[2]:.3f} | {seconds:.1f} |", flush=True)


def measure(name, method, run, gold):
    began = time.perf_counter()
    figures = run()
    say(name, method, figures if isinstance(figures, tuple) else bcubed(gold, figures), time.perf_counter() - began)


def ours(articles, vectors, settings):
    groups, _ = group_all(articles, vectors, settings)
    return groups.set_index("article_id")["event_id"].reindex(articles["article_id"]).tolist()


def main(data, folder):
    settings = EventSettings()
    print("| set | method | precision | recall | B³F | seconds |\n|---|---|---|---|---|---|")
    for name in SETS:
        articles, gold = read_set(data, name, dates=False)
        vectors = vectors_of(articles, name, folder)
        alike = vectors @ vectors.T
        measure(name, "TF-IDF, average link, best cut", lambda a=articles, g=gold: best_cut(tfidf(a), g, "average"), gold)
        measure(name, "MiniLM, average link, best cut", lambda s=alike, g=gold: best_cut(s, g, "average"), gold)
        measure(name, "MiniLM, single link, best cut", lambda s=alike, g=gold: best_cut(s, g, "single"), gold)
        if importlib.util.find_spec("bertopic"):
            measure(name, "BERTopic, topics of 2 or more", lambda a=articles, v=vectors: topics(a, v), gold)
        for label, dates in (("no dates", False), ("dates", True)):
            articles = read_set(data, name, dates=dates)[0]
            if dates and articles["published"].isna().all():
                continue
            for shift, said in ((0.0, ""), (-0.05, ", cut -0.05"), (0.05, ", cut +0.05")):
                moved = replace(settings, event_cut=settings.event_cut + shift)
                measure(name, f"Parallax, {label}{said}", lambda a=articles, v=vectors, s=moved: ours(a, v, s), gold)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
