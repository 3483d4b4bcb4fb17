#!/usr/bin/env bash
# Formats all C++, CUDA and Python of the repository, and names what is left to do by hand. Uses the
# versions of tests/requirements.txt in .venv, or the ones of the active Python environment.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=python3
[ -n "${VIRTUAL_ENV:-}" ] || [ ! -x .venv/bin/python3 ] || python=.venv/bin/python3
exec "$python" scripts/check_format.py --fix
