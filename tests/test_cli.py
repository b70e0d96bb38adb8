"""The command line: what it prints, what it refuses, and that half an answer is never left behind."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from analysis import cli

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
CONSTRUCTED = SEEDS / "constructed" / "articles.jsonl"


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command line in process: (exit code, stdout, stderr)."""

    def call(*arguments) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["parallax", *map(str, arguments)])
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def bad_inputs(folder: Path) -> dict[str, Path]:
    """One file of each kind that is no article, by what is wrong with it."""
    made = {"missing": folder / "nowhere.txt", "directory": folder / "folder.txt", "empty": folder / "empty.txt", "binary": folder / "binary.txt",
            "not an article": folder / "menu.txt", "wrong encoding": folder / "wrong.txt"}
    made["directory"].mkdir()
    made["empty"].write_bytes(b"")
    made["binary"].write_bytes(bytes(range(256)) * 40)
    made["not an article"].write_text("Home\nNews\nSport\n", encoding="utf8")
    made["wrong encoding"].write_bytes(b"Caf\x81\x8d\x8f\x90\x9d " * 50)
    return made


@pytest.mark.parametrize("fault", ["missing", "directory", "empty", "binary", "not an article", "wrong encoding"])
@pytest.mark.parametrize("command", ["clean", "group", "annotate", "quotes", "compare"])
def test_bad_input_is_one_line_that_names_it_and_exit_2(run, tmp_path, command, fault):
    path = bad_inputs(tmp_path)[fault]
    out = tmp_path / "out.jsonl"
    code, printed, said = run(command, path, "--out", out)
    assert code == 2
    assert path.name in said and len([line for line in said.splitlines() if line.startswith("parallax:")]) == 1
    assert printed == "" and not out.exists() and not list(tmp_path.glob(".out*"))


def test_a_bad_file_among_good_ones_leaves_nothing_on_stdout(run, tmp_path):
    code, printed, said = run("clean", sorted((SEEDS / "articles").glob("*.txt"))[0], tmp_path / "nowhere.txt")
    assert (code, printed) == (2, "") and "nowhere.txt" in said


def test_a_terminal_code_in_a_file_name_is_not_printed(run, tmp_path):
    code, _, said = run("clean", tmp_path / "evil\x1b[31m.txt")
    assert code == 2 and "\x1b" not in said


def test_an_answer_into_a_missing_folder_says_so(run, tmp_path):
    code, _, said = run("quotes", CONSTRUCTED, "--out", tmp_path / "no" / "q.jsonl")
    assert code == 2 and "folder" in said


def test_clean_gives_the_stable_fields_in_the_order_of_the_files(run):
    files = sorted((SEEDS / "articles").glob("*.txt"))
    code, printed, _ = run("clean", *files)
    pages = [json.loads(line) for line in printed.splitlines()]
    assert code == 0 and [page["file"] for page in pages] == [str(path) for path in files]
    assert all(list(page) == ["file", "outlet", "title", "published", "byline", "agency", "language", "text"] for page in pages)


@pytest.mark.models
def test_group_prints_one_row_an_article_in_the_order_given(run):
    code, printed, _ = run("group", CONSTRUCTED)
    rows = list(csv.DictReader(io.StringIO(printed)))
    given = [json.loads(line)["article_id"] for line in CONSTRUCTED.read_text(encoding="utf8").splitlines()]
    assert code == 0 and [row["article_id"] for row in rows] == given
    assert list(rows[0]) == ["article_id", "event_id", "storyline_id", "origin_id", "closeness", "why"]


@pytest.mark.models
def test_annotate_gives_offsets_into_the_text_as_given(run, tmp_path):
    text = "  The minister  “slammed” critics.\r\n\r\nHe was removed from the hall. Prices rose, perhaps."
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"article_id": "a", "title": "A title", "text": text}) + "\n", encoding="utf8")
    code, printed, _ = run("annotate", path)
    rows = [json.loads(line) for line in printed.splitlines()]
    assert code == 0 and rows[0]["sentence"] == 0
    for row in rows[1:]:
        assert text[row["start"]:row["end"]] == row["text"]
    fields = ["article_id", "sentence", "start", "end", "text", "voice", "speaker", "sentiment", "loaded", "loaded_spans", "passive_agentless", "hedges"]
    assert all(list(row) == fields for row in rows)
    assert any(row["hedges"] == ["perhaps"] for row in rows) and any(row["passive_agentless"] for row in rows)


@pytest.mark.models
def test_quotes_gives_speaker_cue_and_offsets(run, tmp_path):
    text = 'The pier is safe.\n\n"We will not close it," said Imelda Thrupp on Tuesday.'
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"article_id": "a", "text": text}) + "\n", encoding="utf8")
    code, printed, _ = run("quotes", path)
    (quote,) = [json.loads(line) for line in printed.splitlines()]
    assert code == 0 and quote["kind"] == "direct" and quote["cue"] == "said"
    assert "We will not close it" in text[quote["start"]:quote["end"]]
    assert text[quote["speaker_start"]:quote["speaker_end"]] == quote["speaker"] == "Imelda Thrupp"


@pytest.mark.models
def test_compare_prints_the_comparison_and_writes_the_report(run, tmp_path):
    html = tmp_path / "report.html"
    code, printed, _ = run("compare", CONSTRUCTED, "--html", html)
    packed = json.loads(printed)
    assert code == 0 and packed["scope"] == "event" and len(packed["tables"]["articles"]) == 7
    page = html.read_text(encoding="utf8")
    assert "<script" not in page and "constructed" in page and "Wendlemouth Ledger" in page


@pytest.mark.models
def test_ingest_twice_adds_nothing_the_second_time(run, tmp_path):
    library = tmp_path / "library.sqlite"
    code, printed, _ = run("ingest", CONSTRUCTED, "--library", library)
    assert code == 0 and "added 7, already there 0" in printed and "7 articles in 1 events" in printed
    code, printed, _ = run("ingest", CONSTRUCTED, "--library", library)
    assert code == 0 and "added 0, already there 7" in printed


@pytest.mark.models
def test_ingest_of_a_folder_names_what_it_refused_and_keeps_the_rest(run, tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "good.txt").write_bytes(sorted((SEEDS / "articles").glob("*.txt"))[1].read_bytes())
    (folder / "menu.txt").write_text("Home\nNews\n", encoding="utf8")
    code, printed, _ = run("ingest", folder, "--library", tmp_path / "library.sqlite")
    assert code == 0 and "added 1" in printed and "menu.txt" in printed and "refused 1" in printed
