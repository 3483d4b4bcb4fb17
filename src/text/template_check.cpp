#include "ecg_lora/text/template_check.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora::text {
namespace fs = std::filesystem;
namespace {

/// The field "chat_template" of a JSON file: a text, or a list of named ones, of which "default" counts.
std::string template_in(const fs::path& file) {
  if (!fs::exists(file)) return {};
  const auto json = read_json(file);
  const auto found = json.is_object() ? json.find("chat_template") : json.end();
  if (found == json.end() || found->is_null()) return {};
  if (found->is_string()) return found->get<std::string>();
  if (found->is_array())
    for (const auto& named : *found)
      if (named.is_object() && named.value("name", Json()) == "default" && named.value("template", Json()).is_string()) return named.at("template").get<std::string>();
  throw_data("chat_template in ", file.string(), " is neither a text nor a list with one named \"default\"; remove it or put the checkpoint's own file back");
}

}  // namespace

std::string chat_template_of(const fs::path& folder) {
  if (const auto file = folder / "chat_template.jinja"; fs::exists(file)) return read_file(file);
  if (auto text = template_in(folder / "chat_template.json"); !text.empty()) return text;
  return template_in(folder / "tokenizer_config.json");
}

std::vector<std::string> tokens_not_in_template(const std::string& chat_template) {
  std::vector<std::string> result;
  if (chat_template.empty()) return result;
  for (const char* token : {"<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|image|>"})
    if (chat_template.find(token) == std::string::npos) result.emplace_back(token);
  return result;
}

void check_chat_template(const fs::path& folder) {
  const auto missing = tokens_not_in_template(chat_template_of(folder));
  if (missing.empty()) return;
  log_warn(cat("the chat template of ", folder.string(), " never writes ", joined(missing), ", expected the layout of LLaMA 3.2 Vision, in which prompts are written; a model "
               "tuned on another layout answers worse than it can"));
}

}  // namespace ecg_lora::text
