#include "prepare_evidence.h"

#include <algorithm>
#include <set>

namespace ecg_lora::instruct {
namespace {

/// Statements that say the same in part, so that one of them stated leaves the others open. Beyond the diagnostic subclasses of the table.
const std::vector<std::set<std::string>>& overlap_groups() {
  static const std::vector<std::set<std::string>> groups = {
      {"SR", "STACH", "SBRAD", "SARRH"},                       // all are sinus rhythms
      {"AFIB", "AFLT"},                                        // "atrial fibrillation or flutter" in reports
      {"SVARR", "SVTAC", "PSVT"},                              // one arrhythmia at three levels of detail
      {"PVC", "PAC", "PRC(S)", "BIGU", "TRIGU"},               // premature beats, and patterns of them
      {"1AVB", "LPR"},                                         // a first degree AV block is a long PR interval
      {"LVH", "VCLVH", "HVOLT", "SEHYP"},                      // its voltage criterion
      {"QWAVE", "ABQRS", "IMI", "ILMI", "IPLMI", "IPMI", "PMI", "AMI", "ASMI", "ALMI", "LMI"},  // an old infarction is seen by its Q waves
      {"ABQRS", "CLBBB", "CRBBB", "ILBBB", "IRBBB", "IVCD", "LAFB", "LPFB", "WPW"},
      {"NDT", "NST_", "ISC_", "ISCAL", "ISCIN", "ISCIL", "ISCAS", "ISCLA", "ISCAN", "INJAS", "INJAL", "INJIN", "INJLA", "INJIL", "STD_", "STE_", "LOWT", "NT_",
       "INVT", "TAB_", "DIG", "EL", "ANEUR"},                  // ST and T wave changes, named by shape or by cause
      {"IMI", "ILMI", "IPLMI", "IPMI", "PMI", "LMI", "ALMI"},  // neighbouring walls
  };
  return groups;
}

}  // namespace

const char* reason_of(Evidence evidence) {
  switch (evidence) {
    case Evidence::unlikely: return "likelihood below the minimum";
    case Evidence::unstated: return "likelihood not stated";
    case Evidence::overlaps: return "overlaps with a stated one";
    case Evidence::unread: return "nothing stated that would exclude it";
    default: return "";
  }
}

StatementTable::StatementTable(const std::vector<ptbxl::Statement>& statements, const PrepareOptions& options)
    : statements_(statements), options_(options), groups_(statements.size(), 0) {
  for (std::size_t s = 0; s < statements.size(); ++s) {
    place_[statements[s].code] = s;
    unsigned bit = 1;
    for (const auto& group : overlap_groups()) {
      if (group.count(statements[s].code) != 0) groups_[s] |= bit;
      bit <<= 1;
    }
  }
}

std::optional<std::size_t> StatementTable::find(const std::string& code) const {
  const auto found = place_.find(code);
  return found == place_.end() ? std::nullopt : std::optional(found->second);
}

bool StatementTable::overlap(std::size_t a, std::size_t b) const {
  const auto& subclass = statements_[a].diagnostic_subclass;
  return (groups_[a] & groups_[b]) != 0 || (!subclass.empty() && subclass == statements_[b].diagnostic_subclass);
}

Evidence StatementTable::stated(double likelihood, std::size_t statement) const {
  if (likelihood > 0) return likelihood < options_.minimum_likelihood ? Evidence::unlikely : Evidence::yes;
  if (options_.unstated == "present") return Evidence::yes;
  return options_.unstated == "left_out" || statements_[statement].diagnostic ? Evidence::unstated : Evidence::yes;
}

Evidence StatementTable::of(const Subject& subject, std::size_t statement) const {
  bool overlaps = false, diagnosed = false, known = false;
  for (const auto& [code, likelihood] : subject.statements) {
    const auto own = find(code);
    if (!own) continue;
    known = true;
    if (*own == statement) return stated(likelihood, statement);
    overlaps = overlaps || overlap(*own, statement);
    diagnosed = diagnosed || (statements_[*own].diagnostic && stated(likelihood, *own) == Evidence::yes);
  }
  if (overlaps) return Evidence::overlaps;
  // A reader who states no rhythm has not said that it is another one; nor is an ECG abnormal for lack of a diagnosis.
  const bool rhythm = statements_[statement].rhythm && !statements_[statement].diagnostic;
  const bool rhythm_read = std::any_of(subject.statements.begin(), subject.statements.end(), [&](const auto& s) {
    const auto own = find(s.first);
    return own && is_rhythm(*own);
  });
  if (!known || (rhythm && !rhythm_read) || (statements_[statement].code == "NORM" && !diagnosed)) return Evidence::unread;
  return Evidence::no;
}

}  // namespace ecg_lora::instruct
