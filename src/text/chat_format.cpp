#include "ecg_lora/text/chat_format.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora::text {
namespace fs = std::filesystem;
namespace {

/// The field "chat_template" of a JSON file: a text, or a list of named ones, of which "default"
/// counts.
std::string template_in(const fs::path& file) {
  const auto json = read_json(file);
  const auto found = json.is_object() ? json.find("chat_template") : json.end();
  if (found == json.end() || found->is_null()) return {};
  if (found->is_string()) return found->get<std::string>();
  if (found->is_array())
    for (const auto& named : *found)
      if (named.is_object() && named.value("name", Json()) == "default" &&
          named.value("template", Json()).is_string())
        return named.at("template").get<std::string>();
  throw_data("chat_template in ", file.string(),
             " is neither a text nor a list with one named "
             "\"default\"; remove it or put the checkpoint's own file back");
}

std::string layout_name(const ChatTemplate& found) {
  return found.layout ? cat("the layout of ", name_of(*found.layout)) : "no known layout";
}

void warn_of_unknown(const ChatTemplate& found) {
  const auto missing = tokens_not_in_template(found.text);
  log_warn(cat(
      "the chat template in ", found.file.string(), " is no known generation of Llama 3.2 Vision's",
      missing.empty() ? "" : cat(" and never writes ", joined(missing)),
      "; prompts are written in the layout of ", name_of(kDefaultLayout),
      ", and a model tuned on another one answers worse than it can: find its layout with the "
      "command in docs/formats/templates.md, or put the template of its base there"));
}

}  // namespace

std::vector<ChatTemplate> chat_templates_of(const fs::path& folder) {
  std::vector<ChatTemplate> result;
  for (const char* name : {"processor_config.json", "chat_template.json", "chat_template.jinja",
                           "tokenizer_config.json"}) {
    const auto file = folder / name;
    if (!fs::exists(file)) continue;
    const auto text = file.extension() == ".jinja" ? read_file(file) : template_in(file);
    if (!text.empty()) result.push_back({file, text, layout_of(text)});
  }
  return result;
}

std::vector<std::string> tokens_not_in_template(const std::string& chat_template) {
  std::vector<std::string> result;
  for (const char* token : {"<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|image|>"})
    if (chat_template.find(token) == std::string::npos) result.emplace_back(token);
  return result;
}

PromptLayout layout_of(const std::vector<ChatTemplate>& templates) {
  return templates.empty() ? kDefaultLayout : templates.front().layout.value_or(kDefaultLayout);
}

PromptLayout load_layout(const fs::path& folder) {
  const auto found = chat_templates_of(folder);
  if (found.empty()) return kDefaultLayout;
  const auto& first = found.front();
  if (!first.layout) warn_of_unknown(first);
  for (const auto& other : found)
    if (first.layout && other.layout != first.layout)
      log_warn(cat("the chat templates in ", first.file.string(), " (", layout_name(first),
                   ") and ", other.file.string(), " (", layout_name(other),
                   ") differ; the first counts, as for "
                   "transformers' processor: remove the other if it is out of date"));
  return layout_of(found);
}

ChatFormat load_chat_format(const fs::path& folder) {
  return {load_tokenizer(folder), load_layout(folder)};
}

void check_adapter_layout(PromptLayout layout, const fs::path& folder) {
  const auto found = chat_templates_of(folder);
  if (found.empty() || found.front().layout == layout) return;
  log_warn(cat("the adapter was tuned with the chat template in ", found.front().file.string(),
               ", ", layout_name(found.front()), ", but its base is asked in the layout of ",
               name_of(layout),
               ": put that template into the folder of the base, or remove it if the "
               "adapter was not tuned with it"));
}

}  // namespace ecg_lora::text
