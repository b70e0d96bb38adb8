"""Every command in the README is run, and every file it points to is there."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf8")
COMMANDS = [line.split(" #")[0].strip() for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line.strip()]
ANALYSIS = [command for command in COMMANDS if "-m analysis" in command]


RUNNER = """
import contextlib, io, json, os, runpy, sys
told = []
for folder, words in json.load(sys.stdin):
    os.mkdir(folder)
    os.chdir(folder)
    sys.argv, code = ["analysis", *words], 0
    with (io.TextIOWrapper(io.BytesIO()) as printed, io.TextIOWrapper(io.BytesIO()) as says):
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(says):
            try:
                runpy.run_module("analysis", run_name="__main__", alter_sys=True)
            except SystemExit as ended:
                code = ended.code or 0
        printed.flush(), says.flush()
        told.append([code, printed.buffer.getvalue().decode(), says.buffer.getvalue().decode(), sorted(os.listdir())])
print(json.dumps(told))
"""
"""Runs `python -m analysis …` once for each command, each in a folder of its own: models are loaded once for all of them, not once for each."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> dict[str, list]:
    """What each command of the README gave in a process that knows nothing but the repository: exit code, stdout, stderr, files made."""
    home, jobs = tmp_path_factory.mktemp("readme"), []
    for number, command in enumerate(ANALYSIS):
        python, dash, module, *words = command.split()
        assert (python, dash, module) == (".venv/bin/python", "-m", "analysis")
        jobs.append((str(home / str(number)), [str(ROOT / word) if word.startswith("seeds/") else word for word in words]))
    plain = {"PYTHONPATH": os.pathsep.join((os.environ["PYTHONPATH"], str(ROOT))), "PATH": "/usr/bin:/bin", "HOME": str(home)}  # the first part is the guard's
    plain["PARALLAX_STRAYS"] = os.environ["PARALLAX_STRAYS"]
    done = subprocess.run([sys.executable, "-c", RUNNER], cwd=home, env=plain, input=json.dumps(jobs), capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip(ANALYSIS, json.loads(done.stdout), strict=True))


@pytest.mark.models
@pytest.mark.timeout(700)  # the first pays for all; beside other work six commands take minutes
@pytest.mark.parametrize("command", ANALYSIS)
def test_a_command_of_the_readme_runs(command, ran):
    code, printed, says, files = ran[command]
    assert code == 0, says[-2000:]
    assert printed or files
    named = [word for option, word in zip(command.split(), command.split()[1:], strict=False) if option in ("--out", "--html", "--library")]
    assert set(named) <= set(files)


def test_the_make_targets_of_the_readme_exist():
    made = {word for command in COMMANDS if "make " in command for word in re.findall(r"make (\w+)", command)}
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf8"), re.MULTILINE))
    assert {"run", "test"} <= made <= targets


def test_no_command_of_the_readme_goes_unrun():
    assert all("-m analysis" in command or "make " in command for command in COMMANDS)


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", README))
def test_a_file_the_readme_points_to_is_there(target):
    assert (ROOT / target).exists()


def test_the_map_of_the_code_names_folders_that_exist():
    for name in re.findall(r"^\s*([a-z]+/)", README.split("## Map of the code")[1], re.MULTILINE):
        assert (ROOT / name).is_dir() or (ROOT / "analysis" / name).is_dir(), name
