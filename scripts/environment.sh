# Sourced by the other scripts: system packages, and libtorch in a Python environment. Quick where
# all is there.
#
# What is found is used: programs on PATH, an active Python environment with torch, a libtorch named
# in CMAKE_PREFIX_PATH. Only what is missing is installed: with apt where permitted, and into .venv.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TORCH_VERSION=2.13.0
BUILD=${ECG_LORA_BUILD_DIR:-build}  # as an absolute path
[[ $BUILD = /* ]] || BUILD=$ROOT/$BUILD

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $*"; exit 2; }

# program:package, where any way to have the program will do; then packages that are libraries.
PROGRAMS=(cmake:cmake ninja:ninja-build g++:g++ ccache:ccache pkg-config:pkg-config git:git
          spm_train:sentencepiece)
LIBRARIES=(libopencv-dev libsentencepiece-dev nlohmann-json3-dev libcli11-dev libspdlog-dev
           libgtest-dev libpcre2-dev libbenchmark-dev libflac-dev)

missing_packages() {
  local pair installed
  for pair in "${PROGRAMS[@]}"; do
    command -v "${pair%%:*}" >/dev/null || echo "${pair##*:}"
  done
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${LIBRARIES[@]}" \
              2>/dev/null || true)
  for pair in "${LIBRARIES[@]}"; do
    grep -qx "$pair installed" <<<"$installed" || echo "$pair"
  done
  python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
}

# apt_install PACKAGE...: false where this user may not, or apt cannot.
apt_install() {
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || {
      say "missing packages; run: sudo apt-get install --no-install-recommends $*"
      return 1
    }
    sudo=(sudo)
  fi
  say "Installing $*"
  "${sudo[@]}" apt-get update -q >&2 || say "apt-get update failed; trying with the lists at hand"
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "$@" >&2 ||
    { say "apt-get could not install $*"; return 1; }
  hash -r
}

install_packages() {
  local missing
  command -v dpkg-query >/dev/null ||
    {
      say "Not a Debian system: expecting ${PROGRAMS[*]##*:} ${LIBRARIES[*]}" \
        "or what they are called here"
      return
    }
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}" || exit 2
}

# For the fuzz targets among the tests. Where there is none to be had, ctest names what it skips.
provide_fuzzer() {
  local probe='#include <cstdlib>
extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, std::size_t) { return 0; }'
  clang++ -fsanitize=fuzzer,address -x c++ -o /dev/null - <<<"$probe" 2>/dev/null && return
  command -v dpkg-query >/dev/null && apt_install clang libclang-rt-dev ||
    say "No clang++ with libFuzzer: the fuzz targets will be skipped"
}

# has_modules PYTHON DISTRIBUTION...: installed, and to the end (pip writes RECORD last).
has_modules() {
  "$1" - "${@:2}" 2>/dev/null <<'PYTHON'
import importlib.metadata, sys
sys.exit(any(importlib.metadata.distribution(name).files is None for name in sys.argv[1:]))
PYTHON
}

libtorch_is_named() {
  local prefix
  local -a prefixes
  IFS=':;' read -r -a prefixes <<<"${CMAKE_PREFIX_PATH:-}"
  for prefix in "${prefixes[@]}"; do
    for include in "$prefix/include" "$prefix/../../include"; do
      [ -f "$include/torch/csrc/api/include/torch/torch.h" ] && return 0
    done
  done
  return 1
}

# Makes .venv, anew where an earlier attempt was cut short.
make_venv() {
  "$ROOT/.venv/bin/python3" -m pip --version >/dev/null 2>&1 && return
  say "Making the Python environment .venv"
  rm -rf "$ROOT/.venv"
  python3 -m venv "$ROOT/.venv" >&2 || fail "python3 -m venv $ROOT/.venv failed; see above"
}

pip_install() {
  say "Installing $* into .venv"
  "$ROOT/.venv/bin/python3" -m pip install --disable-pip-version-check --no-input "$@" >&2 ||
    fail "pip install $* failed; see above, and run again"
}

activate_venv() {
  export VIRTUAL_ENV=$ROOT/.venv PATH=$ROOT/.venv/bin:$PATH
  hash -r
}

provide_torch() {
  if libtorch_is_named; then return; fi
  if [ -n "${VIRTUAL_ENV:-}${CONDA_PREFIX:-}" ] && has_modules python3 torch; then return; fi
  make_venv
  has_modules "$ROOT/.venv/bin/python3" torch || pip_install "torch==$TORCH_VERSION"
  activate_venv
}

# Some distributions ship an older cmake than the 3.25 that the build needs.
provide_cmake() {
  local version
  version=$(cmake --version | sed -n '1s/.* //p')
  [ "$(printf '%s\n' 3.25 "$version" | sort -V | head -n 1)" = 3.25 ] && return
  make_venv
  [ -x "$ROOT/.venv/bin/cmake" ] || pip_install 'cmake<4'
  PATH=$ROOT/.venv/bin:$PATH
  hash -r
}

install_packages
command -v python3 >/dev/null || fail "python3 is missing; install it and run again"
provide_torch
provide_cmake
