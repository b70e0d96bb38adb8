"""The command line: data on stdout or in `--out`, progress on stderr, exit 0 good, 2 bad input, 1 a defect of ours."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Annotated, TextIO

import typer

from analysis.schema import ARTICLES, InputError, ModelError, ParallaxError
from analysis.settings import Settings

SPOOL_BYTES = 10_000_000  # an answer up to this size waits in memory, a longer one in a temporary file

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
                  help="Parallax shows how different outlets frame the same event.")

Articles = Annotated[Path, typer.Argument(metavar="ARTICLES", help="JSONL, CSV or Parquet; only the field text is required.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write here instead of to stdout; the file appears only when it is whole.")]
Library = Annotated[str, typer.Option("--library", metavar="FILE", help="The library: a file, or postgresql+psycopg://user@host/database.")]


@app.command()
def clean(pages: Annotated[list[Path], typer.Argument(metavar="FILE…")], out: Out = None) -> None:
    """Find title, outlet, date, agency and body in pages as copied text or HTML: one JSON object a file."""
    from analysis import files

    _write((_json(page) for page in files.clean_files(pages, Settings())), out)


@app.command()
def group(articles: Articles, out: Out = None,
          repairs: Annotated[Path | None, typer.Option(metavar="FILE", help="A repair log as exported; its repairs win.")] = None) -> None:
    """Group articles into events, storylines and origins: CSV."""
    from analysis import files

    table = files.group_file(articles, Settings(), repairs=repairs, progress=_say)
    _write([files.print_table(table)], out)


@app.command()
def annotate(articles: Articles, out: Out = None) -> None:
    """Give each sentence its voice, sentiment and cues: one JSON object a sentence."""
    from analysis import files

    _write((_json(row) for row in files.annotate_file(articles, Settings(), progress=_say)), out)


@app.command()
def quotes(articles: Articles, out: Out = None) -> None:
    """Find quotations with speaker and cue: one JSON object a quotation."""
    from analysis import files

    _write((_json(row) for row in files.quote_file(articles, Settings(), progress=_say)), out)


@app.command()
def compare(articles: Articles,
            event: Annotated[str, typer.Option(metavar="ID", help="Event or storyline id as `group` gives it; the largest event when left out.")] = "",
            html: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the report.")] = None, out: Out = None) -> None:
    """Compare the articles of one event: the Comparison as one JSON object."""
    from analysis import files

    comparison = files.compare_file(articles, event, Settings(), progress=_say)
    if html is not None:
        _write([files.render_report(comparison)], html)
    _write([files.comparison_json(comparison)], out)


@app.command()
def ingest(sources: Annotated[list[str], typer.Argument(metavar="SOURCE…", help="Files, folders, archives, links, feeds; - for text on stdin.")],
           library: Library,
           network: Annotated[bool, typer.Option("--network", help="Fetch links and feeds from the internet; off otherwise.")] = False,
           column: Annotated[list[str] | None, typer.Option(metavar="FIELD=COLUMN", help="Which column of a table holds a field, as text=Body.")] = None,
           prepare: Annotated[bool, typer.Option("--prepare", help="Also compute every comparison now, so that pages open at once.")] = False) -> None:
    """Add articles to a library, group them, and say what was added, what was refused and why."""
    from analysis import pipeline

    given = [pipeline.Pasted(sys.stdin.read()) if source == "-" else source for source in sources]
    with closing(pipeline.open_library(library)) as shelf:
        web = pipeline.open_web(shelf, Settings()) if network else None
        report = pipeline.ingest(shelf, given, Settings(), web=web, columns=_columns(column or []), progress=_say)
        for where, reason in report.dropped.itertuples(index=False):
            print(f"{'noted' if reason.startswith('kept') else 'refused'}: {_line(where)}: {_line(reason)}")
        n_noted = int(report.dropped["reason"].str.startswith("kept").sum())
        print(f"added {report.n_added}, already there {report.n_known}, refused {len(report.dropped) - n_noted}; "
              f"the library holds {report.n_articles} articles in {report.n_events} events")
        if prepare:
            pipeline.prepare_comparisons(shelf, Settings(), progress=_say)
    if not report.n_added and not report.n_known:
        raise typer.Exit(2)


@app.command()
def feeds(library: Library, out: Out = None) -> None:
    """Export the feeds that were added to a library as OPML, for any feed reader."""
    from analysis import pipeline

    with closing(pipeline.open_library(library)) as shelf:
        _write([pipeline.export_feeds(shelf)], out)


@app.command()
def repair(kind: Annotated[str, typer.Argument(help="move, split, merge, exclude, include, 'same event', 'not the same' or undo.")],
           library: Library,
           articles: Annotated[list[str] | None, typer.Argument(metavar="[ARTICLE_ID…]")] = None,
           target: Annotated[str, typer.Option(metavar="ID", help="The event to move into or merge with; the repair to undo.")] = "",
           reason: Annotated[str, typer.Option(help="Why, in your words; kept in the log.")] = "") -> None:
    """Mend the grouping of a library; the repair wins over every later regrouping until it is undone."""
    from analysis import pipeline

    with closing(pipeline.open_library(library)) as shelf:
        print(pipeline.repair(shelf, kind, articles or [], target=target, reason=reason))
        _say_overruled(pipeline.overruled_repairs(shelf))


@app.command()
def repairs(library: Library, out: Out = None,
            add: Annotated[Path | None, typer.Option(metavar="FILE", help="Add the repairs of an exported log instead.")] = None) -> None:
    """Export the log of repairs as JSON lines, or add an exported one."""
    from analysis import pipeline

    with closing(pipeline.open_library(library)) as shelf:
        if add is None:
            _write(list(pipeline.export_repairs(shelf)), out)
        else:
            print(f"added {pipeline.import_repairs(shelf, add)} repairs")
        _say_overruled(pipeline.overruled_repairs(shelf))


@app.command()
def correct(library: Library, article: Annotated[str, typer.Argument(metavar="[ARTICLE_ID]", help="The article; none with --undo.")] = "",
            field: Annotated[str, typer.Argument(help="outlet, title, published, agency or genre.")] = "",
            value: Annotated[str, typer.Argument(help="What is right; '' for unknown.")] = "",
            reason: Annotated[str, typer.Option(help="Why, in your words; kept in the log.")] = "",
            undo: Annotated[str, typer.Option(metavar="ID", help="Take this correction back instead.")] = "") -> None:
    """Correct an article's outlet, title, date, agency or genre; it wins over every later ingest until it is undone."""
    from analysis import pipeline

    with closing(pipeline.open_library(library)) as shelf:
        print(pipeline.undo_correction(shelf, undo) if undo else pipeline.correct(shelf, article, field, value, reason=reason))


@app.command()
def corrections(library: Library, out: Out = None) -> None:
    """Export the log of corrections as JSON lines."""
    from analysis import pipeline

    with closing(pipeline.open_library(library)) as shelf:
        _write([_json(row) for row in pipeline.corrections(shelf).to_dict("records")], out)


@app.command("export")
def export_(library: Library, bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A new folder, or a new file ending in .zip.")]) -> None:
    """Write everything a library holds into an open bundle of Parquet and JSON with digests."""
    from analysis import pipeline

    with closing(pipeline.open_library(library)) as shelf:
        print(_counted("wrote", pipeline.export_library(shelf, bundle)))


@app.command("import")
def import_(library: Library, bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A folder or zip made by `export`.")]) -> None:
    """Add everything of a bundle that a library does not have yet."""
    from analysis import pipeline

    with closing(pipeline.open_library(library)) as shelf:
        print(_counted("added", pipeline.import_library(shelf, bundle, Settings(), progress=_say)))


@app.command()
def backup(library: Library, file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes; a new name.")]) -> None:
    """Copy a library in a file while it is in use, and check the copy."""
    from analysis import pipeline

    with closing(pipeline.open_library(library)) as shelf:
        pipeline.backup_library(shelf, file)
    print(f"copied to {_line(file)}, and the copy is sound")


@app.command()
def check(library: Library) -> None:
    """Hold every article and every table against its digest; exit 0 when all is as it was written."""
    from analysis import pipeline

    faults = pipeline.check_library(library)
    print("\n".join(map(_line, faults)) or "everything is as it was written")
    if faults:
        raise typer.Exit(2)


@app.command()
def doctor(library: Library, mend: Annotated[bool, typer.Option("--mend", help="Clear what is damaged and can be made again.")] = False) -> None:
    """Say what is wrong with a library and what to do; exit 0 when nothing is."""
    from analysis import pipeline

    for done in pipeline.mend_library(library) if mend else ():
        print(_line(done))
    found = pipeline.examine_library(library)
    for finding in found:
        print(_line(f"well: {finding.says}" if finding.well else f"wrong: {finding.says}. {finding.remedy}"))
    if not all(finding.well for finding in found):
        raise typer.Exit(2)


@app.command("train-wording")
def train_wording(file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or JSONL with text and label, which you may train from.")],
                  out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the weights go (.npz).")]) -> None:
    """Train the loaded-wording head on sentences of your own and say how well it does on held-out groups."""
    from analysis import files

    print(json.dumps(files.train_wording(file, out, Settings()), ensure_ascii=False))


def main() -> None:
    """Run the command line; bad input is one line on stderr and exit 2."""
    try:
        app()
    except InputError as error:
        sys.exit(_fail(str(error), 2))
    except (ModelError, ParallaxError) as error:
        sys.exit(_fail(str(error), 1 if isinstance(error, ModelError) else 2))


def _columns(given: list[str]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in given]
    for pair, (name, sign, column) in zip(given, pairs, strict=True):
        if name not in ARTICLES.columns or not sign or not column:
            raise InputError("this matches no field with a column", where=f"--column {pair}", remedy=f"Write one of {', '.join(ARTICLES.columns)} = a column")
    return {name: column for name, _, column in pairs}


def _counted(did: str, counts: dict[str, int]) -> str:
    return f"{did} " + ", ".join(f"{n} {name}" for name, n in counts.items())


def _fail(message: str, code: int) -> int:
    print(f"parallax: {_line(message)}", file=sys.stderr)
    return code


def _say_overruled(gave_way) -> None:
    for says in gave_way["says"]:
        _say(says)


def _say(step: str) -> None:
    print(_line(step), file=sys.stderr)


def _line(text: str) -> str:
    """One printable line: article text may carry terminal codes and line breaks."""
    return "".join(letter if letter.isprintable() else " " for letter in str(text))


def _json(row: dict) -> str:
    return json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"


def _write(chunks: Iterable[str], out: Path | None) -> None:
    """Write all or nothing: half an answer is never seen, neither under the name asked for nor on stdout."""
    if out is not None and not out.parent.is_dir():
        raise InputError("the folder does not exist", where=str(out.parent), remedy="Make it first")
    if out is None:
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES, mode="w+", encoding="utf8", newline="") as spool:
            spool.writelines(chunks)
            spool.seek(0)
            _pour(spool)
        return
    descriptor, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf8", newline="") as stream:
            stream.writelines(chunks)
        os.replace(name, out)
    finally:
        Path(name).unlink(missing_ok=True)


def _pour(spool: TextIO) -> None:
    sys.stdout.reconfigure(encoding="utf8", newline="\n")
    try:
        shutil.copyfileobj(spool, sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has read enough; the interpreter must not complain at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
