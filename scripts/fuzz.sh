#!/usr/bin/env bash
# Runs the fuzz targets (clang with libFuzzer and sanitizers) one after the other. Fails at the first
# finding, whose input is then in build/fuzz/findings/.
#   scripts/fuzz.sh [SECONDS_EACH] [TARGET...]     default: 300 seconds, all targets
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-300}
shift || true
command -v clang++-14 >/dev/null || {
  echo "fuzz: clang++-14 is missing; install Debian's package clang-14" >&2
  exit 1
}
cmake --preset fuzz --log-level=WARNING
targets=("$@")
[ ${#targets[@]} -gt 0 ] ||
  targets=(network detector metadata model_info image_header photograph film request policy config tracker moving_scenes mot_file coco_truth fddb_folds audit_decisions wider_text wider_mat retinaface_text voc yolo yolo_names yolo_places darknet coco labelme cvat fddb csv_boxes prepared
    weights_safetensors weights_torch weights_npz weights_npy weights_onnx weights_hdf5)
cmake --build build/fuzz --parallel "$(scripts/jobs.sh)" --target "${targets[@]/#/fuzz_}"
mkdir -p build/fuzz/findings
for target in "${targets[@]}"; do
  corpus=build/fuzz/corpus/$target
  mkdir -p "$corpus"
  case $target in
    detector) seeds=tests/engine/fixtures/peers ;;
    model_info) seeds=configs/detectors ;;
    policy) seeds=configs/augment ;;
    config) seeds=configs ;;
    image_header) seeds=tests/detect/fixtures/drawn ;;
    mot_file) seeds=tests/evaluate/fixtures/mot ;;
    coco_truth) seeds=tests/evaluate/fixtures/coco ;;
    fddb_folds) seeds=tests/evaluate/fixtures/fddb/folds ;;
    *) seeds=fuzz/seeds/$target ;;
  esac
  [ -d "$seeds" ] || seeds=
  echo "fuzz: $target, $seconds s"
  # matio allocates whatever a damaged length says, and copes with a refusal.
  ASAN_OPTIONS=allocator_may_return_null=1:max_allocation_size_mb=2048:detect_leaks=0 \
    "build/fuzz/fuzz/fuzz_$target" "$corpus" ${seeds:+"$seeds"} -max_total_time="$seconds" \
    -max_len=65536 -rss_limit_mb=4096 -malloc_limit_mb=1000000 -timeout=20 -print_final_stats=1 \
    -artifact_prefix=build/fuzz/findings/"$target"- >"build/fuzz/$target.log" 2>&1 || {
    tail -n 30 "build/fuzz/$target.log" >&2
    echo "fuzz: $target found something; see build/fuzz/$target.log" >&2
    exit 1
  }
  grep -E "stat::number_of_executed_units|stat::new_units_added" "build/fuzz/$target.log"
done
echo "fuzz: no findings"
