"""What tests share: a tiny embedding that needs no model, articles by hand, and a guard that fails whatever reaches for the network."""

import functools
import hashlib
import re

import numpy as np
import pandas as pd
import pytest
from network_guard.watching import no_network, pytest_configure, pytest_sessionfinish  # noqa: F401 - hooks and a fixture of every test
from streamlit.components.v2 import manifest_scanner

from analysis.schema import ARTICLES

pytest_plugins = ["pages_in_process"]


def word_vectors(texts) -> np.ndarray:
    """Unit rows from hashed words: texts that share words are near, nothing is loaded."""
    rows = np.zeros((len(texts), 64), dtype=np.float32)
    for i, text in enumerate(texts):
        for word in re.findall(r"\w+", text.lower()):
            digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
            rows[i, digest[0] % 64] += 1 if digest[1] % 2 else -1
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)


def articles_of(*rows: dict) -> pd.DataFrame:
    """An ARTICLES table from a few fields a row; the rest takes the contract's 'unknown'."""
    table = pd.DataFrame([{**dict.fromkeys(ARTICLES.columns, ""), "genre": "news", "language": "en", "published": None, **row} for row in rows],
                         columns=list(ARTICLES.columns))
    table["published"] = pd.to_datetime(table["published"], utc=True).astype("datetime64[us, UTC]")
    table["precision"] = ["" if pd.isna(time) else given or "time" for time, given in zip(table["published"], table["precision"], strict=True)]
    table["n_words"] = [len(text.split()) for text in table["text"]]
    return table


def paragraphs(text):
    """A SENTENCES table with one sentence a paragraph, so that no parser is needed."""
    rows, start = [], 0
    for number, paragraph in enumerate(text.split("\n\n"), start=1):
        rows.append(("a", number, number, start, start + len(paragraph), paragraph))
        start += len(paragraph) + 2
    return pd.DataFrame(rows, columns=["article_id", "sentence", "paragraph", "start", "end", "text"])


@pytest.fixture(scope="session", autouse=True)
def one_look_at_installed_components():
    """Streamlit reads the metadata of every installed package for each page a test opens, half of such a test; one look a session is enough."""
    kept, manifest_scanner.scan_component_manifests = manifest_scanner.scan_component_manifests, functools.cache(manifest_scanner.scan_component_manifests)
    yield
    manifest_scanner.scan_component_manifests = kept


@pytest.fixture
def fake_embed():
    return word_vectors
