#include "model/reuse_tensor_memory.hpp"

#include <c10/core/CPUAllocator.h>

#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <new>
#include <unordered_map>
#include <vector>

namespace faceshot::model {
namespace {

constexpr std::size_t alignment = 64;  // LibTorch's; a block's size is stored in front of it

class ReusingAllocator final : public c10::Allocator {
 public:
  explicit ReusingAllocator(std::size_t limit) : limit_(limit) {}

  c10::DataPtr allocate(std::size_t wanted) const override {
    const std::size_t size = (wanted + alignment - 1) / alignment * alignment;
    void* const block = take(size);
    void* const data = static_cast<std::byte*>(block) + alignment;
    return {data, data, &give_back, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &give_back; }

 private:
  void* take(std::size_t size) const {
    const std::lock_guard lock(mutex_);
    if (const auto found = waiting_.find(size); found != waiting_.end() && !found->second.empty()) {
      void* const block = found->second.back();
      found->second.pop_back();
      waiting_bytes_ -= size;
      return block;
    }
    if (waiting_bytes_ > limit_) release();
    void* const block = std::aligned_alloc(alignment, size + alignment);
    if (block == nullptr) throw std::bad_alloc();
    *static_cast<std::size_t*>(block) = size;
    return block;
  }

  static void give_back(void* data);

  void keep(void* data) const {
    void* const block = static_cast<std::byte*>(data) - alignment;
    const std::size_t size = *static_cast<std::size_t*>(block);
    const std::lock_guard lock(mutex_);
    waiting_[size].push_back(block);
    waiting_bytes_ += size;
  }

  void release() const {
    for (auto& [size, list] : waiting_)
      for (void* const block : list) std::free(block);
    waiting_.clear();
    waiting_bytes_ = 0;
  }

  std::size_t limit_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::size_t, std::vector<void*>> waiting_;  ///< blocks by size
  mutable std::size_t waiting_bytes_ = 0;
};

// Never destroyed: tensors in static variables may be freed after everything else.
ReusingAllocator* allocator = nullptr;

void ReusingAllocator::give_back(void* data) { allocator->keep(data); }

}  // namespace

void reuse_tensor_memory(std::size_t limit) {
  if (allocator != nullptr) return;
  allocator = new ReusingAllocator(limit);
  constexpr std::uint8_t priority = 1;  // LibTorch's own has 0
  c10::SetCPUAllocator(allocator, priority);
}

}  // namespace faceshot::model
