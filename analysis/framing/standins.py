"""Numbers in place of ids while an event is compared, so that no figure hangs on what an article or its outlet is called.

Equal scores are settled by order all along the way (which of two wordings is the label, which sum is taken first). An id is made
from the outlet's name, so that order would change with a rename; the order of time and of the texts themselves does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import pandas as pd

from analysis import schema

ID_COLUMNS = ("article_id", "other_id")


def number_articles(articles: pd.DataFrame, groups: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """Give each article a number by time and content for an id, and each origin the number of its first article.

    Args:
        articles: ARTICLES of one event.
        groups: GROUPS of them.

    Returns:
        ARTICLES in that order and GROUPS, both with numbers, and number -> id. Articles that print the same words at the same time
        keep the order of outlet and id: they are alike in all that is measured.

    Raises:
        TableError: a column is missing.

    Source: ours: reason.
    """
    schema.check_table(articles, schema.ARTICLES)
    schema.check_table(groups, schema.GROUPS)
    content = [hashlib.sha256(f"{title}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
               for title, text in zip(articles["title"], articles["text"], strict=True)]
    ordered = articles.assign(content=content).sort_values(["published", "content", "outlet", "article_id"], na_position="last", ignore_index=True)
    numbers = [f"{at:06d}" for at in range(len(ordered))]
    number_of = dict(zip(ordered["article_id"], numbers, strict=True))
    numbered = groups.assign(article_id=groups["article_id"].map(number_of)).sort_values("article_id", ignore_index=True)
    first = numbered.groupby("origin_id")["article_id"].transform("min")
    ordered = ordered.drop(columns="content").assign(article_id=numbers)
    return ordered, numbered.assign(origin_id=first), {number: article for article, number in number_of.items()}


def restore_ids(tables: Mapping[str, pd.DataFrame], ids: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Put the ids back into every table of a comparison, and name each claim by its label's article, sentence and words.

    Args:
        tables: the tables by name, made from `number_articles`' answer.
        ids: number -> article_id.

    Returns:
        The tables in the given order of rows.
    """
    index = tables["claim_index"]
    claim_ids = {row.claim_id: hashlib.sha256(f"{ids[row.article_id]}|{row.sentence}|{row.label}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
                 for row in index.itertuples(index=False)}
    restored = {}
    for name, table in tables.items():
        columns = {column: table[column].map(ids) for column in ID_COLUMNS if column in table}
        columns |= {column: table[column].map(lambda key: claim_ids.get(key, key)) for column in ("claim_id", "key") if column in table}
        if "elsewhere" in table:
            columns["elsewhere"] = [[[ids[article], sentence] for article, sentence in places] for places in table["elsewhere"]]
        restored[name] = table.assign(**columns)
    return restored


def digest_articles(articles: pd.DataFrame) -> str:
    """Return a short digest of articles' contents, whatever their order."""
    parts = sorted(f"{row.article_id}\0{row.outlet}\0{row.title}\0{row.published}\0{row.text}" for row in articles.itertuples(index=False))
    return hashlib.sha256("\0\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
