"""Another name, another order, another time zone: the same articles give the same figures the whole way through.

Renaming gives every article another id and another place in the alphabet, so whatever hangs on either shows here.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import word_vectors

from analysis import road
from analysis.corpus import read
from analysis.corpus.sentences import split_sentences
from analysis.events.embed import Memory, load_embed, remember
from analysis.schema import COMPARISON_TABLES, Comparison
from analysis.settings import Settings
from analysis.ways import add_languages

pytestmark = pytest.mark.models
CONSTRUCTED = Path(__file__).parents[1] / "seeds" / "constructed" / "articles.jsonl"
TOLD = ("reasons", "conflict")
"""Columns that name outlets inside a sentence; elsewhere a name is a whole cell."""


def wide_vectors(texts) -> np.ndarray:
    """Hashed words as unit rows as wide as the encoder's."""
    return np.hstack([word_vectors(texts), np.zeros((len(texts), 320), dtype=np.float32)])


@pytest.fixture(scope="module")
def articles():
    """The constructed event, its outlets under names that no text mentions: an outlet's own name in its text is folded away."""
    return renamed(add_languages(read.read_table(CONSTRUCTED)[0]), "abcdefgh")


@pytest.fixture(scope="module")
def split(articles):
    """The parser's answer for each text, parsed once for all tests here."""
    sentences, tokens = split_sentences(articles)
    digest = articles.set_index("article_id")["text"]
    kept = {digest[key]: (sentences[sentences["article_id"] == key], tokens[tokens["article_id"] == key]) for key in digest.index}

    def split_again(given):
        parts = [tuple(table.assign(article_id=key) for table in kept[text]) for key, text in zip(given["article_id"], given["text"], strict=True)]
        return tuple(pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True))

    return split_again


def renamed(articles: pd.DataFrame, letters: str = "zyxwvuts") -> pd.DataFrame:
    """Other outlets in another alphabetical order, hence other ids and another order of ids."""
    outlets = {outlet: f"{letters[at]} Paper" for at, outlet in enumerate(articles["outlet"].sort_values().unique())}
    ids = [hashlib.sha256(f"{outlets[row.outlet]} {row.title} {row.text}".encode()).hexdigest()[:16] for row in articles.itertuples()]
    return articles.assign(outlet=articles["outlet"].map(outlets), article_id=ids)


CHANGES = {
    "another name": renamed,
    "another order": lambda articles: articles.iloc[[3, 0, 6, 2, 5, 1, 4]].reset_index(drop=True),
    "another time zone": lambda articles: articles.assign(published=articles["published"].dt.tz_convert("Asia/Kathmandu")),
}


def figures(comparison: Comparison) -> dict[str, list[str]]:
    """Every table as sorted rows in which articles, outlets, origins and claims are named by what they hold."""
    text = {row.article_id: hashlib.sha256((row.title + row.text).encode()).hexdigest()[:8] for row in comparison.articles.itertuples()}
    alias = dict(text)
    alias |= {row.origin_id: "".join(sorted(text[key] for key in comparison.groups.loc[comparison.groups["origin_id"] == row.origin_id, "article_id"]))
              for row in comparison.groups.itertuples()}
    alias |= {row.claim_id: f"{text[row.article_id]} {row.sentence} {row.label}" for row in comparison.claim_index.itertuples()}
    alias |= {row.outlet: text[row.article_id] for row in comparison.articles.sort_values("text").itertuples()}

    def told(value, column=""):
        if isinstance(value, pd.Timestamp):
            return str(value.tz_convert("UTC"))
        if isinstance(value, (list, tuple, np.ndarray)):
            return sorted((told(part) for part in value), key=str) if len(value) and isinstance(value[0], (list, tuple)) else [told(part) for part in value]
        if isinstance(value, str):
            for name in sorted(alias, key=len, reverse=True) if column in TOLD else ():
                value = value.replace(name, alias[name])
            return alias.get(value, value)
        return "nan" if value is None or value is pd.NA or value != value else value

    drop = {"groups": ["why"], "articles": ["provenance", "url", "byline"]}
    tables = {table.name: comparison.tables[table.name].drop(columns=drop.get(table.name, [])).astype(object) for table in COMPARISON_TABLES}
    return {name: sorted(json.dumps([told(value, column) for column, value in zip(table.columns, row, strict=True)], default=str)
                         for row in table.itertuples(index=False)) for name, table in tables.items()}


def differences(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, tuple[list[str], list[str]]]:
    return {name: (sorted(set(rows) - set(after[name]))[:3], sorted(set(after[name]) - set(rows))[:3]) for name, rows in before.items() if rows != after[name]}


@pytest.fixture(scope="module")
def plain(articles, split):
    return figures(road.compare_as_one(articles, wide_vectors, Settings(), split=split))


@pytest.mark.parametrize("change", CHANGES)
def test_no_figure_of_any_table_moves_by(change, articles, split, plain):
    changed = road.compare_as_one(CHANGES[change](articles), wide_vectors, Settings(), split=split)
    assert differences(plain, figures(changed)) == {}


def test_no_figure_moves_with_the_real_encoder_when_all_three_change(articles, split):
    embed, everything = remember(load_embed(Settings().events), Memory()), articles
    for change in CHANGES.values():
        everything = change(everything)
    before, after = (figures(road.compare_as_one(given, embed, Settings(), split=split)) for given in (articles, everything))
    assert differences(before, after) == {}
