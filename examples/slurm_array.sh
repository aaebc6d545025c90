#!/bin/bash
# A session of movies on a Slurm cluster, a share of the movies per task of a job array: compressed, then corrected.
#
#   ls session/*.mrc > movies.txt
#   MOVIES=movies.txt OUTPUT=/scratch/me/session sbatch --array=0-15 slurm_array.sh
#
# Submit it again after a task was stopped: what is done already is left alone. For KOMA all movies have to be seen
# together: use dask_jobqueue_session.py.
#SBATCH --job-name=mrcz
#SBATCH --cpus-per-task=8
#SBATCH --mem=8G
#SBATCH --time=02:00:00
#SBATCH --output=mrcz-%A_%a.log
set -euo pipefail

movies=${MOVIES:?set MOVIES to a file that lists the movies, one a line}
output=${OUTPUT:?set OUTPUT to the folder for results}

# --shard slurm takes this task's share of the list. Compressed files keep the sum of their frames, so that correcting
# them reads their frames once.
mrcz compress --filelist "$movies" --shard slurm --skip-done --keep-sum --output-dir "$output/compressed"

# Of the same share, those that are not corrected yet.
mine=$(mktemp)
trap 'rm -f "$mine"' EXIT
number=$((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN))
while IFS= read -r movie; do
    name=$(basename "$movie")
    case "$name" in
        *.mrcz | *.mrczs) ;;
        *.mrc) name=${name%.mrc}.mrcz ;;
        *.mrcs) name=${name%.mrcs}.mrczs ;;
        *) name=$name.mrcz ;;
    esac
    [[ -e "$output/corrected/$name" ]] || printf '%s\n' "$output/compressed/$name" >> "$mine"
done < <(awk -v n="$SLURM_ARRAY_TASK_COUNT" -v i="$number" 'NF && ++k % n == (i + 1) % n' "$movies")

# Add what your camera needs: --gain gain.mrc --gain-rot 1, --defects defects.txt.
if [[ -s "$mine" ]]; then
    mrcz process --filelist "$mine" --outliers --output-dir "$output/corrected"
fi
