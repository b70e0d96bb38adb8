"""Libraries made up for measuring: events of any size, as long and as tangled as news is, without a line of anybody's news."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pandas as pd

from analysis import pipeline
from analysis.corpus.library import Library
from analysis.schema import ARTICLES

ROOT = Path(__file__).parents[1]
SEED = 20310302
OWN = 0.6  # share of an article's paragraphs that stay its own; the rest are dealt from the others, so that claims are shared and yet differ


def deal_articles(n_articles: int, seed: int = SEED, prefix: str = "made") -> pd.DataFrame:
    """Return ARTICLES about one event, dealt from the paragraphs of the constructed one: every text differs, most facts return elsewhere."""
    dealer = random.Random(seed)
    lines = (ROOT / "seeds" / "constructed" / "articles.jsonl").read_text(encoding="utf8").splitlines()
    kept = [{**json.loads(line), "parts": json.loads(line)["text"].split("\n\n")} for line in lines]
    pool = [part for article in kept for part in article["parts"]]
    rows = []
    for place in range(n_articles):
        base = kept[place % len(kept)]
        parts = [part if dealer.random() < OWN else dealer.choice(pool) for part in base["parts"]]
        text = "\n\n".join(dict.fromkeys(parts))
        rows.append(article_row(f"{prefix}{place:04}", base["outlet"] if place < len(kept) else f"Gazette {place}", base["title"], text,
                                pd.Timestamp("2031-03-02T06:00Z") + pd.Timedelta(minutes=17 * place)))
    return as_articles(rows)


def article_row(article_id: str, outlet: str, title: str, text: str, published: pd.Timestamp) -> dict[str, object]:
    """Return one row of ARTICLES with nothing unknown."""
    return {**dict.fromkeys(ARTICLES.columns, ""), "article_id": article_id, "outlet": outlet, "title": title, "published": published, "precision": "time",
            "url": f"https://example.org/{article_id}", "language": "en", "genre": "news", "text": text, "n_words": len(text.split())}


def as_articles(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return rows as the library wants them."""
    table = pd.DataFrame(rows, columns=list(ARTICLES.columns))
    return table.assign(published=pd.to_datetime(table["published"], utc=True).astype("datetime64[us, UTC]"))


def as_groups(articles: pd.DataFrame, event_ids: list[str], storyline_ids: list[str]) -> pd.DataFrame:
    """Return GROUPS that put each article into the event named beside it, every text an origin of its own."""
    ids = articles["article_id"]
    return pd.DataFrame({"article_id": ids, "event_id": event_ids, "storyline_id": storyline_ids, "origin_id": "o" + ids, "closeness": 0.8,
                         "margin": 0.2, "why": "made up for measuring"})


def make_library(path: Path, sizes: dict[str, int]) -> Library:
    """Make a library of events of these sizes (id -> articles), compared and ready to open."""
    library = pipeline.open_library(path)
    parts = []
    for number, (event_id, size) in enumerate(sizes.items()):
        articles = deal_articles(size, SEED + number, event_id)
        library.add_articles(articles)
        parts.append(as_groups(articles, [event_id] * size, ["line " + event_id] * size))
    library.save_groups(pd.concat(parts, ignore_index=True))
    for event_id in sizes:
        pipeline.load_comparison(library, event_id)
    return library
