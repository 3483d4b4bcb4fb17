// Batches of PTB-XL questions on pages drawn on the fly, and the configuration of all data.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/data/loader/mixed_source.h"
#include "ecg_lora/ecg/ptbxl/database.h"
#include "ecg_lora/instruct/format/record_questions.h"

namespace ecg_lora::data {

/// Where recordings, labels and instructions come from; visit() describes each field.
struct DataConfig {
  std::string root;
  std::string labels = "superclass";
  std::string wording;
  double minimum_likelihood = 0;
  std::string ask = "yes_no";
  int sampling_rate = 100;
  std::vector<int> train_folds{1, 2, 3, 4, 5, 6, 7, 8}, valid_folds{9}, test_folds{10};
  std::vector<std::string> instructions, valid_instructions;
  std::vector<double> weights;
  double label_weight = 1;
  std::vector<std::string> image_roots, recording_roots;
  std::string on_bad_sample = "stop";
  bool allow_leaks = false;
  /// Folds by the name of their part, as leakage::audit_folds() takes them.
  std::vector<std::pair<std::string, std::vector<int>>> splits() const {
    return {{"train", train_folds}, {"valid", valid_folds}, {"test", test_folds}};
  }
  template <class V>
  void visit(V& v) {
    v.field("root", root, "folder in PTB-XL's layout; may be left out if instructions are given");
    v.field("labels", labels,
            "all, diagnostic, subclass, superclass, form, rhythm, or a comma-separated list of SCP "
            "codes")
        .not_empty();
    v.field("wording", wording,
            "JSON file with words for labels and questions in place of the program's own "
            "(docs/users/wording.md); empty for those");
    v.field("minimum_likelihood", minimum_likelihood,
            "drop statements with a stated likelihood below this, percent; 0 keeps all")
        .range(0, 100);
    v.field("ask", ask,
            "what training asks of a record: yes_no for each label, or one checklist of all")
        .one_of({"yes_no", "checklist"});
    v.field("sampling_rate", sampling_rate, "100 or 500 Hz").one_of({100, 500});
    v.field("train_folds", train_folds, "folds to train on").range(1, 10);
    v.field("valid_folds", valid_folds, "folds for validation loss and thresholds").range(1, 10);
    v.field("test_folds", test_folds, "folds to report on").range(1, 10);
    v.field("instructions", instructions, "files or folders of instruction samples to train on");
    v.field("valid_instructions", valid_instructions,
            "files or folders of instruction samples for the validation loss");
    v.field("weights", weights,
            "how often each of instructions comes in an epoch; [] for once each")
        .range(0, 1e6);
    v.field("label_weight", label_weight,
            "the same for the questions on the labels of root's records")
        .range(0, 1e6);
    v.field("image_roots", image_roots,
            "folders of pictures that instructions name; [] for the folder of each file");
    v.field("recording_roots", recording_roots,
            "folders of recordings that the names of images stand for, root being the last of "
            "them; the table of root may name recordings below them");
    v.field("on_bad_sample", on_bad_sample,
            "a sample that cannot be used, or whose page cannot be made: stop, or skip and list it")
        .one_of({"stop", "skip"});
    v.field("allow_leaks", allow_leaks,
            "go on if a patient or a record is in more than one of train, valid and test folds");
  }
};

/// The questions on PTB-XL's records; a bundle is a record. Which questions it is asked is a
/// function of (seed, pass, record).
class EcgSamples : public SampleSource {
 public:
  EcgSamples(std::shared_ptr<const ptbxl::Database> database,
             std::vector<instruct::RecordQuestions> samples, int sampling_rate,
             const BatchConfig& batch, std::uint64_t seed)
      : database_(std::move(database)),
        samples_(std::move(samples)),
        sampling_rate_(sampling_rate),
        batch_(batch),
        seed_(seed) {}
  std::vector<std::int64_t> counts() const override {
    return {0, static_cast<std::int64_t>(samples_.size())};
  }
  std::vector<Conversation> get(std::int64_t pass, std::int64_t pages,
                                std::int64_t index) const override;

 private:
  std::vector<const instruct::Question*> questions(const instruct::RecordQuestions& sample,
                                                   std::int64_t pass) const;

  std::shared_ptr<const ptbxl::Database> database_;
  std::vector<instruct::RecordQuestions> samples_;
  int sampling_rate_;
  BatchConfig batch_;
  std::uint64_t seed_;
};

/// What the page of a record is made of.
PageRef record_page(const ptbxl::Database& database, const ptbxl::RecordInfo& record,
                    int sampling_rate);

/// A question on a record and its answer, as a conversation about the record's page.
Conversation question_conversation(const ptbxl::Database& database, const ptbxl::RecordInfo& record,
                                   int sampling_rate, const instruct::Question& question);

/// PTB-XL's questions alone. Shuffled (training) or in table order (evaluation).
class EcgSource : public MixedSource {
 public:
  EcgSource(std::shared_ptr<const ptbxl::Database> database,
            std::vector<instruct::RecordQuestions> samples, text::ChatFormat chat,
            const DataConfig& data, const page::PageConfig& page, const ImageConfig& image,
            const BatchConfig& batch, std::int64_t pad_id, bool shuffled, std::uint64_t seed)
      : MixedSource({{std::make_shared<EcgSamples>(std::move(database), std::move(samples),
                                                   data.sampling_rate, batch, seed),
                      1}},
                    BatchMaker(std::move(chat), {page, image}, batch, pad_id,
                               instruct::parse_on_bad(data.on_bad_sample)),
                    shuffled, seed) {}
};

/// Makes the batches that come next in `workers` threads, in the order of `source`. If only the
/// first `count` of an epoch are asked for, none is made beyond them, so that an idle source holds
/// none. get() throws what making its batch threw.
std::unique_ptr<BatchSource> prefetch(std::unique_ptr<BatchSource> source, int workers,
                                      std::optional<std::int64_t> count = {});

}  // namespace ecg_lora::data
