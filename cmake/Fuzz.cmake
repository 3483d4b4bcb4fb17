# libFuzzer targets. They are compiled by clang whatever compiler the project is built with: gcc has
# no libFuzzer. Sources of the library that they use are compiled again, since sanitizers and
# libFuzzer's counters are in the code.

set(ECG_LORA_FUZZ_SECONDS 4 CACHE STRING "How long ctest runs each fuzz target, in seconds")
find_program(ECG_LORA_CLANG NAMES clang++ clang++-20 clang++-19 clang++-18 clang++-17 clang++-16
             clang++-15 clang++-14)
set(ECG_LORA_FUZZ_FLAGS -std=c++20 -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined
    -fno-sanitize-recover=all)

# Whether ECG_LORA_CLANG makes fuzz targets: its run-time library is a package of its own.
function(ecg_lora_probe_fuzzer)
  if(NOT ECG_LORA_CLANG OR ECG_LORA_CAN_FUZZ)
    return()
  endif()
  set(probe ${CMAKE_CURRENT_BINARY_DIR}/probe)
  file(WRITE ${probe}.cpp
    "#include <cstdint>\n#include <string>\n"
    "extern \"C\" int LLVMFuzzerTestOneInput(const std::uint8_t*, std::size_t) { return 0; }\n")
  execute_process(COMMAND ${ECG_LORA_CLANG} ${ECG_LORA_FUZZ_FLAGS} -fsanitize=fuzzer ${probe}.cpp
                  -o ${probe}
                  RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
  if(NOT failed)
    set(ECG_LORA_CAN_FUZZ TRUE CACHE INTERNAL "clang++ with libFuzzer was found")
  endif()
endfunction()

# One source as an object of the fuzz targets, compiled once however many of them use it.
function(ecg_lora_fuzz_object source object)
  file(RELATIVE_PATH name ${CMAKE_SOURCE_DIR} ${source})
  set(path ${CMAKE_BINARY_DIR}/fuzz-objects/${name}.o)
  set(${object} ${path} PARENT_SCOPE)
  get_property(known GLOBAL PROPERTY ECG_LORA_FUZZ_OBJECTS)
  if(path IN_LIST known)
    return()
  endif()
  set_property(GLOBAL APPEND PROPERTY ECG_LORA_FUZZ_OBJECTS ${path})
  get_filename_component(folder ${path} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(OUTPUT ${path} DEPENDS ${source} DEPFILE ${path}.d
                     COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${ECG_LORA_CLANG} ${ECG_LORA_FUZZ_FLAGS}
                             -fsanitize=fuzzer-no-link -I${CMAKE_SOURCE_DIR}/include
                             -I${CMAKE_SOURCE_DIR}/src -MD -MF ${path}.d -c ${source} -o ${path}
                     COMMENT "Compiling ${name} for fuzzing" VERBATIM)
endfunction()

# ecg_lora_fuzz(name SOURCES files... [LINK flags...] [OPTIONS flags...]): the fuzz target
# fuzz_<name>, from fuzz_<name>.cpp of the current folder and SOURCES (relative to the repository's
# root, the few .cpp it needs), linked with LINK (-lFLAC). ctest runs it, label fuzz, for
# ECG_LORA_FUZZ_SECONDS from the seeds in corpus/<name>/; OPTIONS are more options of libFuzzer.
# Without a clang that has libFuzzer, the entry is skipped by name.
function(ecg_lora_fuzz name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;OPTIONS" ${ARGN})
  set(test fuzz_${name})
  if(NOT ECG_LORA_CAN_FUZZ)
    add_test(NAME ${test} COMMAND sh -c "echo skipped: needs clang++ with libFuzzer; exit 77")
    set_tests_properties(${test} PROPERTIES LABELS fuzz SKIP_RETURN_CODE 77)
    return()
  endif()
  set(objects "")
  list(TRANSFORM arg_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/)
  foreach(source IN ITEMS ${CMAKE_CURRENT_SOURCE_DIR}/${test}.cpp LISTS arg_SOURCES)
    ecg_lora_fuzz_object(${source} object)
    list(APPEND objects ${object})
  endforeach()
  set(binary ${CMAKE_BINARY_DIR}/bin/${test})
  add_custom_command(OUTPUT ${binary} DEPENDS ${objects}
                     COMMAND ${ECG_LORA_CLANG} ${ECG_LORA_FUZZ_FLAGS} -fsanitize=fuzzer ${objects}
                             ${arg_LINK} -o ${binary}
                     COMMENT "Linking ${test}" VERBATIM)
  add_custom_target(${test} ALL DEPENDS ${binary})
  # What it finds to be new goes to a folder of the build, never into the seeds; a crash is saved
  # beside it.
  set(found ${CMAKE_CURRENT_BINARY_DIR}/${name})
  file(MAKE_DIRECTORY ${found})
  add_test(NAME ${test}
           COMMAND ${binary} -max_total_time=${ECG_LORA_FUZZ_SECONDS} -timeout=5 -rss_limit_mb=1024
                   -malloc_limit_mb=64 -max_len=4096 -artifact_prefix=${found}- -print_final_stats=1
                   ${arg_OPTIONS} ${found} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
  set_tests_properties(${test} PROPERTIES LABELS fuzz TIMEOUT 60)
endfunction()
