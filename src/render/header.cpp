#include <charconv>
#include <string_view>

#include "ecg_lora/render/page.h"

namespace ecg_lora::render {
namespace {

/// What follows `key` and a colon in a comment, without blanks around it.
std::string_view value_of(std::string_view comment, std::string_view key) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '#' || c == '<' || c == '>'; };
  const auto trim = [&] {
    while (!comment.empty() && blank(comment.front())) comment.remove_prefix(1);
    while (!comment.empty() && (blank(comment.back()) || comment.back() == '\r')) comment.remove_suffix(1);
  };
  trim();
  if (!comment.starts_with(key)) return {};
  comment.remove_prefix(key.size());
  trim();
  if (comment.empty() || comment.front() != ':') return {};
  comment.remove_prefix(1);
  trim();
  return comment;
}

}  // namespace

PageHeader header_of(const wfdb::Record& record) {
  PageHeader header;
  header.name = record.name;
  for (const auto& comment : record.comments) {
    if (const auto age = value_of(comment, "Age"); !age.empty()) {
      double years = 0;
      const auto [end, status] = std::from_chars(age.data(), age.data() + age.size(), years);
      if (status == std::errc() && end == age.data() + age.size() && years >= 0 && years <= 300) header.age = years;  // else "NaN", "Unknown"
    }
    if (const auto sex = value_of(comment, "Sex"); !sex.empty()) {
      if (sex == "M" || sex == "Male" || sex == "male") header.sex = "male";
      if (sex == "F" || sex == "Female" || sex == "female") header.sex = "female";
    }
  }
  return header;
}

}  // namespace ecg_lora::render
