// Questions that the processes of a run ask a model, batch by batch, into a file of answers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/train/distributed/shared_work.h"

namespace ecg_lora::asking {

/// Opens the model that answers, with its adapter, in evaluation mode.
using OpenModel = std::function<model::Mllama()>;

/// Where an earlier run stopped.
struct Resumed {
  std::int64_t batches = 0;  ///< answered before
  std::size_t lines = 0;     ///< of these batches
};

/// The questions of labels or of tasks, in batches whose answers are lines of text.
class QuestionBatches {
 public:
  virtual ~QuestionBatches() = default;
  /// Opens the model; called once, before what follows.
  virtual void open() = 0;
  virtual std::int64_t size() const = 0;
  /// Takes over the batches whose answers are all in `lines` of `file`; answers of a batch that is
  /// not complete are left. Data error, with the number of the line, if one answers another
  /// question than its place asks.
  virtual Resumed resume(const std::vector<std::string>& lines,
                         const std::filesystem::path& file) = 0;
  /// This process will ask every `ranks`-th batch from `begin` + `rank` on, in this order.
  virtual void start(std::int64_t begin, int rank, int ranks) = 0;
  /// Asks the model; a line per question, each with its line break.
  virtual std::string ask(std::int64_t batch) = 0;
  /// Takes the answers of a batch that any rank asked, on the first rank only; `file` is for
  /// messages.
  virtual void take(std::int64_t batch, const std::string& lines,
                    const std::filesystem::path& file) = 0;
  /// Writes `file`, whole or not at all; `lines` are those of all batches.
  virtual void write(const std::filesystem::path& file, const std::string& lines) = 0;
};

/// Asks every question that is not answered yet and writes `file`, whose lines are in the order of
/// the batches however many processes ask; goes on where a killed run of the same `identity` (all
/// that answers depend on) stopped. False, with nothing opened, if `file` is complete. Usage error,
/// unless `accept_changes`, if what was left is of another identity. Every process of the team must
/// call it.
bool answer_all(distributed::Team& team, QuestionBatches& questions, const Json& identity,
                const std::filesystem::path& file, bool accept_changes);

/// What the ranks must have been given alike: all that answers depend on, as `identity` says,
/// wherever it lies.
distributed::NamedValues given_of(Json identity);

}  // namespace ecg_lora::asking
