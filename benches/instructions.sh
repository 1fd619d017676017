#!/usr/bin/env bash
# Counts instructions a voxel with callgrind and holds them against the committed figures in instructions.toml.
# Times of a shared machine mean little; instructions of one binary repeat.
#
#   benches/instructions.sh            compare; exits 1 when a figure is more than 3 % over
#   benches/instructions.sh --update   write the figures of this machine's compiler
#
# Under another compiler or on another kind of processor than the committed figures name it reports and fails nothing.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

figures=benches/instructions.toml
allowed=1.03
slices=64
names=(kernel_fastest kernel_portable whole_program)

die() {
    echo "instructions.sh: $*" >&2
    exit 1
}
command -v valgrind >/dev/null || { apt-get update -q && apt-get install -yq valgrind; }

messages=$(cargo bench --locked --no-run --bench instructions --message-format=json-render-diagnostics) # the program too
built() { # the path of what cargo built under a name
    { grep "\"name\":\"$1\"" <<<"$messages" || true; } | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -1
}
bench=$(built instructions)
program=$(built agatston)
[ -x "$bench" ] && [ -x "$program" ] || die "cargo built no bench or no program"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

instructions() { # of a command, its output apart
    local report
    report=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null)
    sed -n 's/.*Collected : //p' <<<"$report"
}
kernel() { # two lengths differ by ten rounds
    local short long voxels
    voxels=$("$bench" voxels)
    short=$(instructions "$bench" kernel "$1" 2)
    long=$(instructions "$bench" kernel "$1" 12)
    awk "BEGIN { printf \"%.3f\", ($long - $short) / (10 * $voxels) }"
}
whole() {
    local series=$folder/series counted
    "$bench" series "$series" "$slices"
    counted=$(instructions "$program" score "$series" --threads 1 --region everything --protocol fqm --detail totals --format json)
    awk "BEGIN { printf \"%.3f\", $counted / ($slices * 512 * 512) }"
}

rustc=$(rustc --version | cut -d' ' -f2)
kind="$(uname -m)$(grep -qw avx2 /proc/cpuinfo && echo ' avx2')"
fastest=$(kernel fastest)
portable=$(kernel portable)
program_figure=$(whole)
cat >"$folder/new.toml" <<END
# Instructions a voxel, written by benches/instructions.sh --update. The goals are 0.80, 1.20 and 1.30; docs/performance.md
# says why the last is not reached.
rustc = "$rustc"
processor = "$kind"
kernel_fastest = $fastest
kernel_portable = $portable
whole_program = $program_figure
END

value() { sed -n "s/^$2 = \"\{0,1\}\([^\"]*\)\"\{0,1\}$/\1/p" "$1"; }
for name in "${names[@]}"; do
    [[ $(value "$folder/new.toml" "$name") =~ ^[0-9]+\.[0-9]+$ ]] || die "$name could not be counted"
done
if [ "${1:-}" = --update ]; then
    cp "$folder/new.toml" "$figures"
    cat "$figures"
    exit 0
fi

over=0
printf '%-18s%12s%12s\n' "instructions/voxel" committed now
for name in "${names[@]}"; do
    was=$(value "$figures" "$name")
    now=$(value "$folder/new.toml" "$name")
    [[ $was =~ ^[0-9]+\.[0-9]+$ ]] || die "$figures has no figure $name"
    printf '%-18s%12s%12s\n' "$name" "$was" "$now"
    if awk "BEGIN { exit !($now > $was * $allowed) }"; then over=1; fi
done
for known in rustc processor; do
    if [ "$(value "$figures" $known)" != "$(value "$folder/new.toml" $known)" ]; then
        echo "$known is $(value "$folder/new.toml" $known), the committed figures are of $(value "$figures" $known): reported only"
        over=0
    fi
done
if [ "$over" = 1 ]; then
    echo "more than 3 % over the committed figures: find out why (valgrind --tool=callgrind), or, where the"
    echo "instructions buy something, run benches/instructions.sh --update and say in the commit what they buy"
    exit 1
fi
