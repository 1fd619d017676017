"""The tables of a batch as others read them: pandas and DuckDB, held against each other, the index and the failures.

    python tests/interop/batch_tables.py AGATSTON SERIES

SERIES is a folder of slices with its labels in `regions.json`, such as `fixtures/coronary`. Writes a few series, scores them
as one batch, prints a line a check and ends with 1 when one fails. Needs pyarrow, duckdb and pandas.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import duckdb
import pandas

from checked import Checked
from tables import differences, documented, read_csv

checked = Checked("batch")


def check(what, holds, seen=""):
    """Records whether something holds, and what was seen where it does not."""
    checked.that(holds, what, "" if holds else seen)


def phantom(program, name, folder):
    """Writes a phantom."""
    subprocess.run([program, "phantom", "write", name, "-o", folder], check=True, capture_output=True)


def cohort(program, series, scans):
    """Series that are scored, one of them in two folders, and two that are refused: without labels, and with a gap."""
    for name in ("one", "copy"):
        shutil.copytree(series, scans / "site-a" / name)
    phantom(program, "coronary-later", scans / "site-b" / "later")
    phantom(program, "chest", scans / "site-b" / "chest")
    (scans / "site-b" / "chest" / "regions.json").unlink(missing_ok=True)
    gap = scans / "site-c" / "gap"
    shutil.copytree(series.parent / "refused" / "gap_large", gap)
    shutil.copy(series / "regions.json", gap)


def cells(frame):
    """The rows of a frame of pandas with plain nulls."""
    return [tuple(None if pandas.isna(cell) else cell for cell in row) for row in frame.itertuples(index=False, name=None)]


def read(out, name, has_csv):
    """The rows of a table: Parquet by duckdb and pandas, and CSV by both where there is one."""
    path = out / f"{name}.parquet"
    columns = documented(name)
    names = [column for column, _, _ in columns]
    relation = duckdb.sql(f"SELECT * FROM '{path}'")
    rows = relation.fetchall()
    check(f"{name}: duckdb finds the key and the documented columns", relation.columns == names, relation.columns)
    frame = pandas.read_parquet(path, dtype_backend="pyarrow")
    off = differences(cells(frame), rows)
    check(f"{name}: {len(rows)} rows, pandas and duckdb read the same Parquet", rows and not off, off[:3])
    if has_csv:
        header, csv = read_csv(out / f"{name}.csv", columns)
        off = differences(csv, rows)
        check(f"{name}: the CSV by pandas is the same", header == names and not off, off[:3])
        kinds = {"text": "VARCHAR", "float64": "DOUBLE", "int64": "BIGINT", "bool": "BOOLEAN"}
        types = ", ".join(f"'{column}': '{kinds[kind]}'" for column, kind, _ in columns)
        csv = duckdb.sql(f"SELECT * FROM read_csv('{out / name}.csv', header = true, columns = {{{types}}})").fetchall()
        off = differences(csv, rows)
        check(f"{name}: the CSV by duckdb is the same", not off, off[:3])
    order = [row[0] for row in rows]
    check(f"{name}: rows are in the order of keys", order == sorted(order), order)
    return frame


def sums(scores, lesions):
    """Arteries add up to their total, lesions to their artery, series by series."""
    for measure in ("agatston", "volume_mm3"):
        off = duckdb.sql(f"""
            SELECT t.series_key, t.{measure}, sum(a.{measure})
            FROM scores t JOIN scores a ON a.series_key = t.series_key AND a.kind = 'artery' AND a.separated
            WHERE t.kind = 'total' AND t.status = 'scored'
            GROUP BY ALL HAVING abs(t.{measure} - sum(a.{measure})) > 1e-9""").fetchall()
        check(f"{measure}: arteries add up to the total where there is a score", not off, off)
        off = duckdb.sql(f"""
            SELECT a.series_key, a.region, a.{measure}, sum(l.{measure})
            FROM scores a LEFT JOIN lesions l ON l.series_key = a.series_key AND l.artery = a.region
            WHERE a.kind = 'artery' AND a.separated
            GROUP BY ALL HAVING abs(a.{measure} - coalesce(sum(l.{measure}), 0)) > 1e-9""").fetchall()
        check(f"{measure}: lesions add up to their artery", not off, off)
    stray = set(lesions.series_key) - set(scores[scores.status == "scored"].series_key)
    check("every lesion is of a series with a score", len(lesions) > 0 and not stray, stray)


def main():
    program, series = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        scans, out = pathlib.Path(name) / "scans", pathlib.Path(name) / "out"
        cohort(program, series, scans)
        arguments = ["batch", scans, "-o", out, "--labels-pattern", "{folder}/regions.json", "--detail", "lesions", "-q"]
        ended = subprocess.run([program, *arguments], capture_output=True)
        check("five series, of which some are refused, end with 5", ended.returncode == 5, ended)

        scores, lesions = read(out, "scores", True), read(out, "lesions", False)
        totals = scores[scores.kind == "total"]
        per_series = totals.groupby("series_key").size()
        check("one total row a series", sorted(per_series.index) == sorted(set(scores.series_key)) and set(per_series) == {1},
              per_series)
        check("three scored, two refused", dict(totals.status.value_counts()) == {"scored": 3, "refused": 2}, totals.status)
        sums(scores, lesions)
        unknown = totals[totals.status == "refused"][["agatston", "volume_mm3", "lesions"]]
        check("what is refused has no measure", unknown.isna().all().all(), unknown)

        index = duckdb.sql(f"SELECT * FROM read_json('{out / 'index.jsonl'}', format = 'newline_delimited')").df()
        check("pandas reads the same index", list(pandas.read_json(out / "index.jsonl", lines=True).key) == list(index.key))
        joined = duckdb.sql(
            "SELECT t.series_key, t.series_uid, i.folder, i.series FROM totals t LEFT JOIN index i ON i.key = t.series_key"
        ).fetchall()
        folders = sorted(folder for _, _, folder, _ in joined)
        expected = ["site-a/copy", "site-a/one", "site-b/chest", "site-b/later", "site-c/gap"]
        check("joined with the index each series has one folder", folders == expected, joined)
        check("and the UID that the index has", all(uid == other for _, uid, _, other in joined), joined)
        copies = index[index.duplicate_of.notna()]
        check("the second folder of a series names the first",
              [key in set(index.key) for key in copies.duplicate_of] == [True], copies)

        failures = pandas.read_csv(out / "failures.csv")
        refused = set(totals[totals.status == "refused"].series_key)
        check("failures.csv has the refused series and no other",
              len(failures) == len(refused) and set(failures.series_key) == refused, failures)
        told = totals[totals.status == "refused"].set_index("series_key").refusal_code
        codes = failures.set_index("series_key").code
        check("each with the code of the table", dict(told) == dict(codes), codes)
    print(f"duckdb {duckdb.__version__}, pandas {pandas.__version__}")
    checked.end()


if __name__ == "__main__":
    main()
