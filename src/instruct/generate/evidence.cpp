#include "evidence.h"

#include <algorithm>
#include <set>

#include "ecg_lora/ecg/ptbxl/union.h"

namespace ecg_lora::instruct {
namespace {

using Codes = std::set<std::string>;

/// If one of `given` is stated, the absence of one of `open` says nothing: it is part of it, a
/// variant of it, or seen by it.
struct Overlap {
  Codes given, open;
};

/// Beyond the diagnostic subclasses of the table.
const std::vector<Overlap>& overlaps() {
  static const Codes kSinus = {"STACH", "SBRAD", "SARRH"}, kFlutter = {"AFIB", "AFLT"},
                     kSupraventricular = {"SVARR", "SVTAC", "PSVT"},
                     kPremature = {"PVC", "PAC", "PRC(S)", "BIGU", "TRIGU"},
                     kLongPr = {"1AVB", "LPR"}, kVoltage = {"LVH", "VCLVH", "HVOLT", "SEHYP"},
                     kWalls = {"IMI", "ILMI", "IPLMI", "IPMI", "PMI", "LMI", "ALMI"},
                     kQWaves = {"QWAVE", "ABQRS", "IMI",  "ILMI", "IPLMI", "IPMI",
                                "PMI",   "AMI",   "ASMI", "ALMI", "LMI"},
                     kWide = {"ABQRS", "CLBBB", "CRBBB", "ILBBB", "IRBBB",
                              "IVCD",  "LAFB",  "LPFB",  "WPW"},
                     kRepolarisation = {"NDT",   "NST_",  "ISC_",  "ISCAL", "ISCIN", "ISCIL",
                                        "ISCAS", "ISCLA", "ISCAN", "INJAS", "INJAL", "INJIN",
                                        "INJLA", "INJIL", "STD_",  "STE_",  "LOWT",  "NT_",
                                        "INVT",  "TAB_",  "DIG",   "EL",    "ANEUR"};
  static const std::vector<Overlap> kAll = {
      {kSinus, {"SR"}},  // they are sinus rhythms; but who states SR has excluded the others
      {kSinus, kSinus},
      {kFlutter, kFlutter},                    // "atrial fibrillation or flutter" in reports
      {kSupraventricular, kSupraventricular},  // one arrhythmia at three levels of detail
      {kPremature, kPremature},                // premature beats, and patterns of them
      {kLongPr, kLongPr},
      {kVoltage, kVoltage},  // left ventricular hypertrophy is seen by its voltage
      {kQWaves, kQWaves},    // an old infarction is seen by its Q waves
      {kWalls, kWalls},      // neighbours
      {kWide, kWide},
      {kRepolarisation, kRepolarisation},  // ST and T wave changes, named by shape or by cause
  };
  return kAll;
}

}  // namespace

const char* reason_of(Evidence evidence) {
  switch (evidence) {
    case Evidence::unlikely:
      return "likelihood below the minimum";
    case Evidence::unstated:
      return "likelihood not stated";
    case Evidence::overlaps:
      return "overlaps with a stated one";
    case Evidence::unread:
      return "nothing stated that would exclude it";
    default:
      return "";
  }
}

StatementTable::StatementTable(const std::vector<ptbxl::Statement>& statements,
                               const GenerationOptions& options, const ptbxl::Wording& wording)
    : statements_(statements),
      options_(options),
      of_labels_(wording),
      given_(statements.size(), 0),
      open_(statements.size(), 0) {
  for (std::size_t s = 0; s < statements.size(); ++s) {
    const auto& one = statements[s];
    place_[one.code] = s;
    words_.push_back(of_labels_.take(wording.statement(one.code), one.code, one.description));
    unsigned bit = 1;
    for (const auto& overlap : overlaps()) {
      if (overlap.given.count(statements[s].code) != 0) given_[s] |= bit;
      if (overlap.open.count(statements[s].code) != 0) open_[s] |= bit;
      bit <<= 1;
    }
  }
}

std::optional<std::size_t> StatementTable::find(const std::string& code) const {
  const auto found = place_.find(code);
  return found == place_.end() ? std::nullopt : std::optional(found->second);
}

bool StatementTable::leaves_open(std::size_t given, std::size_t asked) const {
  const auto& subclass = statements_[given].diagnostic_subclass;
  return (given_[given] & open_[asked]) != 0 ||
         (!subclass.empty() && subclass == statements_[asked].diagnostic_subclass);
}

Evidence StatementTable::stated(double likelihood, std::size_t statement) const {
  if (likelihood > 0)
    return likelihood < options_.minimum_likelihood ? Evidence::unlikely : Evidence::yes;
  if (options_.unstated == "present") return Evidence::yes;
  return options_.unstated == "left_out" || statements_[statement].diagnostic ? Evidence::unstated
                                                                              : Evidence::yes;
}

Evidence StatementTable::of(const SourceRecording& recording, std::size_t statement) const {
  bool open = false, diagnosed = false, known = false;
  for (const auto& [code, likelihood] : recording.statements) {
    const auto own = find(code);
    known = known || own || ptbxl::is_union(code);
    if (!own) open = open || ptbxl::may_mean(code, statements_[statement]);
    if (!own) continue;
    if (*own == statement) return stated(likelihood, statement);
    open = open || leaves_open(*own, statement);
    diagnosed =
        diagnosed || (statements_[*own].diagnostic && stated(likelihood, *own) == Evidence::yes);
  }
  if (open) return Evidence::overlaps;
  // A reader who states no rhythm has not said that it is another one; nor is an ECG abnormal for
  // lack of a diagnosis.
  const bool rhythm = statements_[statement].rhythm && !statements_[statement].diagnostic;
  const bool rhythm_read =
      std::any_of(recording.statements.begin(), recording.statements.end(), [&](const auto& s) {
        const auto parts = ptbxl::parts_of(s.code);
        return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
          const auto own = find(part);
          return own && is_rhythm(*own);
        });
      });
  if (!known || (rhythm && !rhythm_read) || (statements_[statement].code == "NORM" && !diagnosed))
    return Evidence::unread;
  return Evidence::no;
}

}  // namespace ecg_lora::instruct
