#!/usr/bin/env bash
# Uploads a directory with an array of 8 tasks, each of which takes a share:
#
#   sbatch slurm.sh /scratch/results /Backups/2026
#
# BOX_ACCESS_TOKEN_FILE or the other variables that `box-upload --help` lists have to be set. A task that is requeued
# sends what is missing. The number of tasks may change between runs.
#SBATCH --job-name=box-upload
#SBATCH --array=0-7
#SBATCH --cpus-per-task=1
#SBATCH --mem=256M
#SBATCH --time=24:00:00
#SBATCH --requeue
set -euo pipefail

directory=${1:?"usage: sbatch slurm.sh DIRECTORY FOLDER"}
folder=${2:?"usage: sbatch slurm.sh DIRECTORY FOLDER"}
# Tasks are counted from the first of the array, whatever its number.
index=$((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN))
state=${BOX_UPLOAD_STATE:-$HOME/box-upload-$SLURM_ARRAY_JOB_ID}
mkdir -p "$state"

# Code 3 is a failure that may pass by itself.
until box-upload "$directory" --to "$folder" --parents \
    --shard "$index/$SLURM_ARRAY_TASK_COUNT" \
    --manifest "$state/manifest-$index.jsonl" \
    --journal "$state/journal"; do
    code=$?
    ((code == 3)) || exit "$code"
    sleep 60
done
