// Batches computed ahead by threads. Each batch is a pure function of (epoch, index), so that
// threads change no byte.
#include <condition_variable>
#include <deque>
#include <exception>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "ecg_lora/data/loader/ecg_source.h"

namespace ecg_lora::data {
namespace {

using Key = std::pair<std::int64_t, std::int64_t>;  ///< epoch, index

class Prefetch : public BatchSource {
 public:
  Prefetch(std::unique_ptr<BatchSource> source, int workers, std::optional<std::int64_t> count)
      : source_(std::move(source)), ahead_(2 * workers), count_(count) {
    for (int i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
  }
  ~Prefetch() override {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

  std::int64_t size() const override { return source_->size(); }

  Batch get(std::int64_t epoch, std::int64_t index) override {
    std::future<Batch> wanted;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      // A jump (resume, another epoch) leaves what was computed for elsewhere behind.
      if (!ready_.count({epoch, index})) ready_.clear(), jobs_.clear();
      Key key{epoch, index};
      for (int i = 0; i == 0 || (i <= ahead_ && is_asked_for(key, epoch)); ++i, key = next(key))
        if (!ready_.count(key)) order(key);
      wanted = std::move(ready_.at({epoch, index}));
      ready_.erase({epoch, index});
    }
    changed_.notify_all();
    return wanted.get();
  }

 private:
  struct Job {
    Key key;
    std::promise<Batch> promise;
  };

  bool is_asked_for(const Key& key, std::int64_t epoch) const {
    return !count_ || (key.first == epoch && key.second < *count_);
  }

  Key next(const Key& key) const {
    return key.second + 1 < source_->size() ? Key{key.first, key.second + 1}
                                            : Key{key.first + 1, 0};
  }

  void order(const Key& key) {
    jobs_.push_back({key, {}});
    ready_[key] = jobs_.back().promise.get_future();
  }

  void work() {
    for (;;) {
      Job job;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
        if (stop_) return;
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
      try {
        job.promise.set_value(source_->get(job.key.first, job.key.second));
      } catch (...) {
        job.promise.set_exception(std::current_exception());
      }
    }
  }

  std::unique_ptr<BatchSource> source_;
  const int ahead_;
  const std::optional<std::int64_t> count_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::map<Key, std::future<Batch>> ready_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<BatchSource> prefetch(std::unique_ptr<BatchSource> source, int workers,
                                      std::optional<std::int64_t> count) {
  if (workers <= 0) return source;
  return std::make_unique<Prefetch>(std::move(source), workers, count);
}

}  // namespace ecg_lora::data
