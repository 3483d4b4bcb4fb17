# Build helpers: one function per kind of target, so that every module is declared the same way.

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE ccache)
  if(CCACHE)
    # A precompiled header is accepted by ccache only with these settings.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
  endif()
endif()

add_library(ecg_lora_flags INTERFACE)
target_compile_options(ecg_lora_flags INTERFACE -Wall -Wextra -Wshadow -Wno-psabi)
if(ECG_LORA_WERROR)
  target_compile_options(ecg_lora_flags INTERFACE -Werror)
endif()
if(ECG_LORA_SANITIZE)
  add_compile_options(-fsanitize=${ECG_LORA_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ECG_LORA_SANITIZE})
endif()

# ecg_lora_module(SOURCES ... [PUBLIC targets...] [PRIVATE targets...] [TORCH])
# The folder below src/ as a static library: src/page/paper is ecg_lora_page_paper, with its public
# headers in include/ecg_lora/page/paper. TORCH links libtorch and reuses the one precompiled
# <torch/torch.h>: 15 to 19 s per file without it, 4 to 5 s with it.
function(ecg_lora_module)
  cmake_parse_arguments(arg "TORCH" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR}/src ${CMAKE_CURRENT_SOURCE_DIR})
  string(REPLACE "/" "_" name ${folder})
  set(target ecg_lora_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  target_include_directories(${target}
                             PUBLIC ${CMAKE_SOURCE_DIR}/include
                             PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE ecg_lora_flags ${arg_PRIVATE})
  if(arg_TORCH)
    ecg_lora_use_torch(${target})
  endif()
  get_filename_component(family ${folder} DIRECTORY)
  if(family)  # all modules of a family by one name, for tests and commands
    if(NOT TARGET ecg_lora_${family})
      add_library(ecg_lora_${family} INTERFACE)
    endif()
    target_link_libraries(ecg_lora_${family} INTERFACE ${target})
  endif()
endfunction()

function(ecg_lora_use_torch target)
  target_link_libraries(${target} PUBLIC LibTorch::LibTorch)
  target_precompile_headers(${target} REUSE_FROM ecg_lora_pch)
endfunction()

# ecg_lora_test(name SOURCES ... LINK targets... [TORCH]): a GoogleTest executable test_<name>, one
# ctest entry. A test of modules that this build leaves out (ECG_LORA_CORE_ONLY) is left out with
# them.
function(ecg_lora_test name)
  cmake_parse_arguments(arg "TORCH" "" "SOURCES;LINK" ${ARGN})
  foreach(target IN LISTS arg_LINK)
    if(NOT TARGET ${target})
      return()
    endif()
  endforeach()
  set(main GTest::gtest_main)
  if(arg_TORCH)
    set(main ecg_lora_torch_main)
  endif()
  add_executable(test_${name} ${arg_SOURCES})
  target_link_libraries(test_${name} PRIVATE ecg_lora_flags ${arg_LINK} GTest::gtest ${main})
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  if(arg_TORCH)
    ecg_lora_use_torch(test_${name})
  else()
    # Quick to compile, and each file has its own small helpers
    set_target_properties(test_${name} PROPERTIES UNITY_BUILD OFF)
  endif()
  add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS unit)
endfunction()

# ecg_lora_tool(name DESCRIPTION sentence [SOURCES ...] LINK targets... [TORCH]): the executable
# ecg-lora-<name> from tools/<name>/main.cpp and its recipe. The sentence heads its help, from the
# header command.h made here, and stands in the dispatcher's list.
function(ecg_lora_tool name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "TORCH" "DESCRIPTION" "SOURCES;LINK")
  if(NOT arg_DESCRIPTION)
    message(FATAL_ERROR "ecg_lora_tool(${name}): expected DESCRIPTION and a sentence, got none")
  endif()
  set(main main.cpp)
  if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/main.cpp)
    set(main ${name}.cpp)
  endif()
  set_property(GLOBAL APPEND PROPERTY ECG_LORA_COMMANDS ${name})
  set_property(GLOBAL PROPERTY ECG_LORA_DESCRIPTION_OF_${name} "${arg_DESCRIPTION}")
  set(header ${CMAKE_BINARY_DIR}/commands/${name})
  configure_file(${CMAKE_SOURCE_DIR}/cmake/command.h.in ${header}/command.h @ONLY)
  add_executable(ecg-lora-${name} ${main} ${arg_SOURCES})
  target_include_directories(ecg-lora-${name} PRIVATE ${CMAKE_SOURCE_DIR}/tools ${header})
  target_link_libraries(ecg-lora-${name} PRIVATE ecg_lora_flags ${arg_LINK} ecg_lora_command_line
                                                 CLI11::CLI11)
  if(arg_TORCH)
    ecg_lora_use_torch(ecg-lora-${name})
  endif()
endfunction()
