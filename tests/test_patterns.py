"""Every pattern of ours is linear: none takes more than twice the time for twice the text, whatever the text.

Patterns are found in the source, so a new one is tried from its first day. Each is tried on long runs of what it is made of.
"""

import ast
import re
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CALLS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
COMMON = ("a", " ", "\n", "1", ".", '"', "'", "“", "-", "<", "=", "&", "\t", "ab ", "A ", "1,", "12:30 ", "a, ", "A. ", "By A ", "\n ", "a\n", " a", "=a ", "http://a", "…", "é", "(", "[+", "<a ", "A1 ", "a-", "Mr. ")
SIZE = 16_000  # letters; a quadratic pattern takes 0.1 s and more there, a linear one 0.001


def is_re(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "re"


def value_of(node: ast.expr, names: dict[str, object]) -> str | bytes | None:
    """A pattern written as a constant, a joined constant, or with names of the same file in it."""
    try:
        return eval(compile(ast.Expression(node), "pattern", "eval"), {"re": re}, dict(names))  # noqa: S307 - our own source
    except (NameError, TypeError, AttributeError, KeyError, ValueError):
        return None


def patterns() -> dict[str, re.Pattern]:
    """Every pattern in analysis and dashboard, by place."""
    found: dict[str, re.Pattern] = {}
    for folder in ("analysis", "dashboard"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree, names = ast.parse(path.read_text(encoding="utf8")), {}
            for node in tree.body:
                if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                    value = value_of(node.value, names)
                    if value is not None:
                        names[node.targets[0].id] = value
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS and is_re(node.func.value) and node.args:
                    made = value_of(node, names) if node.func.attr == "compile" else value_of(node.args[0], names)
                    place = f"{path.relative_to(ROOT)}:{node.lineno}"
                    if made is not None:
                        found[place] = made if isinstance(made, re.Pattern) else re.compile(made)
    return found


def seeds_of(pattern: re.Pattern) -> list[str]:
    """Short texts a pattern may stumble over when they are repeated: its own letters, words and classes, and common ones."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    words = [word for word in re.findall(r"[A-Za-z0-9/:.\"'<>=-]{2,12}", source)][:6]
    return [*COMMON, *words, *(word + " " for word in words)]


def seconds(pattern: re.Pattern, seed: str, size: int, tail: str, tries: int = 1) -> float:
    """Processor time for all matches in a text of so many letters; the best of some tries, since the machine is shared."""
    text = (seed * (size // len(seed) + 1))[:size] + tail
    given, best = text if isinstance(pattern.pattern, str) else text.encode("utf8", "replace"), float("inf")
    for _ in range(tries):
        began = time.process_time()
        for _match in pattern.finditer(given):
            pass
        best = min(best, time.process_time() - began)
    return best


def fault_of(pattern: re.Pattern, size: int = SIZE, tries: int = 3) -> str:
    """The text for which a pattern takes more than two and a half times as long when it is doubled, ''."""
    for seed in seeds_of(pattern):
        for tail in ("", "!"):
            small = seconds(pattern, seed, size // 8, tail)
            if small > 0.5:
                return f"{seed!r} x {size // 8}: {small:.2f} s"
            half = seconds(pattern, seed, size, tail)
            if half < 0.03 or seconds(pattern, seed, 2 * size, tail) < 2.2 * half:  # a quadratic one takes four times as long; only then is it worth measuring well
                continue
            half, whole, double = (seconds(pattern, seed, n, tail, tries) for n in (size, 2 * size, 4 * size))
            if whole > 2.5 * half and double > 2.5 * whole:
                return f"{seed!r} x {size}: {half:.3f} s, twice: {whole:.3f} s, four times: {double:.3f} s"
    return ""


FOUND = patterns()


@pytest.mark.parametrize("file", sorted({place.rpartition(":")[0] for place in FOUND}))
def test_every_pattern_is_linear(file):
    faults = {place: fault for place, pattern in FOUND.items() if place.rpartition(":")[0] == file
              if (fault := fault_of(pattern))}
    assert faults == {}


def test_all_patterns_are_found_and_a_bad_one_is_found_out():
    compiled = sum(path.read_text(encoding="utf8").count("re.compile(") for folder in ("analysis", "dashboard") for path in (ROOT / folder).rglob("*.py"))
    assert len(FOUND) >= 0.9 * compiled, "patterns that cannot be read from the source are not tried"
    assert fault_of(re.compile(r"\s+$"), 4_000, tries=1) and fault_of(re.compile(r"[\w.]+@x"), 4_000, tries=1)
