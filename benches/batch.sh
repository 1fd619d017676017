#!/usr/bin/env bash
# Times a batch over generated series against series scored one by one on one core, and its memory against that of a quarter of
# them; every series must be one row. Rounds in turn, medians; on a quiet machine.
#
#   benches/batch.sh [COUNT=200] [ROUNDS=3] [SIDE=512]    all series must fit into memory: 47 slices of SIDE x SIDE each
set -euo pipefail
cd "$(dirname "$0")/.."
count=${1:-200} rounds=${2:-3} side=${3:-512}
some=$((count < 25 ? count : 25))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --locked -q --release -p agatston
cargo run --locked -q --release -p agatston-phantom --example cohort -- "$count" chest "$side" "$work/scans"
agatston=$PWD/target/release/agatston

timed() { # a file for "seconds kB", a command
    local to=$1
    shift
    /usr/bin/time -o "$to" -f '%e %M' "$@" >/dev/null
}
median() { sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }
one_by_one() { # some series, a process each, on one core
    find "$work/scans" -mindepth 2 -maxdepth 2 -type d | sort | sed -n "1,${some}p" |
        xargs -I{} taskset -c "$1" "$agatston" score {} --threads 1 --format json >/dev/null
}

find "$work/scans" -type f -print0 | xargs -0 cat >/dev/null # into memory
for round in $(seq "$rounds"); do
    timed "$work/whole.$round" "$agatston" batch "$work/scans" -o "$work/out" --overwrite -q
    timed "$work/quarter.$round" "$agatston" batch "$work/scans" -o "$work/some" --overwrite -q --limit $((count / 4))
    start=$(date +%s.%N)
    one_by_one $((round % $(nproc)))
    awk -v from="$start" -v to="$(date +%s.%N)" 'BEGIN { print to - from }' >"$work/single.$round"
done
rows=$(awk -F, '$13 == "total"' "$work/out/scores.csv" | wc -l)
[ "$rows" = "$count" ] || { echo "$count series, but $rows rows" >&2; exit 1; }

whole=$(cut -d' ' -f1 "$work"/whole.* | median) single=$(median <<<"$(cat "$work"/single.*)")
kb() { cut -d' ' -f2 "$work"/"$1".* | median; }
awk -v n="$count" -v s="$whole" -v one="$single" -v some="$some" -v cores="$(nproc)" -v all="$(kb whole)" -v quarter="$(kb quarter)" 'BEGIN {
    printf "%d series in %.1f s: %.2f a second\n", n, s, n / s
    printf "one by one on one core: %.2f a second\n", some / one
    printf "%.0f %% of %d cores x single\n", 100 * (n / s) / (cores * some / one), cores
    printf "peak memory: %.0f MB, of a quarter of the series %.0f MB\n", all / 1024, quarter / 1024
}'
