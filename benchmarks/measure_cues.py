"""Precision of each cue against the hand labels in benchmarks/labels/cues.csv.

    python -m benchmarks.measure_cues DATA      (DATA: folder with basil, seesaw and polnear .jsonl.gz)

The labels hold no news text: set, article, sentence number, offsets, right or wrong. Round "tuning" was read while the rules were narrowed;
round "fresh" was drawn afterwards from marks nobody had read. A label whose mark the rules no longer make is left out.
"""

import gzip
import json
import sys
from pathlib import Path

import pandas as pd

from analysis import road
from analysis.corpus.sentences import split_sentences
from analysis.events.embed import load_embed
from analysis.framing.cues import find_cues
from analysis.framing.quotes import find_quoted
from analysis.framing.references import resolve_speakers
from analysis.framing.speakers import name_speakers
from analysis.framing.statements import find_statements
from analysis.framing.voices import mark_voices
from analysis.schema import Embed
from analysis.settings import Settings

LABELS = Path(__file__).parent / "labels" / "cues.csv"
KEY = ["article_id", "start", "kind"]


def labelled_articles(data: Path, name: str, ids: set[str]) -> pd.DataFrame:
    """The labelled articles of one set; sentences given as a list are set as paragraphs, as they were when labelled."""
    with gzip.open(data / f"{name}.jsonl.gz", "rt", encoding="utf8") as lines:
        rows = [json.loads(line) for line in lines]
    found = [(row["id"], row.get("title") or "", row.get("text") or "\n\n".join(s if isinstance(s, str) else s["text"] for s in row["sentences"]))
             for row in rows if row["id"] in ids]
    return pd.DataFrame(found, columns=["article_id", "title", "text"])


def cues_of(articles: pd.DataFrame, embed: Embed) -> pd.DataFrame:
    sentences, tokens = split_sentences(articles)
    quoted = find_quoted(articles, sentences)
    quotes = name_speakers(sentences, tokens, quoted, find_statements(sentences, tokens, quoted))
    found = resolve_speakers(sentences, tokens, quotes)
    parsed = road.Parsed(mark_voices(sentences, found), tokens, quoted, found)
    loaded = road.score(parsed, embed, Settings()).cues.query("kind == 'loaded'")
    return pd.concat([find_cues(sentences, tokens, found, quoted), loaded])


def main() -> None:
    embed = load_embed(Settings().events)
    labels = pd.read_csv(LABELS, dtype={"article_id": str})
    kept = [own.merge(cues_of(labelled_articles(Path(sys.argv[1]), name, set(own["article_id"])), embed)[KEY], on=KEY) for name, own in labels.groupby("set")]
    table = pd.concat(kept)
    print(table.groupby(["kind", "round"])["right"].agg(["size", "mean"]).round(3).to_string())
    print(table.groupby("kind")["right"].agg(["size", "mean"]).round(3).to_string())


if __name__ == "__main__":
    main()
