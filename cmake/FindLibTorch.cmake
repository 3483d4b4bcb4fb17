# Finds libtorch in a Python wheel or an unpacked archive and defines LibTorch::LibTorch.
#
# Torch's own package file demands a CUDA toolkit when the wheel was built with CUDA, which a user
# with only a driver lacks; the headers and shared libraries are all that this project needs, so
# they are located directly.
#
# Looks in: LibTorch_ROOT, CMAKE_PREFIX_PATH, then the torch package of the active or the project's
# Python environment, or of the interpreter on PATH.
# Sets: LibTorch_FOUND, LibTorch_VERSION, LibTorch_HOME, LibTorch_CUDA (ON where the wheel holds
# CUDA kernels).

find_path(LibTorch_INCLUDE_DIR torch/csrc/api/include/torch/torch.h
          HINTS ${LibTorch_ROOT} PATH_SUFFIXES include ../../include)
if(NOT LibTorch_INCLUDE_DIR)
  find_program(LibTorch_PYTHON NAMES python3 python HINTS ${ECG_LORA_PYTHON_HINTS})
  if(LibTorch_PYTHON)
    execute_process(COMMAND ${LibTorch_PYTHON}
      -c "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0])"
      OUTPUT_VARIABLE _torch_root OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(_torch_root)
      find_path(LibTorch_INCLUDE_DIR torch/csrc/api/include/torch/torch.h
                HINTS ${_torch_root}/include NO_DEFAULT_PATH)
    endif()
  endif()
endif()

if(LibTorch_INCLUDE_DIR)
  get_filename_component(LibTorch_HOME ${LibTorch_INCLUDE_DIR} DIRECTORY)
  foreach(_lib torch torch_cpu c10)
    find_library(LibTorch_${_lib}_LIBRARY ${_lib} HINTS ${LibTorch_HOME}/lib NO_DEFAULT_PATH)
  endforeach()
  file(STRINGS ${LibTorch_INCLUDE_DIR}/torch/headeronly/version.h _version
       REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
  list(TRANSFORM _version REPLACE ".* " "")
  list(JOIN _version "." LibTorch_VERSION)
  set(LibTorch_CUDA OFF)
  if(EXISTS ${LibTorch_HOME}/lib/libtorch_cuda.so)
    set(LibTorch_CUDA ON)
  endif()
endif()

include(FindPackageHandleStandardArgs)
string(CONCAT _install "install it with 'pip install torch==2.13.0', or name an unpacked libtorch "
       "in CMAKE_PREFIX_PATH")
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_torch_cpu_LIBRARY LibTorch_INCLUDE_DIR LibTorch_c10_LIBRARY
  VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "${_install}")

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  add_library(LibTorch::LibTorch INTERFACE IMPORTED)
  target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE
    ${LibTorch_INCLUDE_DIR} ${LibTorch_INCLUDE_DIR}/torch/csrc/api/include)
  # Kernels register themselves at load time, so the linker must keep libraries that no symbol
  # refers to.
  set(_libraries ${LibTorch_torch_LIBRARY} ${LibTorch_torch_cpu_LIBRARY} ${LibTorch_c10_LIBRARY})
  if(LibTorch_CUDA)
    list(APPEND _libraries ${LibTorch_HOME}/lib/libtorch_cuda.so
         ${LibTorch_HOME}/lib/libc10_cuda.so)
  endif()
  # Wheels export functions of an older libstdc++, std::filesystem among them, and the dynamic
  # linker takes the first library that has a symbol: libstdc++ stands before libtorch. Link options
  # come before all libraries.
  target_link_options(LibTorch::LibTorch
                      INTERFACE "LINKER:--push-state,--no-as-needed,-lstdc++,--pop-state")
  target_link_options(LibTorch::LibTorch
                      INTERFACE "LINKER:--no-as-needed" "LINKER:-rpath,${LibTorch_HOME}/lib"
                                "LINKER:-rpath-link,${LibTorch_HOME}/lib"
                                "LINKER:--allow-shlib-undefined")
  target_link_libraries(LibTorch::LibTorch INTERFACE ${_libraries})
endif()
