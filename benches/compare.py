#!/usr/bin/env python3
"""Time `agatston score` against `cat` and other libraries: whole cold processes, side by side, on the same files.

usage: compare.py --agatston PATH [--rounds N] [--peers cat,cc3d,scipy,sitk] [--python PATH]
                  [--json FILE] [--markdown] DIR...

1. Every program scores every DIR once. When two scores differ, nothing is timed and the exit code is 1.
2. A warm-up round, not counted, gives the peak memory, through /usr/bin/time. (Read from here, a child's peak would
   include the memory of this Python.)
3. N rounds, each program once a round, in turn: wall time from just before the start until the process is reaped, and
   CPU time, user and system. Ratios are taken within a round.
Each round also reads the files with one `cat` and with two on half of them each: wall times say little about a program
with two threads where two readers are not at least 1.3 times as fast as one.

1 MB is 1,000,000 bytes. Needs Linux and the standard library; the peers (peers.py) run under --python.
"""
import argparse
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

PEERS_SCRIPT = Path(__file__).resolve().with_name("peers.py")
NEEDS = {"cc3d": "numpy, pydicom, cc3d", "scipy": "numpy, pydicom, scipy", "sitk": "SimpleITK"}
PIP = "pip install numpy scipy pydicom SimpleITK connected-components-3d"
TIME = shutil.which("time")  # the program, not the word of the shell
SHELL = "/bin/sh"
TEXT_ROW = "{:<9} {:>24} {:>7} {:>7}  {:>24}  {:>22}"
HEADINGS = ("program", "wall ms", "CPU ms", "peak MB", "wall, x agatston", "CPU, x agatston")


def stop(message):
    sys.exit(f"compare.py: {message}")


def commands(options, folder):
    """What to run on a folder, by program, in the order of a round. Paths are absolute: nothing is looked up."""
    score = [options.agatston, "score", "--quiet", str(folder), "--region", "everything", "--protocol", "fqm"]
    result = {"agatston": [*score, "--detail", "totals", "--format", "json"]}
    for peer in options.peers:
        if peer == "cat":
            result[peer] = [SHELL, "-c", 'exec cat "$0"/* > /dev/null', str(folder)]
        else:
            result[peer] = [options.python, str(PEERS_SCRIPT), peer, str(folder)]
    return result


def spawn(argv):
    silent = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1)]
    return os.posix_spawn(argv[0], argv, os.environ, file_actions=silent)


def reap(pid, argv):
    """Wait for the process; its CPU time in ms."""
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        stop(f"this failed while it was timed: {' '.join(argv)}")
    return 1000 * (usage.ru_utime + usage.ru_stime)


def timed(*parallel):
    """Run the commands side by side; wall and CPU time in ms."""
    start = time.monotonic()
    running = [(spawn(argv), argv) for argv in parallel]
    cpu = sum([reap(*process) for process in running])
    return {"wall_ms": 1000 * (time.monotonic() - start), "cpu_ms": cpu}


def peak_mb(argv):
    """Peak memory of a run under `time`, a small parent; None without that program."""
    if TIME is None:
        timed(argv)
        return None
    with tempfile.NamedTemporaryFile("r") as note:
        timed([TIME, "-f", "%M", "-o", note.name, *argv])
        return int(note.read()) * 1024 / 1e6


def output_of(program, argv):
    """The JSON a program prints; None from cat."""
    run = subprocess.run(argv, capture_output=True, text=True)
    if run.returncode != 0:
        stop(f"{program} failed with exit code {run.returncode}\n{' '.join(argv)}\n{run.stderr.strip()}")
    return json.loads(run.stdout) if program != "cat" else None


def score_of(program, output):
    """Foci and raw; agatston gives raw as an area in mm2 times weight."""
    if program != "agatston":
        return output["foci"], output["raw"]
    rows, columns = output["series"]["pixel_spacing_mm"]
    return output["total"]["foci"], output["total"]["agatston_unscaled"] / (rows * columns)


def checked_score(folder, programs):
    """Run every program once; stop unless all scorers found the same score."""
    outputs = {program: output_of(program, argv) for program, argv in programs.items()}
    scores = {program: score_of(program, output) for program, output in outputs.items() if output}
    foci, raw = scores["agatston"]
    if any(f != foci or not math.isclose(r, raw, rel_tol=1e-6) for f, r in scores.values()):
        found = "".join(f"\n  {program:<9} {f} foci, raw {r:,.2f}" for program, (f, r) in scores.items())
        stop(f"the scores of {folder.name} differ, so nothing was timed{found}")
    return {program: {"foci": f, "raw": r} for program, (f, r) in scores.items()}


def readers(files):
    """One cat on all files; two cats on half of them each."""
    cat = shutil.which("cat")
    half = len(files) // 2
    return [[cat, *files]], [[cat, *files[:half]], [cat, *files[half:]]]


def measure(folder, programs, scores, rounds):
    """Warm up, then time the rounds of one folder."""
    files = sorted(str(path) for path in folder.iterdir() if path.is_file())
    one, two = readers(files)
    peaks = {program: peak_mb(argv) for program, argv in programs.items()}
    timed(*one), timed(*two)
    measured = []
    for _ in range(rounds):
        times = {program: timed(argv) for program, argv in programs.items()}
        measured.append({**times, "read_one": timed(*one), "read_two": timed(*two)})
    size = sum(os.path.getsize(path) for path in files)
    return {"name": folder.name, "files": len(files), "bytes": size, "scores": scores, "peak_mb": peaks,
            "rounds": measured}


def number(value):
    """Three digits or more: 0.50, 9.46, 13.2, 1,234."""
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{digits}f}"


def spread(values):
    return f"{number(median(values))} [{number(min(values))}..{number(max(values))}]"


def ratio(series, what, above, below):
    """Median and range of the ratios of two programs, each within one round."""
    pairs = [(times[above][what], times[below][what]) for times in series["rounds"]]
    return spread([a / b if b else math.nan for a, b in pairs])


def table(series):
    """The rows: headings, then each program."""
    yield HEADINGS
    for program, peak in series["peak_mb"].items():
        walls, cpus = ([times[program][what] for times in series["rounds"]] for what in ("wall_ms", "cpu_ms"))
        ratios = [ratio(series, what, program, "agatston") for what in ("wall_ms", "cpu_ms")]
        yield (program, spread(walls), number(median(cpus)), "-" if peak is None else number(peak),
               *(ratios if program != "agatston" else ("1", "1")))


def layout(rows, markdown):
    """The lines of a table."""
    if not markdown:
        return [TEXT_ROW.format(*row).rstrip() for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return [lines[0], "|---" + "|---:" * (len(HEADINGS) - 1) + "|", *lines[1:]]


def notes(series):
    """What to know beside the table: the score, agatston against cat, and whether wall times count."""
    score = series["scores"]["agatston"]
    yield f"Score: {score['foci']:,} foci, raw {score['raw']:,.0f}, found by {', '.join(series['scores'])}."
    if "cat" in series["peak_mb"]:
        cpu, wall = (ratio(series, what, "agatston", "cat") for what in ("cpu_ms", "wall_ms"))
        yield f"agatston / cat: CPU {cpu}, wall {wall}."
    pairs = [times["read_one"]["wall_ms"] / times["read_two"]["wall_ms"] for times in series["rounds"]]
    verdict = "counts" if median(pairs) >= 1.3 else "does not count"
    yield f"Two readers are {spread(pairs)} times as fast as one: the wall goal {verdict} here (from 1.3)."


def report(series, markdown):
    size = f"{series['files']} files, {series['bytes'] / 1e6:.1f} MB"
    title = f"{series['name']}: {size}, median [min..max] of {len(series['rounds'])} rounds"
    gap = [""] if markdown else []
    print(*[title, *gap, *layout(table(series), markdown), *gap, *notes(series), ""], sep="\n")


def first_match(path, key):
    """The value of the first line `key: value` of a file in /proc."""
    lines = Path(path).read_text().splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "unknown")


def machine():
    """Processor, cores, memory, kernel and versions; no name of the host."""
    memory = int(first_match("/proc/meminfo", "MemTotal").split()[0]) * 1024 / 1e9
    rustc = shutil.which("rustc")
    version = subprocess.run([rustc, "--version"], capture_output=True, text=True).stdout if rustc else ""
    return ", ".join([
        first_match("/proc/cpuinfo", "model name"), f"{len(os.sched_getaffinity(0))} cores", f"{memory:.0f} GB",
        f"{platform.system()} {platform.release()}", " ".join(version.split()[:2]) or "no rustc"])


def can_run(peer, python):
    """Whether the peer's modules can be imported; says so when not."""
    if peer == "cat" or subprocess.run([python, "-c", f"import {NEEDS[peer]}"], capture_output=True).returncode == 0:
        return True
    print(f"skipped: {peer} needs {NEEDS[peer]}; next step: {PIP}")
    return False


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agatston", required=True, metavar="PATH")
    parser.add_argument("--rounds", type=int, default=9, metavar="N")
    parser.add_argument("--peers", default="cat,cc3d,scipy,sitk", metavar="NAMES", help="default: %(default)s")
    parser.add_argument("--python", default=sys.executable, metavar="PATH", help="runs the peers; default: this one")
    parser.add_argument("--json", metavar="FILE", help="write all single times too")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    options = parser.parse_args()
    options.peers = [peer for peer in options.peers.split(",") if peer]
    wrong = [f"--peers {peer}: no such peer" for peer in options.peers if peer not in ("cat", *NEEDS)]
    wrong += [f"{folder}: not a folder" for folder in options.folders if not folder.is_dir()]
    if wrong or options.rounds < 1:
        parser.error("; ".join(wrong) or "--rounds: at least 1")
    options.folders = [folder.resolve() for folder in options.folders]
    for name in ("agatston", "python"):
        path = shutil.which(getattr(options, name)) or parser.error(f"--{name}: no such program")
        setattr(options, name, os.path.abspath(path))
    return options


def main():
    options = parse()
    options.peers = [peer for peer in options.peers if can_run(peer, options.python)]
    work = [(folder, commands(options, folder)) for folder in options.folders]
    checked = [(*item, checked_score(*item)) for item in work]
    result = {"machine": machine(), "series": []}
    print(result["machine"] + "\n")
    for item in checked:
        result["series"].append(measure(*item, options.rounds))
        report(result["series"][-1], options.markdown)
    if options.json:
        Path(options.json).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
