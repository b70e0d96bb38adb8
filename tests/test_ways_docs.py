"""Every line of docs/ways-in.md is run: the command line on real files, and on a news server of our own."""

import gzip
import io
import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from conftest import word_vectors
from news_world import STORIES, World, opml, page, rss
from test_ways import BODY, EXPORTS, RECORDS, warc, workbook, zipped

from analysis import cli, pipeline

ROOT = Path(__file__).parents[1]
LINES = [line for line in (ROOT / "docs" / "ways-in.md").read_text(encoding="utf8").split("```sh\n")[1].split("```")[0].splitlines() if line.strip()]
ADDED = {"page.html": 1, "copied-page.txt": 1, "-": 2, "press.jsonl": 6, "blatt.csv": 2, "newsapi.json": 1, "mediacloud.csv": 2, "saved-feed.xml": 2, "http://news.example/ferry": 2,
         "links.txt": 2, "press.zip": 4, "folder": 1}
"""By the first source of a line: how many articles it adds to a fresh library; the three exports hold one page."""


@pytest.fixture(scope="module")
def world():
    with World() as made:
        yield made


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with every file the lines name."""
    folder = tmp_path_factory.mktemp("desk")
    ferry, school = ("\n\n".join([STORIES[name][0], *STORIES[name][2]]) for name in ("ferry", "school"))
    rows = [{"outlet": f"o{i}", "title": f"Title {i}", "text": f"{BODY} Number {i}."} for i in range(9)]
    made = {"page.html": page(), "copied-page.txt": f"Home\nNews\nSport\n{ferry}\nRead also\nTen gardens\n", "pasted.txt": f"{ferry}\n\n=====\n\nOutlet: The Tern\n{school}\n",
            "press.jsonl": json.dumps(rows[0]), "press.json": json.dumps([rows[1]]), "press.csv": pd.DataFrame(rows[2:3]).to_csv(index=False),
            "press.tsv": pd.DataFrame(rows[3:4]).to_csv(index=False, sep="\t"), "press.xlsx": workbook([{**rows[4]}]), "saved-feed.xml": rss(),
            "blatt.csv": pd.DataFrame(RECORDS).to_csv(index=False), "newsapi.json": json.dumps(EXPORTS["NewsAPI"][0]),
            "news-please.json": json.dumps(EXPORTS["news-please"][0]), "trafilatura.json": json.dumps([{**EXPORTS["trafilatura"][0][0], "text": BODY + "Else."}]),
            "mediacloud.csv": pd.DataFrame([{**EXPORTS["Media Cloud"][0][0], "url": "http://news.example/school"}]).to_csv(index=False), "gdelt.json": json.dumps(EXPORTS["GDELT"][0]),
            "links.txt": "http://news.example/ferry\n", "feeds.opml": opml("http://news.example/rss"), "press.zip": zipped(**{"a.html": page()}),
            "press.jsonl.gz": gzip.compress(json.dumps(rows[6]).encode()), "crawl.warc.gz": warc(("http://gull.test/school", page("school").encode(), ""),
                                                                                                 ("http://gull.test/f", page(outlet="Auk").encode(), ""), packed=True)}
    for name, content in made.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    pd.DataFrame(rows[5:6]).to_parquet(folder / "press.parquet")
    (folder / "folder").mkdir()
    (folder / "folder" / "one.html").write_text(page(), encoding="utf8")
    return folder


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split()[4])
def test_a_line_of_the_docs_adds_what_it_says(line, desk, world, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(pipeline.kept_.embed_, "load_embed", lambda settings: word_vectors)
    way_out = pipeline.open_web
    monkeypatch.setattr(pipeline, "open_web", lambda *given: replace(way_out(*given), network=world.network()))
    monkeypatch.chdir(desk)
    command, _, fed = line.partition(" < ")
    words = [str(tmp_path / word) if word in ("my.sqlite",) or line.split()[3] == "feeds" and word == "feeds.opml" else word for word in shlex.split(command)]
    assert words[:3] == [".venv/bin/python", "-m", "analysis"]
    if fed:
        monkeypatch.setattr(sys, "stdin", io.StringIO((desk / fed).read_text(encoding="utf8")))
    monkeypatch.setattr(sys, "argv", words[2:])
    _run()
    printed = capsys.readouterr().out
    if words[3] == "feeds":
        assert "<opml" in (tmp_path / "feeds.opml").read_text(encoding="utf8")
    else:
        assert f"added {ADDED[words[4]]}, already there" in printed and "refused 0;" in printed, printed


def _run():
    try:
        cli.main()
    except SystemExit as stop:
        assert not stop.code
