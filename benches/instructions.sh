#!/usr/bin/env bash
# Counts instructions a voxel with callgrind and holds them against the committed figures in instructions.toml.
# Times of a shared machine mean little; instructions of one binary repeat.
#
#   benches/instructions.sh            compare; exits 1 when a figure is more than 3 % over
#   benches/instructions.sh --update   write the figures of this machine's compiler
#
# Under another compiler than the committed figures name it reports and fails nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

figures=benches/instructions.toml
allowed=1.03
slices=64
side=512

command -v valgrind >/dev/null || { apt-get update -q && apt-get install -yq valgrind; }

built() { # the path of what cargo built under a name, out of its messages
    local name=$1
    shift
    cargo "$@" --locked --message-format=json-render-diagnostics |
        grep "\"name\":\"$name\"" | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -1
}
bench=$(built instructions bench --no-run -p agatston --bench instructions)
program=$(built agatston build --release -p agatston)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

instructions() { # of a command, its output apart
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : //p'
}
kernel() { # two lengths differ by ten rounds of eight planes
    local short long
    short=$(instructions "$bench" kernel "$1" 2)
    long=$(instructions "$bench" kernel "$1" 12)
    awk "BEGIN { printf \"%.3f\", ($long - $short) / (10 * 8 * $side * $side) }"
}
"$bench" series "$folder/series" "$slices"
whole=$(instructions "$program" score "$folder/series" --threads 1 --region everything --protocol fqm --detail totals --format json)

rustc=$(rustc --version | cut -d' ' -f2)
{
    echo "# Instructions a voxel, written by benches/instructions.sh --update."
    echo "rustc = \"$rustc\""
    echo "kernel_fastest = $(kernel fastest)"
    echo "kernel_portable = $(kernel portable)"
    echo "whole_program = $(awk "BEGIN { printf \"%.3f\", $whole / ($slices * $side * $side) }")"
} >"$folder/new.toml"

if [ "${1:-}" = --update ]; then
    cp "$folder/new.toml" "$figures"
    cat "$figures"
    exit 0
fi

value() { sed -n "s/^$2 = \"\{0,1\}\([^\"]*\)\"\{0,1\}$/\1/p" "$1"; }
committed=$(value "$figures" rustc)
over=0
printf '%-18s%12s%12s\n' "instructions/voxel" committed now
for name in kernel_fastest kernel_portable whole_program; do
    was=$(value "$figures" "$name")
    now=$(value "$folder/new.toml" "$name")
    printf '%-18s%12s%12s\n' "$name" "$was" "$now"
    if awk "BEGIN { exit !($now > $was * $allowed) }"; then over=1; fi
done
if [ "$committed" != "$rustc" ]; then
    echo "rustc is $rustc, the committed figures are of $committed: reported only"
elif [ "$over" = 1 ]; then
    echo "more than 3 % over the committed figures: find out why (valgrind --tool=callgrind), or, where the"
    echo "instructions buy something, run benches/instructions.sh --update and say in the commit what they buy"
    exit 1
fi
