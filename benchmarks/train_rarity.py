"""Make analysis/data/news_idf.npz: in how many documents of ordinary news English each word and word pair occurs.

    python benchmarks/train_rarity.py DATA

DATA is the folder with page_text, nyt_vader and newsmtsc, the three sets whose licence (MIT) lets weights be made from them.
The table holds hash slots and document counts: no text can be read out of it.
"""

import gzip
import hashlib
import json
import random
import sys
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

TARGET = Path(__file__).parents[1] / "analysis" / "data" / "news_idf.npz"
WORDS_A_DOCUMENT = 300  # about one news article
LEAST_DOCUMENTS = 2  # a term seen once says nothing about its rarity


def read_rows(path):
    with gzip.open(path, "rt", encoding="utf8") as lines:
        return [json.loads(line) for line in lines]


def documents(folder):
    """Yield pieces of 300 words; sentences of one source stay together, sources are shuffled."""
    sources = {("page", i): [row["body"]] for i, row in enumerate(read_rows(folder / "page_text.jsonl.gz"))}
    for row in read_rows(folder / "nyt_vader.jsonl.gz"):
        sources.setdefault(("editorial", row["doc"]), []).append(row["text"])
    for row in read_rows(folder / "newsmtsc.jsonl.gz"):
        sentences = sources.setdefault(("report", *row["id"].split("_")[:3]), [])
        if row["text"] not in sentences:
            sentences.append(row["text"])
    pieces = [" ".join(texts) for texts in sources.values()]
    random.Random(1).shuffle(pieces)
    words = " ".join(pieces).split()
    return [" ".join(words[at : at + WORDS_A_DOCUMENT]) for at in range(0, len(words), WORDS_A_DOCUMENT)]


def main(folder):
    texts = documents(Path(folder))
    table = {"n_documents": np.int64(len(texts))}
    for n in (1, 2):
        hasher = HashingVectorizer(n_features=1 << 20, ngram_range=(n, n), stop_words="english", alternate_sign=False, norm=None)
        found = np.asarray((hasher.transform(texts) > 0).sum(axis=0)).ravel()
        slots = np.flatnonzero(found >= LEAST_DOCUMENTS)
        table |= {f"slots_{n}": slots.astype(np.uint32), f"documents_{n}": found[slots].astype(np.uint16)}
    np.savez_compressed(TARGET, **table)
    digest = hashlib.sha256(TARGET.read_bytes()).hexdigest()
    TARGET.with_suffix(".json").write_text(json.dumps({
        "what": "document counts of hashed words (slots_1) and word pairs (slots_2) in pieces of 300 words; slots of scikit-learn's HashingVectorizer, 2**20",
        "source": [
            "page_text: bodies of 126 pages", "nyt_vader: editorial sentences (Hutto and Gilbert 2014)", "newsmtsc: sentences (Hamborg and Donnay 2021)"],
        "licence": "MIT (all three)", "made_by": "benchmarks/train_rarity.py", "n_documents": len(texts), "sha256": digest}, indent=1) + "\n", encoding="utf8")
    print(len(texts), {k: len(v) for k, v in table.items() if v.ndim}, TARGET.stat().st_size, digest)


if __name__ == "__main__":
    main(sys.argv[1])
