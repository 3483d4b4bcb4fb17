// Label sets over PTB-XL records, with the rules of the PTB-XL benchmark (Strodthoff et al. 2020).
#pragma once

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "ecg_lora/ecg/ptbxl/database.h"
#include "ecg_lora/ecg/ptbxl/wording.h"

namespace ecg_lora::ptbxl {

/// One yes/no label.
struct Label {
  std::string name;         ///< SCP code, subclass or superclass
  std::string description;  ///< of PTB-XL's table, or of a class: for tables and pages
  Words words = {};         ///< what models are asked for, and answer
};

/// Labels sorted by name, and which of them a record has.
class LabelSet {
 public:
  /// `set` is all, diagnostic, subclass, superclass, form or rhythm, or a comma-separated list of
  /// SCP codes. A key counts as present whatever its likelihood, unless it is stated and below
  /// `minimum_likelihood` (percent; 0 keeps all, as the benchmark does). Of a set by name only
  /// labels that occur in `database` are kept, as the benchmark does; of a list of codes all, see
  /// unstated(). A code that is in no statement table is a usage error with the nearest known one.
  /// A label that `wording` has no words for is asked for by its description. A list may also name
  /// unions of codes ("NORM|SR", see union.h). A record with what may_mean() takes as one of a
  /// general label has that label.
  LabelSet(const Database& database, const std::string& set, double minimum_likelihood = 0,
           const Wording& wording = Wording::builtin());

  const std::string& name() const { return name_; }
  const std::vector<Label>& labels() const { return labels_; }
  const Wording& wording() const { return words_.wording(); }
  /// What a user should know of the words of these labels.
  const WordsOfLabels& words() const { return words_; }
  /// The labels of a list of codes that no record states, by name; none of a set by name.
  const std::vector<std::string>& unstated() const { return unstated_; }
  /// One flag per label.
  std::vector<bool> of(const RecordInfo& record) const;
  /// Of each label that the record does not have, whether it still may: tables of an external data
  /// set state what is more general than a label ("MI", "NORM|SR"), which leaves it open.
  std::vector<bool> left_open(const RecordInfo& record) const;
  /// Whether a record with these flags is of the task: of the six named sets only one with a label,
  /// as in the benchmark, of a list of codes any.
  bool keeps(const std::vector<bool>& flags) const;

 private:
  void index_statements(const std::set<std::string>& wanted);
  std::string description_of(const std::string& name) const;
  Label label_named(const std::string& name);
  std::vector<std::string> names_of(const RecordInfo& record) const;

  const Database* database_;  ///< must outlive the set
  std::string name_;
  double minimum_likelihood_;
  bool drops_unlabelled_ = true;
  WordsOfLabels words_;
  std::vector<Label> labels_;
  std::vector<std::string> unstated_;
  /// SCP code to labels, if it is in the set: several if one is part of a union.
  std::unordered_map<std::string, std::vector<std::string>> labels_of_;
  std::unordered_map<std::string, std::size_t> column_;  ///< label to its place in labels_
};

/// The codes of a list, sorted, each once; none if `set` is one of the six names.
std::vector<std::string> listed_labels(const std::string& set);

/// Description of the diagnostic superclasses (NORM, MI, STTC, CD, HYP), or of a subclass as its
/// own name.
std::string class_description(const std::string& name);

}  // namespace ecg_lora::ptbxl
