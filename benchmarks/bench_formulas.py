"""Our CSV files through a real spreadsheet program: `PYTHONPATH=tests python -m benchmarks.bench_formulas`.

Fourteen ways to begin a formula in every text column of every table of a comparison, of the `group` command and of the column names, made
into files as the dashboard and the command line make them, opened by LibreOffice and saved as XML in which a formula is an attribute. The
same cells without our care go beside them, to show that the program does take them for formulas. Installs nothing: needs `soffice`
(Debian: apt-get install --no-install-recommends libreoffice-calc).
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
from sample_comparison import make_comparison

from analysis import files
from analysis.schema import GROUPS
from dashboard import exports

BEGINNINGS = ("=", "+", "-", "@", "\t=", "\r=", " =", "\n=", "＝", "＋", "－", "＠", "=-", "+-@")
BODY = '1+1+HYPERLINK("https://evil.example/","x")'
FORMULA = re.compile(r"table:formula=")


def bait(table: pd.DataFrame) -> pd.DataFrame:
    """One row for each beginning, in every column that holds text."""
    columns = [name for name in table.columns if not pd.api.types.is_numeric_dtype(table[name]) and not pd.api.types.is_datetime64_any_dtype(table[name])]
    return pd.DataFrame({name: [beginning + BODY for beginning in BEGINNINGS] for name in columns} | {"number": [-1.5] * len(BEGINNINGS), "=1+1": "-2+3"})


def count_formulas(paths: list[Path], folder: Path) -> dict[str, int]:
    """Formulas that the program finds in each file."""
    subprocess.run([shutil.which("soffice"), "--headless", "--norestore", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to", "fods",
                    # comma, quotation mark, UTF-8, from line 1, all columns as they come, and "evaluate formulas" on: the program at its least careful
                    "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,-1,true", "--outdir", str(folder), *map(str, paths)],
                   check=True, capture_output=True, timeout=600)
    return {path.stem: len(FORMULA.findall(path.with_suffix(".fods").read_text(encoding="utf8"))) for path in paths}


def main() -> None:
    if shutil.which("soffice") is None:
        sys.exit("LibreOffice is not installed: apt-get install --no-install-recommends libreoffice-calc")
    chosen = make_comparison()
    tables = {name: bait(table) for name, table in chosen.tables.items()}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        written = {f"{name}": exports.to_csv(table, chosen) for name, table in tables.items()}
        written["command_line"] = files.print_table(bait(GROUPS.empty())).encode()
        written["without_care"] = pd.concat(tables.values()).to_csv(index=False).encode("utf-8-sig")
        paths = []
        for name, raw in written.items():
            paths.append(folder / f"{name}.csv")
            paths[-1].write_bytes(raw)
        found = count_formulas(paths, folder)
        careless = found.pop("without_care")
        columns = sum(len(table.columns) - 1 for table in tables.values())
        print(f"{len(found)} files, {len(BEGINNINGS)} beginnings in {columns} columns of text: {sum(found.values())} formulas")
        print(f"in {[name for name, n in found.items() if n] or 'none of them'}; the same cells without care: {careless} formulas")
    sys.exit(sum(found.values()) > 0 or careless == 0)


if __name__ == "__main__":
    main()
