"""The Method page says what the benchmarks' page says, and shows where the tool may be wrong on the reader's own articles."""

from sample_comparison import make_comparison

from dashboard import quality

PAGE = """# Title

| run | what |
|---|---|
| `x` | left out |

## Voices (a, `b`)

| | P / R | of [people](https://x.example) |
|---|---|---|
| held out | .9 / **.8** | \\|a\\| .5 |

One sentence
over two lines.

```sh
left out
```

## Empty
"""


def test_tables_and_sentences_are_read_without_their_signs():
    (part,) = quality.read_quality(PAGE)
    assert part.title == "Voices (a, b)" and part.sentences == ("One sentence over two lines.",)
    assert part.tables == ((("what", "P / R", "of people"), (("held out", ".9 / .8", "|a| .5"),)),)


def test_a_title_names_no_file():
    page = "## Cues (one reader; labels/cues.csv)\n\nA.\n\n## Claims (one reader; labels/claims.csv: 300 pairs, 60 cells)\n\nB.\n"
    assert [part.title for part in quality.read_quality(page)] == ["Cues (one reader)", "Claims (one reader; 300 pairs, 60 cells)"]


def test_the_shipped_page_is_read_whole():
    text = quality.PAGE.read_text(encoding="utf8")
    parts = quality.read_quality(text)
    assert {"Cleaning"} <= {part.title for part in parts} and sum(len(part.tables) for part in parts) >= 4
    assert all(len(row) == len(head) for part in parts for head, rows in part.tables for row in rows)


def test_a_page_of_nothing_gives_nothing():
    assert quality.read_quality("") == [] and quality.read_quality("# only a title") == []


def test_examples_of_failure_are_the_least_sure_ones():
    from dashboard.views import failures

    chosen = make_comparison()
    lanes = failures.data.figures.make_lanes(chosen.articles)
    chosen.tables["claims"] = chosen.claims.assign(similarity=[0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.75, 0.1, 0.9, 0.3])
    empty = chosen.claims[chosen.claims["status"].isin(["not found", "cannot tell"])]
    rows = failures._missed(chosen, lanes)
    # of the empty cells the one most like its claim comes first
    top = empty.sort_values("similarity", ascending=False).iloc[0]
    assert rows[0][1] == top["wording"] and len(rows) == failures.EACH
    assert failures._split_speakers(chosen, lanes) == []
    voices = chosen.voices.assign(article_id="a1", speaker=["Ilse Brandt", "Brandt", "Oto Lind", "Lindqvist"])
    chosen.tables["voices"] = voices
    assert [row[1:] for row in failures._split_speakers(chosen, lanes)] == [["Brandt", "Ilse Brandt"]]
