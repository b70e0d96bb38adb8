"""kill -9 at random moments, two a run: what is there after running again equals what an undisturbed run leaves. 200 runs: benchmarks/kill_library.py."""

import pytest
from library_kills import digest_of, kill_once, time_undisturbed, write_source
from library_soak import soak

from analysis import pipeline


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    source = write_source(folder / "articles.jsonl")
    return source, *time_undisturbed(folder, source)


@pytest.mark.parametrize("seed", range(3))
def test_a_run_killed_twice_and_run_again_leaves_what_an_undisturbed_one_does(whole, tmp_path, seed):
    source, took, wanted = whole
    kill_once(tmp_path / "killed.sqlite", source, seed, took)
    library = pipeline.open_library(tmp_path / "killed.sqlite")
    assert digest_of(library) == wanted and library.unfinished() == []
    library.close()


def test_one_writer_and_fifty_readers_do_not_lock_each_other_out(tmp_path):
    found = soak(tmp_path / "soak.sqlite", 8, processes=2, threads=25)
    assert found["rounds"] >= 50 and found["articles"] >= 20 and found["log MB"] < 64
    assert pipeline.check_library(tmp_path / "soak.sqlite") == []
