"""Whether tendencies over events are told where they are, and not where outlet names were shuffled.

    python -m benchmarks.bench_tendencies DATA LIBRARY

DATA holds basil.jsonl.gz (one event, three outlets; its own events are taken as they are). LIBRARY is a file to make: parses,
vectors and contrasts are kept there, so that a second run takes seconds. Prints one line a measure (difference and effect size
of each outlet against the other two, events needed to see the largest at 80 % power), what is said of it, and in how many of
100 runs with outlet names shuffled inside every event anything at all is said.
"""

import gzip
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from analysis import kept, pipeline, schema
from analysis.framing import selfchecks, tendencies
from analysis.settings import Settings

SETTINGS = Settings()
POWER, LEVEL = 0.8, 0.05


def fill(library, folder):
    """Put the set's articles and its own events into the library."""
    with gzip.open(Path(folder) / "basil.jsonl.gz", "rt", encoding="utf8") as lines:
        records = [json.loads(line) for line in lines]
    articles = pd.DataFrame([{
        **dict.fromkeys(schema.ARTICLES.columns, ""), "article_id": record["id"], "outlet": record["outlet"], "title": record["title"],
        "published": pd.Timestamp(record["date"], tz="UTC"), "precision": "day", "language": "en", "genre": "news",
        "text": "\n\n".join(record["sentences"]), "n_words": sum(len(sentence.split()) for sentence in record["sentences"]),
    } for record in records])
    library.add_articles(articles)
    ids = [record["id"] for record in records]
    library.save_groups(pd.DataFrame({"article_id": ids, "event_id": [str(record["event"]) for record in records], "storyline_id": "s", "origin_id": ids,
                                      "closeness": 1.0, "margin": 1.0, "why": ""}))


def events_needed(effect):
    """Smallest number of events at which a two-sided paired t-test sees this effect size at the power wanted."""
    for n in [*range(3, 200), *range(200, 10_000, 50)]:
        bar = stats.t.ppf(1 - LEVEL / 2, n - 1)
        if stats.nct.sf(bar, n - 1, abs(effect) * np.sqrt(n)) >= POWER:
            return str(n)
    return "> 10,000"


def main(folder, path):
    library = pipeline.open_library(Path(path))
    if library.groups().empty:
        fill(library, folder)
    contrasts, articles, groups = kept.contrasts_of(library, SETTINGS, lambda step: print(step, file=sys.stderr))
    found = tendencies.find_tendencies(contrasts, articles, groups, SETTINGS.claims)
    known = contrasts.merge(articles[["article_id", "outlet"]], on="article_id")
    own = known.groupby(["measure", "outlet"])["difference"].agg(["mean", "std", "count"]).reset_index()
    own["effect"] = own["mean"] / own["std"]
    order = own.groupby("measure")["effect"].agg(lambda values: values.abs().max()).sort_values(ascending=False)
    said = found.set_index(["outlet", "measure"])
    for place, (measure, effect) in enumerate(order.items(), 1):
        parts = [f"{row.outlet} {row.mean:+8.3f} (d {row.effect:+.2f}) {said.loc[(row.outlet, measure), 'says']}"
                 for row in own[own["measure"] == measure].itertuples()]
        print(f"{place:2} {measure:22} needs {events_needed(effect):>8}  " + "  |  ".join(parts))
    check = selfchecks.check_shuffled_names(contrasts, articles, groups, tendencies.find_tendencies, replace(SETTINGS.claims, shuffle_runs=100))
    print(check["detail"].iloc[0], "passed" if check["passed"].all() else "FAILED")
    library.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
