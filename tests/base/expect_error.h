// Expectations on the errors that users see.
#pragma once

#include <gtest/gtest.h>
#include <regex.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "ecg_lora/base/error.h"

namespace ecg_lora::testing {

/// Runs `use`, which must throw an Error of kind `code`; its message.
template <class F>
std::string error_of(ExitCode code, F use) {
  try {
    use();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "expected an error, got none";
  return "";
}

inline ::testing::AssertionResult has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "expected '" << part << "' in '" << text << "'";
}

/// POSIX extended regular expression, found anywhere in `text`.
inline ::testing::AssertionResult matches(const std::string& text, const std::string& pattern) {
  regex_t compiled;
  if (regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
    return ::testing::AssertionFailure() << "'" << pattern << "' is no regular expression";
  }
  const bool found = regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  regfree(&compiled);
  if (found) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "expected '" << pattern << "' to match '" << text << "'";
}

/// What `use` writes to stderr.
template <class F>
std::string stderr_of(F use) {
  ::testing::internal::CaptureStderr();
  use();
  return ::testing::internal::GetCapturedStderr();
}

/// A folder of its own for each test, removed afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() /
            cat("ecg-lora-", test->test_suite_name(), "-", test->name(), "-", ::getpid());
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  /// Files and folders in it, temporaries included.
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::filesystem::path path_;
};

}  // namespace ecg_lora::testing
