"""What was measured of the tool itself, read from the benchmarks' own page, so that the Method page never says anything else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "benchmarks" / "README.md"
_MARKUP = re.compile(r"[*`]|\\(?=\|)|\[([^\[\]]{0,300})\]\([^()]{0,300}\)")
_RULE = re.compile(r"[\s|:-]+")
_FILE = re.compile(r"[;,] [\w/-]{1,60}\.(?:csv|py|md)(?=\))|\b[\w/-]{1,60}\.(?:csv|py|md): ")  # in a title: where the labels lie is for who runs the benchmark
_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Measured:
    """One part of the page: its title, its tables (head and rows of plain text) and its sentences."""

    title: str
    tables: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...]
    sentences: tuple[str, ...]


def plain(text: str) -> str:
    """Return a piece of the page without its Markdown signs."""
    return " ".join(_MARKUP.sub(lambda match: match[1] or "", text).split())


def read_quality(text: str) -> list[Measured]:
    """Return the parts of a benchmarks page; what stands before the first part (how to run them) is left out."""
    return [part for part in (_part(block) for block in re.split(r"^## ", text, flags=re.MULTILINE)[1:]) if part.tables or part.sentences]


def _part(block: str) -> Measured:
    """Return one part: the lines of each table together, every other paragraph as one sentence."""
    title, _, body = block.partition("\n")
    tables, sentences = [], []
    for paragraph in re.split(r"\n\s*\n", body.strip()):
        lines = paragraph.strip().splitlines()
        rows = [tuple(plain(cell) for cell in _BAR.split(line.strip().strip("|"))) for line in lines if line.startswith("|") and not _RULE.fullmatch(line)]
        if rows:
            tables.append((tuple(cell or "what" for cell in rows[0]), tuple(rows[1:])))
        elif lines and not lines[0].startswith(("```", "#")):
            sentences.append(plain(paragraph))
    return Measured(_FILE.sub("", plain(title)), tuple(tables), tuple(sentences))
