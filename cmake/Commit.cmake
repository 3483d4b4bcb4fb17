# cmake -DSOURCE=folder -DOUT=file -P Commit.cmake: writes a header that names the commit of SOURCE.
# The build runs it every time; the file is written only if its text changes.
set(commit "unknown commit")
find_program(git git)
if(git AND EXISTS ${SOURCE}/.git)  # else an archive, perhaps unpacked in another repository
  execute_process(
    COMMAND ${git} --no-optional-locks -C ${SOURCE} describe --always --dirty=+changes
            --exclude=* --abbrev=12
    OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed)
    set(commit "commit ${described}")
  endif()
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT [[
#pragma once

namespace ecg_lora {

inline constexpr char commit[] = "@commit@";

}  // namespace ecg_lora
]] @ONLY)
