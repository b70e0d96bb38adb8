"""The house plan of DESIGN section 4, held by walking the syntax trees."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WINGS = ("corpus", "events", "framing", "output")
GROUND = {"analysis.schema", "analysis.settings"}
MODEL_DOORS = {
    "sentence_transformers": "analysis/events/embed.py",
    "torch": "analysis/events/embed.py",
    "transformers": "analysis/events/embed.py",
    "spacy": "analysis/corpus/sentences.py",
    "vaderSentiment": "analysis/framing/sentiment.py",
}
PARTS = {  # a stage too long for one file keeps a part beside it; a part belongs to the stages named here and stands on the ground floor
    "analysis.corpus.text": {"read", "records", "entries", "formats", "feeds", "corrections", "class_marks"},
    "analysis.corpus.records": {"read", "formats", "sheets", "corrections"},
    "analysis.corpus.entries": {"read", "formats", "archives", "warc"},
    "analysis.corpus.exports": {"read", "formats", "sheets"},
    "analysis.corpus.formats": {"read"},
    "analysis.corpus.dates": {"imprint"},
    "analysis.corpus.declared": {"clean"},
    "analysis.corpus.headline": {"clean"},
    "analysis.corpus.line_shapes": {"headline", "line_features", "lines"},
    "analysis.corpus.line_features": {"lines"},
    "analysis.corpus.addresses": {"fetch", "hosts", "feeds", "warc"},
    "analysis.corpus.fetch": {"hosts"},
    "analysis.corpus.unpack": {"fetch", "archives", "warc"},
    "analysis.corpus.library_events": {"library"},
    "analysis.corpus.library_check": {"library"},
    "analysis.corpus.library_kept": {"library_bundle", "library"},
    "analysis.corpus.library_tables": {"library_bundle", "library", "library_check"},
    "analysis.corpus.library_file": {"library", "library_tables"},
    "analysis.corpus.library_server": {"library", "library_tables"},
    "analysis.corpus.library_logs": {"library_bundle", "library", "library_check"},
    "analysis.corpus.library_arrivals": {"library", "library_bundle"},
    "analysis.corpus.library_bundle": {"library"},
    "analysis.corpus.library_articles": {"library", "library_arrivals", "library_bundle", "library_check", "library_kept", "library_logs", "library_tables"},
    "analysis.corpus.library_schema": {"library_arrivals", "library_bundle", "library", "library_articles", "library_check", "library_kept", "library_logs", "library_tables"},
    "analysis.corpus.library_search": {"library_arrivals", "library", "library_articles", "library_check", "library_events", "library_tables"},
    "analysis.corpus.library_digests": {"library_arrivals", "library_bundle", "library_articles", "library_check", "library_kept", "library_logs", "library_schema", "library_tables"},
    "analysis.corpus.library_identity": {"library_arrivals", "library_articles", "library_digests"},
    "analysis.framing.style": {"wording", "parallels", "naming", "mentions", "aliases", "roles", "references", "sources"},
    "analysis.framing.claim_units": {"claims"},
    "analysis.framing.mentions": {"naming"},
    "analysis.framing.persons": {"aliases", "references", "mentions"},
    "analysis.framing.aliases": {"mentions", "naming", "references", "sources"},
    "analysis.framing.roles": {"naming"},
    "analysis.framing.trees": {"statements"},
    "analysis.framing.sources": {"statements", "speakers", "trees"},
    "analysis.output.canvas": {"figures"},
}
FLOORS = {  # who may import whom above the wings: each floor only those under it
    "pages": {"corpus"},
    "worker": {"pages", "corpus"},
    "links": {"worker", "pages", "corpus"},
    "crawls": {"worker", "pages", "corpus"},
    "pasting": {"pages", "corpus"},
    "tables": {"links", "worker", "corpus"},
    "ways": {"tables", "crawls", "links", "pasting", "worker", "pages", "corpus"},
    "grouping": {"events"},
    "road": {"grouping", "corpus", "events", "framing"},
    "files": {"ways", "tables", "road", "corpus", "events", "framing", "output"},
    "kept": {"road", "corpus", "events"},
    "upkeep": {"kept", "pages", "road", "corpus", "events"},
    "arrivals": {"upkeep", "ways", "tables", "links", "road", "corpus"},
    "differences": {"corpus", "framing"},
    "keeping": {"upkeep", "road", "corpus"},
    "pipeline": {"arrivals", "differences", "keeping", "upkeep", "files", "kept", "tables", "pasting", "links", "road", "corpus", "events", "framing", "output"},
    "cli": {"files", "pipeline"},
    "__main__": {"cli"},
}
FORBIDDEN_SINKS = ("unsafe_allow_html", "unsafe_allow_javascript")


def python_files(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if path.name != "__init__.py")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf8"))


def imports_of(tree: ast.AST) -> set[str]:
    """Dotted modules a tree imports; `from analysis.events import group` counts as analysis.events.group."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write absolute imports: the walk cannot follow relative ones"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def reaches(imported: str, module: str) -> bool:
    return imported == module or imported.startswith(module + ".")


def broken_stage_rule(wing: str, stem: str, imports: set[str]) -> list[str]:
    """Imports a stage may not have: anything of ours but the ground floor (a report may import the figures it prints)."""
    allowed = GROUND | {part for part, users in PARTS.items() if stem in users} | ({"analysis.output.figures"} if stem == "report" else set())
    ours = {name for name in imports if reaches(name, "analysis") or reaches(name, "dashboard")}
    return sorted(name for name in ours if not any(reaches(name, floor) for floor in allowed))


@pytest.mark.parametrize("path", [p for wing in WINGS for p in python_files(f"analysis/{wing}")], ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_stage_stands_on_the_ground_floor_alone(path):
    assert broken_stage_rule(path.parent.name, path.stem, imports_of(tree_of(path))) == []


def test_the_stage_rule_can_fail():
    tree = ast.parse("from analysis.events import group\nfrom analysis.schema import ARTICLES")
    assert broken_stage_rule("framing", "claims", imports_of(tree)) == ["analysis.events.group"]


@pytest.mark.parametrize("path", sorted((ROOT / "analysis").glob("*.py")), ids=lambda p: p.stem)
def test_floors_stand_on_lower_floors_only(path):
    ours = {name for name in imports_of(tree_of(path)) if reaches(name, "analysis")}
    allowed = GROUND | {f"analysis.{floor}" for floor in FLOORS.get(path.stem, ())}
    assert not {name for name in ours if not any(reaches(name, floor) for floor in allowed)}
    assert path.stem in FLOORS or not ours, "a new file on the ground floor imports nothing of ours"


@pytest.mark.parametrize("path", python_files("analysis"), ids=lambda p: p.stem)
def test_analysis_knows_no_dashboard_and_no_streamlit(path):
    assert not {name for name in imports_of(tree_of(path)) if reaches(name, "dashboard") or reaches(name, "streamlit")}


@pytest.mark.parametrize("path", python_files("analysis") + python_files("dashboard"), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_each_model_has_one_door(path):
    here = str(path.relative_to(ROOT))
    for name in imports_of(tree_of(path)):
        door = MODEL_DOORS.get(name.split(".")[0])
        assert door in (None, here), f"{name} belongs behind {door}"


@pytest.mark.parametrize("path", python_files("dashboard"), ids=lambda p: p.stem)
def test_the_dashboard_stands_on_the_pipeline(path):
    imports = imports_of(tree_of(path))
    assert not {name for name in imports if name.split(".")[0] == "plotly"}, "figures are drawn in analysis/output/figures.py"
    ours = {name for name in imports if reaches(name, "analysis")}
    allowed = GROUND | {"analysis.output.figures", "analysis.output.cells"} | ({"analysis.pipeline"} if path.name in ("data.py", "adding.py") else set())
    assert not {name for name in ours if not any(reaches(name, floor) for floor in allowed)}


@pytest.mark.parametrize("path", python_files("dashboard"), ids=lambda p: p.stem)
def test_only_data_caches_in_the_dashboard(path):
    if path.name != "data.py":
        names = {node.attr for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)}
        assert not names & {"cache_data", "cache_resource"}


@pytest.mark.parametrize("path", python_files("dashboard"), ids=lambda p: p.stem)
def test_no_dangerous_sink_is_called(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.keyword):
            assert node.arg not in FORBIDDEN_SINKS
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"iframe", "to_html"} or not isinstance(node.value, ast.Name) or node.value.id != "st"
            assert node.attr != "components" or path.name == "steering.py", "one component, which receives no article text"


@pytest.mark.parametrize("path", python_files("analysis") + python_files("dashboard"), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_no_error_is_swallowed(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ExceptHandler):
            named = [n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)] if node.type else [""]
            assert not {"", "Exception", "BaseException"} & set(named), f"line {node.lineno} catches everything"
            assert not (len(node.body) == 1 and isinstance(node.body[0], ast.Pass)), f"line {node.lineno} swallows the error"


@pytest.mark.parametrize("path", python_files("analysis"), ids=lambda p: p.stem)
def test_only_the_command_line_prints(path):
    if path.name != "cli.py":
        assert not [n for n in ast.walk(tree_of(path)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "print"]


@pytest.mark.parametrize("path", python_files("analysis") + python_files("dashboard"), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_nothing_is_pickled(path):
    assert not {name for name in imports_of(tree_of(path)) if name.split(".")[0] in {"pickle", "joblib", "shelve", "dill"}}


def test_files_stay_small_enough_to_read():
    long = {str(p.relative_to(ROOT)): n for p in python_files("analysis") + python_files("dashboard")
            if (n := len(p.read_text(encoding="utf8").splitlines())) > 300}
    assert long == {}
