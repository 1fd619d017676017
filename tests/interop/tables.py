"""Tables as others read them: CSV by pandas, Parquet by pyarrow and DuckDB, held against docs/formats.md and each other.

    python tests/interop/tables.py AGATSTON SERIES

SERIES is a folder of slices with its labels in `regions.json`, such as `fixtures/coronary`. Prints a line a check and
ends with 1 when one fails. Needs pyarrow, duckdb and pandas.
"""

import math
import os
import pathlib
import pty
import subprocess
import sys
import tempfile

import duckdb
import pandas
import pyarrow
import pyarrow.parquet

from checked import Checked

FORMATS = pathlib.Path(__file__).parents[2] / "docs" / "formats.md"
ROWS = {"scores": "arteries", "lesions": "lesions"}
ARROW = {"text": pyarrow.string(), "float64": pyarrow.float64(), "int64": pyarrow.int64(), "bool": pyarrow.bool_()}
DUCKDB = {"text": "VARCHAR", "float64": "DOUBLE", "int64": "BIGINT", "bool": "BOOLEAN"}
PANDAS = {"text": "string", "float64": "float64", "int64": "Int64", "bool": "boolean"}

checked = Checked("tables")


def check(what, holds, seen=""):
    """Records whether something holds, and what was seen where it does not."""
    checked.that(holds, what, "" if holds else seen)


def documented(table):
    """Name, type and whether null may be, of each column that docs/formats.md has for a table."""
    section = FORMATS.read_text().split(f"### Columns of `{table}`\n")[1].split("\n#")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return [(name.strip(" `"), kind.strip(), null.strip() == "yes") for name, kind, _, null, *_ in rows]


def score(program, *arguments):
    """Runs `score` quietly."""
    return subprocess.run([program, "score", "-q", *arguments], capture_output=True)


def same(a, b):
    """Whether two cells are the same, nulls being the same as each other only."""
    if a is None or b is None:
        return a is b
    return type(a) is type(b) and a == b


def differences(a, b):
    """The cells in which two lists of rows differ."""
    if len(a) != len(b):
        return [f"{len(a)} and {len(b)} rows"]
    return [(i, x, y) for i, (p, q) in enumerate(zip(a, b)) for x, y in zip(p, q) if not same(x, y)]


def read_csv(path, columns):
    """The rows of a CSV as pandas reads them with the documented types; an empty cell is null, and nothing else is."""
    types = {name: PANDAS[kind] for name, kind, _ in columns}
    # Before 3.1 the default may be off by the last bit; from then on it is exact and cannot be chosen.
    version = tuple(int(part) for part in pandas.__version__.split(".")[:2])
    exact = {} if version >= (3, 1) else {"float_precision": "round_trip"}
    frame = pandas.read_csv(path, dtype=types, keep_default_na=False, na_values=[""], **exact)
    plain = {"float64": float, "int64": int, "bool": bool, "text": str}
    kinds = [plain[kind] for _, kind, _ in columns]
    rows = frame.itertuples(index=False, name=None)
    return list(frame.columns), [
        tuple(None if pandas.isna(cell) else kind(cell) for kind, cell in zip(kinds, row)) for row in rows
    ]


def hold(name, paths, columns):
    """Holds the forms of one table against each other; its rows come back."""
    names = [column for column, _, _ in columns]
    file = pyarrow.parquet.ParquetFile(paths["parquet"])
    schema = file.schema_arrow
    expected = pyarrow.schema([pyarrow.field(n, ARROW[kind], nullable) for n, kind, nullable in columns])
    check(f"{name}: pyarrow finds the documented names, types and nulls", schema.equals(expected), schema)
    described = duckdb.sql(f"DESCRIBE SELECT * FROM '{paths['parquet']}'").fetchall()
    kinds = [(n, DUCKDB[kind]) for n, kind, _ in columns]
    check(f"{name}: duckdb finds the documented names and types", [row[:2] for row in described] == kinds, described)
    created = file.metadata.created_by
    check(f"{name}: created by a version, no time", created.startswith("agatston version "), created)

    table = file.read()
    arrow = [tuple(row.values()) for row in table.to_pylist()]
    duck = duckdb.sql(f"SELECT * FROM '{paths['parquet']}'").fetchall()
    header, csv = read_csv(paths["csv"], columns)
    check(f"{name}: the header of the CSV is the documented one", header == names, header)
    check(f"{name}: {len(arrow)} rows, CSV by pandas equals Parquet by pyarrow", not differences(csv, arrow),
          differences(csv, arrow)[:3])
    check(f"{name}: pyarrow and duckdb read the same", not differences(arrow, duck), differences(arrow, duck)[:3])

    frame = pandas.read_parquet(paths["parquet"], dtype_backend="pyarrow")
    check(f"{name}: pandas reads the Parquet", len(frame) == len(arrow) and list(frame.columns) == names, frame)
    never = [n for n, _, nullable in columns if not nullable and table[n].null_count]
    check(f"{name}: what is never null is not", not never, never)
    cells = [cell for row in arrow for cell in row]
    odd = [c for c in cells if c == "" or isinstance(c, float) and not math.isfinite(c)]
    check(f"{name}: no empty text and no NaN stands for null", not odd, odd)
    return table


def write(program, arguments, table, folder, code):
    """Both forms of a table as files."""
    paths = {}
    for form in ("csv", "parquet"):
        paths[form] = str(folder / f"{table}.{form}")
        more = ["--rows", ROWS[table], "--format", form, "-o", paths[form], "--overwrite"]
        done = score(program, *arguments, *more)
        check(f"{table}: written as {form} with exit code {code}", done.returncode == code, done)
    return paths


def scored(program, series, folder):
    """A series with labels and a mass factor."""
    arguments = [series, "--labels", f"{series}/regions.json", "--mass-factor", "0.7"]
    tables = {}
    for name in ROWS:
        tables[name] = hold(name, write(program, arguments, name, folder, 0), documented(name))
    scores, lesions = (tables[name].to_pandas() for name in ROWS)
    for measure in ("agatston", "volume_mm3", "mass_mg"):
        sums = lesions.groupby("artery")[measure].sum()
        rows = scores[scores.separated == True].set_index("region")[measure]  # noqa: E712 (null is neither)
        off = max(abs(sums.get(region, 0.0) - value) for region, value in rows.items())
        check(f"{measure}: lesions add up to their artery", len(rows) > 0 and off < 1e-9, off)
        total = scores[scores.kind == "total"][measure].iloc[0]
        check(f"{measure}: arteries add up to the total", abs(rows.sum() - total) < 1e-9, total)
    apart = scores[(scores.kind == "artery") & (scores.separated == False)]  # noqa: E712
    check("an artery that is not told apart has null, not 0", apart.agatston.isna().all() and len(apart) > 0, apart)
    joined = duckdb.sql(
        f"SELECT count(*) FROM '{folder}/lesions.parquet' l JOIN '{folder}/scores.parquet' s"
        " ON l.series_uid = s.series_uid AND l.content_hash = s.content_hash AND l.artery = s.region"
    ).fetchall()[0][0]
    check("each lesion joins one row of its artery", joined == len(lesions), joined)


def refused(program, series, folder):
    """A series without labels is a row with its reason, and no lesions."""
    scores = hold("refused scores", write(program, [series], "scores", folder, 3), documented("scores"))
    row = scores.to_pylist()
    check("refused: one row, total, with its code",
          [(r["status"], r["region"], r["refusal_code"]) for r in row] == [("refused", "total", "no_lungs")], row)
    measures = ("agatston", "volume_mm3", "peak_hu", "lesions", "foci")
    known = [measure for measure in measures if row[0][measure] is not None]
    check("refused: no measure", not known, known)
    lesions = hold("no lesions", write(program, [series], "lesions", folder, 3), documented("lesions"))
    check("refused: no lesions, and their columns", lesions.num_rows == 0, lesions.num_rows)


def on_a_terminal(arguments, **variables):
    """What a program writes to a terminal, and its exit code."""
    master, slave = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE")}
    environment.update(TERM="xterm", **variables)
    process = subprocess.Popen(arguments, stdout=slave, stderr=subprocess.PIPE, env=environment)
    os.close(slave)
    said = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        said += part
    os.close(master)
    return process.wait(), said.replace(b"\r\n", b"\n"), process.stderr.read()


def terminal(program, series):
    """Colour on a terminal and nowhere else; Parquet nowhere near one."""
    arguments = [program, "score", "-q", series, "--labels", f"{series}/regions.json"]
    plain = score(program, *arguments[3:]).stdout
    _, colour, _ = on_a_terminal(arguments)
    check("a terminal gets colour", b"\x1b[1m" in colour, colour[:200])
    _, bare, _ = on_a_terminal(arguments, NO_COLOR="1")
    check("NO_COLOR: a terminal gets what a pipe gets", bare == plain and b"\x1b" not in plain, bare[:200])
    code, said, why = on_a_terminal([*arguments, "--format", "parquet"])
    check("parquet on a terminal is wrong use", (code, said) == (2, b"") and b"--format" in why and b"-o" in why, why)
    pipe = score(program, *arguments[3:], "--format", "parquet")
    check("parquet goes into a pipe", pipe.returncode == 0 and pipe.stdout[:4] == pipe.stdout[-4:] == b"PAR1", pipe)


def main():
    program, series = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        scored(program, series, folder)
        refused(program, series, folder)
    terminal(program, series)
    print(f"pyarrow {pyarrow.__version__}, duckdb {duckdb.__version__}, pandas {pandas.__version__}")
    checked.end()


if __name__ == "__main__":
    main()
