"""Nothing is lost: bundles out and in, backups of a library in use, checks that notice, faults that are told."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from conftest import word_vectors
from library_desk import contents, fill, harm, judge, made_articles
from test_cli import run  # noqa: F401

from analysis import pipeline
from analysis.corpus.library import open_library
from analysis.schema import InputError, LibraryError
from analysis.settings import Settings

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A filled library that is closed, and what it holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.kept_.embed_, "load_embed", lambda settings: word_vectors)
        path = tmp_path_factory.mktemp("made") / "library.sqlite"
        library = pipeline.open_library(path)
        fill(library)
        truth = contents(library)
        library.close()
    return path, truth


@pytest.fixture
def path(made, tmp_path):
    return Path(shutil.copy(made[0], tmp_path / "library.sqlite"))


@pytest.fixture(autouse=True)
def no_model(monkeypatch):
    monkeypatch.setattr(pipeline.kept_.embed_, "load_embed", lambda settings: word_vectors)


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_a_bundle_brings_everything_back_as_it_was(made, path, tmp_path, name):
    library = pipeline.open_library(path)
    rows = pipeline.export_library(library, tmp_path / name)
    library.close()
    assert (rows["articles"], rows["repairs"], rows["corrections"], rows["marks"]) == (60, 3, 4, 3)
    back = pipeline.open_library(tmp_path / "back.sqlite")
    assert pipeline.import_library(back, tmp_path / name, Settings())["articles"] == 60
    assert contents(back) == made[1] and back.unfinished() == []
    assert set(pipeline.import_library(back, tmp_path / name, Settings()).values()) == {0}
    assert contents(back) == made[1]
    back.close()
    assert pipeline.check_library(tmp_path / "back.sqlite") == []
    assert not list(tmp_path.glob(".*"))


def test_a_bundle_is_open_to_any_program(path, tmp_path):
    library = pipeline.open_library(path)
    pipeline.export_library(library, tmp_path / "bundle")
    library.close()
    table = pd.read_parquet(tmp_path / "bundle" / "articles.parquet")
    assert list(table["article_id"]) == [f"a{i}" for i in range(60)]
    marks = [json.loads(line) for line in (tmp_path / "bundle" / "marks.jsonl").read_text(encoding="utf8").splitlines()]
    assert [mark["pupil"] for mark in marks] == ["K7", "K7", "M2"]


def test_a_bundle_joins_another_library_which_keeps_its_own_and_takes_over_repairs_and_corrections(path, tmp_path):
    library = pipeline.open_library(path)
    pipeline.export_library(library, tmp_path / "bundle")
    wanted = library.articles(["a4", "a6"])
    library.close()
    other = pipeline.open_library(tmp_path / "other.sqlite")
    own = made_articles(10).assign(article_id=[f"own{i}" for i in range(10)])  # the first ten articles under other ids
    other.add_articles(own)
    pipeline.regroup(other, Settings(), set(own["article_id"]))
    kept = pipeline.mark(other, "e", "own1", (0, 0, 2), pupil="Z1")
    assert pipeline.import_library(other, tmp_path / "bundle", Settings()) == {"articles": 50, "repairs": 3, "corrections": 4, "marks": 3}
    shown = other.articles(["own4", "own6"])
    assert list(shown["title"]) == list(wanted["title"]) and list(shown["published"]) == list(wanted["published"])
    assert list(other.repairs()["article_ids"])[0] == ["own1"] and list(other.marks()["article_id"]) == ["own1", "own1", "own1", "own2"]
    assert other.marks()["mark_id"].iloc[0] == kept and other.ungrouped() == []
    other.close()
    assert pipeline.check_library(tmp_path / "other.sqlite") == []


@pytest.mark.parametrize("harmed", ["articles.parquet", "repairs.jsonl", "bundle.json", "missing", "newer", "another zip"])
def test_a_damaged_bundle_is_refused_before_anything_is_added(path, tmp_path, harmed):
    library = pipeline.open_library(path)
    pipeline.export_library(library, tmp_path / "bundle")
    library.close()
    given, folder = tmp_path / "bundle", tmp_path / "bundle"
    if harmed == "missing":
        (folder / "articles.parquet").unlink()
    elif harmed == "newer":
        manifest = json.loads((folder / "bundle.json").read_text())
        (folder / "bundle.json").write_text(json.dumps({**manifest, "version": 99}))
    elif harmed == "another zip":
        given = tmp_path / "a.zip"
        with zipfile.ZipFile(given, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(folder / "bundle.json", "bundle.json")
    else:
        raw = bytearray((folder / harmed).read_bytes())
        raw[len(raw) // 2] ^= 1
        raw[1] ^= 1
        (folder / harmed).write_bytes(raw)
    back = pipeline.open_library(tmp_path / "back.sqlite")
    with pytest.raises(InputError):
        pipeline.import_library(back, given, Settings())
    assert back.count_articles() == 0
    back.close()


def test_a_forged_article_is_refused_though_the_files_digests_fit(path, tmp_path):
    library = pipeline.open_library(path)
    pipeline.export_library(library, tmp_path / "bundle")
    library.close()
    file = tmp_path / "bundle" / "articles.parquet"
    table = pq.read_table(file).to_pandas()
    table.loc[3, "title"] = "Forged"
    table.to_parquet(file)
    manifest = json.loads((tmp_path / "bundle" / "bundle.json").read_text())
    manifest["files"]["articles.parquet"] |= {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "bytes": file.stat().st_size}
    (tmp_path / "bundle" / "bundle.json").write_text(json.dumps(manifest))
    back = pipeline.open_library(tmp_path / "back.sqlite")
    with pytest.raises(InputError, match="not as it was written"):
        pipeline.import_library(back, tmp_path / "bundle", Settings())
    assert back.count_articles() == 0
    back.close()


def test_a_backup_taken_while_somebody_writes_is_whole(path, tmp_path):
    library = pipeline.open_library(path)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            rows = made_articles(5, seed=number).assign(article_id=[f"w{number}-{i}" for i in range(5)])
            library.add_articles(rows.assign(title=rows["title"] + f" {number}", url="", text=rows["text"] + f" {number}"))
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            pipeline.backup_library(library, tmp_path / f"copy{number}.sqlite")
    finally:
        stop.set()
        writer.join()
    for number in range(3):
        copy = pipeline.open_library(tmp_path / f"copy{number}.sqlite")
        assert copy.count_articles() % 5 == 0 and copy.count_articles() >= 60
        copy.close()
    with pytest.raises(InputError, match="already"):
        pipeline.backup_library(library, tmp_path / "copy0.sqlite")
    library.close()


@pytest.mark.parametrize("seed", range(28))
def test_a_harmed_library_is_refused_or_right_and_never_silently_wrong(made, path, seed):
    kind = harm(path, seed)
    verdict = judge(path, made[1])
    assert verdict in ("refused", "right"), kind


def test_an_unharmed_library_is_right(made, path):
    assert judge(path, made[1]) == "right"


@pytest.mark.parametrize(("statement", "fault"), [
    ("UPDATE articles SET text = text || 'x' WHERE article_id = 'a7'", "article 'a7'"), ("UPDATE articles SET outlet = 'O' WHERE article_id = 'a7'", "article 'a7'"),
    ("DELETE FROM groups WHERE article_id = 'a7'", "groups"), ("UPDATE groups SET event_id = 'e' WHERE article_id = 'a7'", "groups"),
    ("DELETE FROM repairs WHERE number = 3", "repairs is missing"), ("UPDATE repairs SET reason = 'x' WHERE number = 2", "repairs is not as"),
    ("DELETE FROM marks WHERE number = 1", "marks"), ("UPDATE corrections SET value = 'x'", "corrections"), ("UPDATE vectors SET row = key WHERE key LIKE 'v%'", "20 vectors"),
    ("DELETE FROM aliases WHERE article_id = 'a7'", "aliases"), ("UPDATE dropped SET reason = 'x'", "dropped"), ("UPDATE kept SET blob = x'00'", "1 kept answers"),
    ("PRAGMA foreign_keys=OFF; DELETE FROM articles WHERE article_id = 'a40'", "missing"),
])
def test_check_and_doctor_say_what_another_program_changed(path, statement, fault):
    with closing(sqlite3.connect(path)) as other:
        other.executescript(statement)
    assert any(fault in found for found in pipeline.check_library(path)), pipeline.check_library(path)
    wrong = [finding for finding in pipeline.examine_library(path) if not finding.well]
    assert any(fault in finding.says for finding in wrong) and all(finding.remedy for finding in wrong)


def test_mending_clears_what_can_be_made_again_and_nothing_else(made, path):
    with closing(sqlite3.connect(path)) as other:
        other.executescript("UPDATE vectors SET row = x'00' WHERE key = 'v3'; UPDATE kept SET blob = x'00'; DELETE FROM groups WHERE article_id = 'a7'; "
                            "INSERT INTO words(words, rowid, title, text) VALUES ('delete', 9, 'old', 'pier');")
    assert pipeline.check_library(path) != []
    done = pipeline.mend_library(path)
    assert len(done) == 4 and pipeline.check_library(path) == []
    library = pipeline.open_library(path)
    assert library.articles().to_json(orient="records", date_format="iso") == made[1]["articles"] and len(library.ungrouped()) == 60
    assert library.search('"old pier"') == made[1]['search "old pier"'] and len(library.get_many([f"v{i}" for i in range(20)])) == 19
    library.close()


def test_a_full_disk_is_told_loses_nothing_and_the_batch_is_not_there(path):
    program = ("import resource, sys; sys.path[:0] = ['.', 'tests']\n"
               "from library_desk import made_articles\nfrom analysis import pipeline\nfrom analysis.schema import LibraryError\n"
               "library = pipeline.open_library(sys.argv[1])\n"
               "import os, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
               "size = os.path.getsize(sys.argv[1]) + 200_000\nresource.setrlimit(resource.RLIMIT_FSIZE, (size, size))\n"
               "try:\n    [library.add_articles(made_articles(80, seed=s).assign(article_id=[f's{s}-{i}' for i in range(80)], url='')) for s in range(1, 30)]\n"
               "except LibraryError as error:\n    print(error.problem)\n")
    done = subprocess.run([sys.executable, "-c", program, str(path)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    assert "disk" in done.stdout
    assert pipeline.check_library(path) == []
    library = pipeline.open_library(path)
    assert library.count_articles() % 20 == 0 and len(library.articles(["a0", "a59"])) == 2
    library.close()


def test_an_export_that_cannot_be_written_leaves_nothing(path, tmp_path, monkeypatch):
    library = pipeline.open_library(path)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for name in ("bundle", "bundle.zip"):
        with pytest.raises(LibraryError, match="No space left"):
            pipeline.export_library(library, tmp_path / name)
    with pytest.raises(LibraryError, match="No space left"):
        pipeline.backup_library(library, tmp_path / "copy.sqlite")
    assert sorted(file.name.split("-")[0] for file in tmp_path.iterdir()) == ["library.sqlite"] * len(list(tmp_path.iterdir()))
    library.close()


def test_the_command_line_keeps_a_library(run, path, tmp_path):  # noqa: F811
    library = ["--library", path]
    assert run("check", *library)[:2] == (0, "everything is as it was written\n")
    assert run("doctor", *library)[0] == 0
    code, said, _ = run("correct", *library, "a9", "genre", "opinion", "--reason", "a column")
    assert code == 0
    assert run("correct", *library, "--undo", said.strip())[0] == 0
    assert len(run("corrections", *library)[1].splitlines()) == 6
    assert run("backup", *library, tmp_path / "copy.sqlite")[0] == 0
    assert run("export", *library, tmp_path / "b.zip")[1].startswith("wrote 60 articles")
    assert run("import", "--library", tmp_path / "new.sqlite", tmp_path / "b.zip")[1].startswith("added 60 articles")
    assert run("import", "--library", tmp_path / "new.sqlite", path)[0] == 2
    assert run("doctor", "--library", tmp_path / "nowhere.sqlite")[0] == 2
    with closing(sqlite3.connect(path)) as other:
        other.executescript("UPDATE articles SET text = 'x' WHERE article_id = 'a7'")
    assert run("check", *library)[0] == run("doctor", *library)[0] == 2
    assert "wrong: article 'a7'" in run("doctor", *library)[1]


def test_an_old_library_is_copied_before_it_is_changed(tmp_path):
    path = Path(shutil.copy(ROOT / "tests" / "fixtures" / "library_v1.sqlite", tmp_path / "old.sqlite"))
    open_library(path).close()
    with closing(sqlite3.connect(tmp_path / "old.sqlite.version-1")) as copy:
        assert copy.execute("SELECT value FROM meta WHERE key = 'version'").fetchone() == ("1",)
        assert copy.execute("SELECT COUNT(*) FROM articles").fetchone() == (7,)
