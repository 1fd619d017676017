"""Makes a folder of scans from one: plain, deep, packed, under odd names, an empty one, and one with more files than a
page of a listing has. scans.py SERIES FOLDER"""

import shutil
import sys
import zipfile
from pathlib import Path

series, folder = Path(sys.argv[1]), Path(sys.argv[2])

for name in ["plain", "deep/of/one", "odd/a b", "odd/ü+%20&=;@!'()", "odd/a#b?c", "named-like-an-archive.zip"]:
    shutil.copytree(series, folder / name)

with zipfile.ZipFile(folder / "deep" / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for path in sorted(series.rglob("*")):
        if path.is_file():
            archive.write(path, path.relative_to(series))

(folder / "empty").mkdir()
(folder / "plain" / "no bytes").touch()
(folder / "many").mkdir()
for number in range(1005):
    (folder / "many" / f"{number}").write_text(f"file {number}")
