// Objects that keep memory from one request to the next.
#ifndef ROWHOUSE_SHARD_SCRATCH_POOL_H_
#define ROWHOUSE_SHARD_SCRATCH_POOL_H_

#include <memory>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace rowhouse::shard {

// Holds as many as were ever in use at once. Thread-safe; outlives its leases.
template <typename T>
class ScratchPool {
 public:
  // Gives the object back when it goes.
  class Lease {
   public:
    Lease(ScratchPool& pool, std::unique_ptr<T> object)
        : pool_(pool), object_(std::move(object)) {}
    ~Lease() {
      MutexLock lock(pool_.mu_);
      pool_.free_.push_back(std::move(object_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    T& operator*() const { return *object_; }
    T* operator->() const { return object_.get(); }

   private:
    ScratchPool& pool_;
    std::unique_ptr<T> object_;
  };

  // `arguments` make one, where none is free.
  template <typename... Arguments>
  Lease Take(const Arguments&... arguments) {
    MutexLock lock(mu_);
    if (free_.empty()) {
      return Lease(*this, std::make_unique<T>(arguments...));
    }
    std::unique_ptr<T> object = std::move(free_.back());
    free_.pop_back();
    return Lease(*this, std::move(object));
  }

 private:
  Mutex mu_;
  std::vector<std::unique_ptr<T>> free_ ABSL_GUARDED_BY(mu_);
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_SCRATCH_POOL_H_
