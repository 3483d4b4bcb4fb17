// ecg-lora prepare audit: are patients, records or traces shared between splits or data sets?
#include <algorithm>
#include <charconv>
#include <iostream>
#include <memory>

#include "ecg_lora/audit/audit.h"
#include "ecg_lora/base/error.h"
#include "prepare.h"

namespace {

using namespace ecg_lora;

struct Arguments {
  std::vector<std::string> roots;
  std::string kind = "auto", splits = "train=1-8,valid=9,test=10", out;
  bool traces = false, within = false;
  sources::OpenOptions open;
  audit::TraceOptions trace;
};

/// One fold of `text`, from 1 to 10.
int fold(std::string_view text, const std::string& splits) {
  int value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size() || value < 1 || value > 10) {
    throw_usage("--splits ", splits,
                ": expected folds from 1 to 10 such as train=1-8,valid=9,test=10, got '", text,
                "'");
  }
  return value;
}

/// `train=1-8,valid=9,test=10`; `train=1-3+7` for several spans.
audit::Splits parse_splits(const std::string& text) {
  audit::Splits splits;
  std::stringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const std::size_t equals = part.find('=');
    const std::string name = part.substr(0, equals);
    if (equals == std::string::npos || name.empty()) {
      throw_usage("--splits ", text,
                  ": expected name=folds such as train=1-8,valid=9,test=10, got '", part, "'");
    }
    std::vector<int> folds;
    std::stringstream spans(part.substr(equals + 1));
    for (std::string span; std::getline(spans, span, '+');) {
      const std::size_t dash = std::min(span.find('-'), span.size());
      const int first = fold(std::string_view(span).substr(0, dash), text);
      const int last =
          dash == span.size() ? first : fold(std::string_view(span).substr(dash + 1), text);
      for (int f = first; f <= last; ++f) folds.push_back(f);
    }
    splits.emplace_back(name, std::move(folds));
  }
  return splits;
}

void run(const Arguments& arguments) {
  sources::OpenOptions options = arguments.open;
  options.kind = sources::kind_of(arguments.kind);
  options.skip_damaged = true;  // the report lists them
  std::vector<std::unique_ptr<sources::Collection>> collections;
  std::vector<const sources::Collection*> opened;
  for (const std::string& root : arguments.roots) {
    collections.push_back(sources::open_collection(root, options));
    opened.push_back(collections.back().get());
  }
  audit::Plan plan = opened.size() > 1
                         ? audit::plan_collections(opened)
                         : audit::plan_splits(*opened[0], parse_splits(arguments.splits));
  plan.within = arguments.within;
  audit::Report report = audit::audit_ids(plan);
  if (arguments.traces) audit::audit_traces(plan, arguments.trace, report);
  for (const auto* collection : opened) {
    report.not_compared.insert(report.not_compared.end(), collection->notes().begin(),
                               collection->notes().end());
  }
  if (!arguments.out.empty()) write_json(arguments.out, audit::to_json(report));
  std::cout << audit::to_text(report) << std::flush;
  if (report.leaks())
    throw_data(
        "the parts share patients, records or traces, listed in the report; separate them before "
        "training");
  std::cout << "no leak was found in what was compared\n";
}

}  // namespace

void add_audit_command(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "audit", "Patients, records or near-identical traces shared between splits or data sets");
  command
      ->add_option("--root", arguments->roots,
                   "Folder of recordings or pages; several are held against each other")
      ->required();
  command->add_option(
      "--recordings", arguments->open.recordings,
      "Folders outside of --root that its table may name, as that of prepare external does");
  command->add_option("--kind", arguments->kind, "auto, ptbxl, mimic, challenge, wfdb or images")
      ->capture_default_str();
  command->add_option("--splits", arguments->splits, "Of one folder: parts by fold")
      ->capture_default_str();
  command
      ->add_option("--seed", arguments->open.seed, "Of folds by hash, where the data set has none")
      ->capture_default_str();
  command->add_flag("--traces", arguments->traces,
                    "Compare the traces as well, and image files byte by byte");
  command->add_flag("--within", arguments->within, "Count near-identical traces of one part, too");
  command
      ->add_option("--correlation", arguments->trace.correlation,
                   "Least correlation of near-identical traces")
      ->check(CLI::Range(0.9, 1.0))
      ->capture_default_str();
  command
      ->add_option("--overlap", arguments->trace.overlap_s,
                   "Least overlap of near-identical traces, s")
      ->check(CLI::Range(3.0, 1000.0))
      ->capture_default_str();
  command
      ->add_option("--sampling-rate", arguments->open.sampling_rate,
                   "100 or 500 Hz, of a PTB-XL folder")
      ->capture_default_str();
  command
      ->add_option("--threads", arguments->trace.threads, "Threads that read traces; 0: all cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--out", arguments->out, "JSON to write, with every finding");
  command->footer(
      "Exits with 3 where something is shared.\nExample: ecg-lora prepare audit --root PTBXL "
      "--root "
      "CHALLENGE --traces --out audit.json");
  command->callback([arguments] { run(*arguments); });
}
