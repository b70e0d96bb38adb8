"""Sharing Parallax: the container file is built and run as far as that goes without a container engine, and the page about it says what is true."""

import asyncio
import configparser
import ctypes
import json
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import pytest
from conftest import articles_of, word_vectors
from sample_comparison import TEXTS, make_comparison
from streamlit import config

from analysis import cli, pipeline
from analysis.corpus.library import open_library
from benchmarks.visitors import Visitor

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf8")
FILE = (ROOT / "docs" / "Containerfile").read_text(encoding="utf8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
SHELL = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines() if line.strip()]
OURS = [line for line in SHELL if "-m analysis" in line and not line.startswith("podman") and "postgresql" not in line]
LIBC = ctypes.CDLL(None, use_errno=True)
PR_CAPBSET_DROP, LAST_CAPABILITY = 24, 40


def instructions():
    """The container file as (instruction, rest), remarks and continued lines taken in."""
    text = re.sub(r"\\\n", " ", "\n".join(line for line in FILE.splitlines() if not line.startswith("#")))
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def rest_of(name):
    return [rest for found, rest in instructions() if found == name]


def tracked(path):
    return bool(subprocess.run(["git", "ls-files", path], cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def test_the_container_has_a_fixed_python_that_the_project_takes():
    (image,) = rest_of("FROM")
    release = re.fullmatch(r"python:(3\.11\.(\d+))-slim-[a-z]+", image)
    assert release and int(release[2]) >= 13, "the release is named to the last figure; below 3.11.13 zip and tar handling has holes"
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]["requires-python"] == ">=3.11"


def test_whatever_the_container_copies_exists_is_in_the_project_and_is_no_secret():
    sources = [word for rest in rest_of("COPY") for word in rest.split()[:-1]]
    assert {"analysis", "dashboard", "requirements.txt", ".streamlit/config.toml"} <= set(sources) and not rest_of("ADD")
    for source in sources:
        assert (ROOT / source).exists() and tracked(source), source
        assert source not in (".", ".streamlit", "tests") and "secret" not in source


def test_the_container_runs_as_nobody_in_particular_and_fetches_nothing_once_built():
    names = [name for name, _ in instructions()]
    user = rest_of("USER")[-1].split(":")[0]
    assert user.isdecimal() and int(user) > 0 and names.index("USER") < names.index("CMD") and "RUN" not in names[names.index("USER"):]
    assert rest_of("VOLUME") == ["/library"] and f"chown {rest_of('USER')[-1]} /library" in FILE
    assert all("http" not in rest and "curl" not in rest for rest in rest_of("RUN"))


def test_the_release_of_streamlit_is_the_same_everywhere():
    wanted = re.search(r"^streamlit==([\d.]+)", (ROOT / "requirements.txt").read_text(encoding="utf8"), re.MULTILINE)[1]
    assert re.findall(r"streamlit\[auth\]==([\d.]+)", FILE + PAGE) == [wanted] * 2


def test_only_inside_the_container_the_server_answers_on_every_address():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf8"))
    assert settings["server"]["address"] == "127.0.0.1" and "0.0.0.0" not in (ROOT / "Makefile").read_text(encoding="utf8")
    command = json.loads(rest_of("CMD")[-1])
    assert command[command.index("--server.address") + 1] == "0.0.0.0" and command[command.index("--server.port") + 1] == rest_of("EXPOSE")[0]
    assert all(f"--publish 127.0.0.1:{rest_of('EXPOSE')[0]}" in line for line in SHELL if "--publish" in line)


def drop_capabilities():
    """As `--cap-drop all`: even root is then bound by what a file's mode says. Whoever is not root has none to drop."""
    for capability in range(LAST_CAPABILITY + 1):
        LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.fixture
def built(tmp_path):
    """What the container holds at /parallax, a library nobody may change, and a /tmp."""
    for source, target in ((word, rest.split()[-1]) for rest in rest_of("COPY") for word in rest.split()[:-1]):
        there = tmp_path / "parallax" / target if not target.endswith("/") else tmp_path / "parallax" / target / source
        there.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / source).is_dir() else shutil.copy)(ROOT / source, there)
    for name in ("library", "tmp"):
        (tmp_path / name).mkdir()
    library = open_library(tmp_path / "library" / "library.sqlite")
    rows = [{"article_id": key, "outlet": outlet, "title": title, "published": when, "text": text} for key, (outlet, title, when, text) in TEXTS.items()]
    library.add_articles(articles_of(*rows))
    library.save_groups(make_comparison().groups)
    library.close()
    closed = [tmp_path / "parallax", *(tmp_path / "parallax").rglob("*"), tmp_path / "library", *(tmp_path / "library").iterdir()]
    for path in closed:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield tmp_path
    for path in closed:
        path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.models
def test_the_containers_command_serves_a_read_only_library_from_a_read_only_place(built):
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = str(found.getsockname()[1])
    here = {"/library": str(built / "library"), "/tmp": str(built / "tmp")}
    given = dict(word.split("=", 1) for rest in rest_of("ENV") for word in shlex.split(rest))
    environment = {name: re.sub(r"^(/library|/tmp)", lambda place: here[place[0]], value) for name, value in given.items()}
    command = [{"python": sys.executable, "8501": port}.get(word, word) for word in json.loads(rest_of("CMD")[-1])]
    before = {path.name: path.read_bytes() for path in (built / "library").iterdir()}
    with (built / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=built / "parallax", env={**environment, "PATH": "/usr/bin:/bin", "PARALLAX_READ_ONLY": "1"}, stdout=log,
                                   stderr=subprocess.STDOUT, preexec_fn=drop_capabilities)
    try:
        frames, trouble = asyncio.run(visit(answering(f"http://127.0.0.1:{port}", process)))
        check = json.loads(rest_of("HEALTHCHECK")[-1].split("CMD", 1)[1])
        probe = [{"python": sys.executable}.get(word, word) for word in check]
        assert subprocess.run([word.replace("8501", port) for word in probe], check=False, timeout=30).returncode == 0
    finally:
        process.terminate()
        process.wait(30)
    assert subprocess.run([word.replace("8501", port) for word in probe], check=False, stderr=subprocess.DEVNULL, timeout=30).returncode != 0, "it is gone"
    said = (built / "log").read_text(encoding="utf8")
    assert trouble == [] and b"Fishermen locked out as city hall panics" in frames and b"This library is read-only here" in frames, said
    assert b"Engineers found cracks in two pillars" in re.sub(rb"<[^>]{1,300}>", b"", frames), "the text itself, so that the comparison was made"
    assert {path.name: path.read_bytes() for path in (built / "library").iterdir()} == before
    assert not [word for word in ("ishermen", "pier", "Courier", "Traceback") if word in said], said


def answering(address, process):
    """The address, once its server answers."""
    for _ in range(1200):
        assert process.poll() is None, "the server ended"
        try:
            if urllib.request.urlopen(address + "/_stcore/health", timeout=2).status == 200:
                return address
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not answer within a minute")


async def visit(address):
    async with Visitor(address, keep_frames=True) as visitor:
        await visitor.open("event=e1&section=Read")
        return b"".join(visitor.frames), visitor.trouble


# ------------------------------------------------------------------------------------------------------------------- the page
@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder in which the page's commands are run one after the other."""
    return tmp_path_factory.mktemp("desk")


@pytest.mark.parametrize("line", OURS)
def test_a_command_of_the_page_runs(line, desk, monkeypatch, capsys):
    monkeypatch.setattr(pipeline.kept_.embed_, "load_embed", lambda settings: word_vectors)
    monkeypatch.setattr(pipeline, "prepare_comparisons", lambda *given, **named: None)  # models; the README's test runs it
    monkeypatch.chdir(desk)
    words = shlex.split(line)
    assert words[:3] == [".venv/bin/python", "-m", "analysis"]
    monkeypatch.setattr(sys, "argv", [str(ROOT / word) if word.startswith("seeds/") else word for word in words[2:]])
    try:
        cli.main()
    except SystemExit as stop:
        assert not stop.code, capsys.readouterr().err
    named = [word for word in words if re.fullmatch(r"[\w-]+\.(sqlite|zip)", word)]
    assert named and all((desk / name).is_file() for name in named)


def test_every_option_the_page_and_the_container_give_the_server_is_one_it_knows():
    text = PAGE + " ".join(json.loads(rest_of("CMD")[-1]))
    flags, variables = set(re.findall(r"--((?:server|client|browser)\.\w+)", text)), set(re.findall(r"STREAMLIT_\w+", text))
    known = config.get_config_options()
    assert flags >= {"server.address", "server.port", "server.allowedHosts"} and flags <= set(known)
    assert variables and variables <= {known[name].env_var for name in known}


def test_every_variable_of_ours_the_page_names_is_read_by_the_dashboard():
    code = "".join(path.read_text(encoding="utf8") for path in (ROOT / "dashboard").rglob("*.py"))
    named = set(re.findall(r"PARALLAX_\w+", PAGE + FILE))
    assert named == {"PARALLAX_LIBRARY", "PARALLAX_READ_ONLY", "PARALLAX_LOGIN"} and all(f'"{name}"' in code for name in named)


def test_the_secrets_of_the_page_set_up_a_log_in():
    from dashboard import login

    (secrets,) = [tomllib.loads(block) for kind, block in BLOCKS if kind == "toml"]
    assert login.providers(secrets["auth"]) == [""] and set(secrets["auth"]) == {"redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url"}
    people = secrets["parallax"]["people"]
    assert login.is_named({"email": "jane@newsroom.example"}, people) and not login.is_named({"email": "tom@newsroom.example"}, people)


def test_the_service_of_the_page_runs_what_is_there_and_writes_only_where_it_may():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read_string(next(block for kind, block in BLOCKS if kind == "ini"))
    service = unit["Service"]
    assert service["ProtectSystem"] == "strict" and service["User"] != "root" and "dashboard/server.py" in service["ExecStart"] and "0.0.0.0" not in service["ExecStart"]


def test_the_commands_for_a_container_name_what_the_container_file_says():
    lines = [line for line in SHELL if line.startswith("podman")]
    assert "-f docs/Containerfile" in lines[0] and len(lines) == 3
    for line in lines[1:]:
        assert "--read-only --tmpfs /tmp" in line and f":{rest_of('VOLUME')[0]} parallax" in re.sub(r" --publish \S+", "", line)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)]+)\)", PAGE))))
def test_what_the_page_points_to_is_there(target):
    file, _, heading = target.partition("#")
    assert not file or (ROOT / "docs" / file).is_file()
    if heading:
        assert heading in {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)}
