#!/usr/bin/env bash
# Builds everything, measurements included, runs every test, and closes with a count. Arguments go
# to ctest, for example -R parity.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$ROOT"
provide_fuzzer

# The interpreter for the tests against transformers and peft: the active one where it has all they
# need, else .venv.
modules=(torch transformers peft safetensors bitsandbytes wfdb scikit-learn sentencepiece tiktoken
         jinja2 pillow numpy pyarrow protobuf sacrebleu rouge-score tensorboard llama-models
         clang-format ruff)
python=$(command -v python3)
if [ "$python" = "$ROOT/.venv/bin/python3" ] || ! has_modules "$python" "${modules[@]}"; then
  make_venv
  python=$ROOT/.venv/bin/python3
  stamp=$ROOT/.venv/tests-requirements.txt  # what was installed last
  if ! cmp -s tests/requirements.txt "$stamp" || ! has_modules "$python" "${modules[@]}"; then
    pip_install -r tests/requirements.txt
    pip_install --no-deps llama-models==0.3.0
    cp tests/requirements.txt "$stamp"
  fi
fi

scripts/build.sh -DECG_LORA_TESTS=ON -DECG_LORA_BENCH=ON -DECG_LORA_PYTHON="$python"

results=$BUILD/test-results
rm -rf "$results"
mkdir -p "$results"

# Tests run side by side, each with one thread: the models are small.
status=0
GTEST_OUTPUT="xml:$results/" OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} \
  ctest --test-dir "$BUILD" -j "$(nproc)" --output-on-failure \
    --output-junit "$results/ctest.junit" "$@" || status=$?
"$python" scripts/count_tests.py "$results" || status=1
exit "$status"
