// The tensors of a checkpoint folder, whatever files hold them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/tensorio/safetensors.h"

namespace ecg_lora::tensorio {

/// A file of a checkpoint, and the tensors that it holds, in its order.
struct CheckpointFile {
  std::filesystem::path path;
  std::vector<std::string> names;
};

/// The tensors of a folder by their names in its files. Unless said otherwise, an unknown name is a
/// checkpoint error.
class Checkpoint {
 public:
  virtual ~Checkpoint() = default;

  const std::filesystem::path& folder() const { return folder_; }
  /// Names of all tensors, in file order.
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<CheckpointFile>& files() const { return files_; }
  virtual bool has(const std::string& name) const = 0;
  /// Dtype, shape and place in the file.
  virtual const TensorInfo& info(const std::string& name) const = 0;
  /// The tensor, of the dtype and shape of info(), on the CPU: a view of the mapped file, or made
  /// from it. Not to be written to.
  virtual at::Tensor tensor(const std::string& name) const = 0;
  /// Gives the memory of a tensor's pages back to the system; reading the tensor brings them back.
  /// The name must be known.
  virtual void release_pages(const std::string& name) const = 0;
  /// Starts reading a tensor's bytes into the system's cache; takes no memory of this process. From
  /// any thread. The name must be known.
  virtual void prefetch(const std::string& name) const = 0;

 protected:
  explicit Checkpoint(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::filesystem::path folder_;
  std::vector<std::string> names_;
  std::vector<CheckpointFile> files_;
};

/// A Hugging Face checkpoint folder. Which of its files count: weight_files.h.
class SafetensorsCheckpoint : public Checkpoint {
 public:
  /// Opens every shard; a missing shard, or an index that disagrees with its shards, is a
  /// checkpoint error.
  explicit SafetensorsCheckpoint(const std::filesystem::path& folder);

  /// Whether `folder` holds one.
  static bool is_in(const std::filesystem::path& folder);

  bool has(const std::string& name) const override { return shard_of_.count(name) != 0; }
  const TensorInfo& info(const std::string& name) const override;
  at::Tensor tensor(const std::string& name) const override;
  void release_pages(const std::string& name) const override;
  void prefetch(const std::string& name) const override;

 private:
  std::vector<std::shared_ptr<SafetensorsFile>> shards_;
  /// Name to shard, and index in it.
  std::map<std::string, std::pair<std::size_t, std::size_t>> shard_of_;
};

}  // namespace ecg_lora::tensorio
