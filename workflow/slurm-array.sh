#!/usr/bin/env bash
# A batch as a job array of SLURM, for sites without Snakemake: one task a shard, of some hundred series each.
#
#   agatston batch SCANS -o INDEX --only-index
#   sbatch --array=1-N slurm-array.sh N INDEX/index.jsonl SCANS PARTS [OPTIONS of agatston batch]
#   agatston merge PARTS/*-of-N -o OUT
#
# Task I scores shard I of N into PARTS/I-of-N. Two minutes before its time is over the program is told to stop, and the
# task goes back to the queue and goes on where it was. The same line given again, or `--array=7` for one task, scores only
# what is missing. `agatston merge` tells which shard did not come to its end. Options of sbatch on the command line go before
# these here. AGATSTON is the program, `agatston` unless set.
#
# Ends with 0 also when some series have no score: they are rows of failures.csv, each with its reason.
#SBATCH --job-name=agatston
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --signal=B:USR1@120
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=agatston-%A_%a.log
set -euo pipefail

most_restarts=50 # then something else is wrong
most_retries=3   # of a task that could not read or write

if [ $# -lt 4 ] || [ -z "${SLURM_ARRAY_TASK_ID:-}" ]; then
    echo 'usage: sbatch --array=1-N slurm-array.sh N INDEX/index.jsonl SCANS PARTS [OPTIONS of agatston batch]' >&2
    exit 2
fi
shards=$1 index=$2 scans=$3 parts=$4
shift 4
task=$SLURM_ARRAY_TASK_ID
if ! [[ $shards =~ ^[1-9][0-9]*$ ]] || [ "$task" -lt 1 ] || [ "$task" -gt "$shards" ]; then
    echo "there is no shard $task of $shards: give the N of --array=1-N first" >&2
    exit 2
fi

"${AGATSTON:-agatston}" batch "$index" --root "$scans" -o "$parts/$task-of-$shards" --shard "$task/$shards" --resume \
    --threads "${SLURM_CPUS_PER_TASK:-1}" --log-format json "$@" &
program=$!

is_over='' was_told=''
# shellcheck disable=SC2329 # the traps call it
stop() {
    was_told=yes
    kill -TERM "$program" 2>/dev/null || true
}
trap 'is_over=yes; stop' USR1 # the time is nearly over
trap stop TERM INT            # cancelled, or room is made for another job: SLURM knows what is next

# A signal ends `wait`; the program ends after the plane in hand.
while true; do
    code=0
    wait "$program" || code=$?
    [ -n "$was_told" ] || break
    was_told=''
done

requeue() {
    echo "task $task goes back to the queue, it ended with $code" >&2
    exec scontrol requeue "${SLURM_ARRAY_JOB_ID}_$task"
}
restarts=${SLURM_RESTART_COUNT:-0}
case $code in
    5) code=0 ;;
    7) if [ -n "$is_over" ] && [ "$restarts" -lt $most_restarts ]; then requeue; fi ;;
    4) if [ "$restarts" -lt $most_retries ]; then requeue; fi ;;
esac
exit "$code"
