# cmake -DSCRIPT=cmake/Commit.cmake -DFOLDER=folder -P check_commit.cmake: what the build finds of
# an archive, a commit and a changed tree. Skipped without git.
find_program(git git)
if(NOT git)
  message("skipped: needs git")
  return()
endif()
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER}/source/archive)
file(WRITE ${FOLDER}/source/file "one\n")

function(run_git)
  execute_process(COMMAND ${git} -C ${FOLDER}/source -c user.name=test
                          -c user.email=test@example.org ${ARGN}
                  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(expect source pattern)
  execute_process(COMMAND ${CMAKE_COMMAND} -DSOURCE=${source} -DOUT=${FOLDER}/commit.h -P ${SCRIPT}
                  COMMAND_ERROR_IS_FATAL ANY)
  file(READ ${FOLDER}/commit.h text)
  if(NOT text MATCHES "commit\\[\\] = \"${pattern}\";")
    message(FATAL_ERROR "expected ${pattern} for ${source}, got ${text}")
  endif()
endfunction()

expect(${FOLDER}/source "unknown commit")
run_git(init -q)
expect(${FOLDER}/source "unknown commit")  # no commit yet
run_git(add file)
run_git(commit -q -m one)
set(hash "commit [0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]+")
expect(${FOLDER}/source "${hash}")
file(TIMESTAMP ${FOLDER}/commit.h before)
execute_process(COMMAND ${CMAKE_COMMAND} -E sleep 1.1)
expect(${FOLDER}/source "${hash}")
file(TIMESTAMP ${FOLDER}/commit.h after)
if(NOT before STREQUAL after)
  message(FATAL_ERROR "the header was written again although nothing changed")
endif()
expect(${FOLDER}/source/archive "unknown commit")  # not the repository that it lies in
file(APPEND ${FOLDER}/source/file "two\n")
expect(${FOLDER}/source "${hash}[+]changes")
