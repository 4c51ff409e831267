#!/usr/bin/env bash
# Uploads a directory with an array of 8 tasks, each of which uploads a share:
#
#   sbatch slurm.sh /scratch/results /Backups/2026
#
# Set BOX_ACCESS_TOKEN_FILE or other credentials that `box-upload --help` lists. A requeued task sends what is missing. The
# number of tasks may change between runs.
#SBATCH --job-name=box-upload
#SBATCH --array=0-7
#SBATCH --cpus-per-task=1
#SBATCH --mem=256M
#SBATCH --time=24:00:00
#SBATCH --requeue
set -euo pipefail

directory=${1:?"usage: sbatch slurm.sh DIRECTORY FOLDER"}
folder=${2:?"usage: sbatch slurm.sh DIRECTORY FOLDER"}
# Shares are counted from 0, whatever the number of the first task.
index=$((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN))
state=${BOX_UPLOAD_STATE:-$HOME/box-upload-$SLURM_ARRAY_JOB_ID}
mkdir -p "$state"

# Exit code 3 is a temporary failure.
until box-upload "$directory" --to "$folder" --parents \
    --shard "$index/$SLURM_ARRAY_TASK_COUNT" \
    --manifest "$state/manifest-$index.jsonl" \
    --journal "$state/journal"; do
    code=$?
    ((code == 3)) || exit "$code"
    sleep 60
done
