#include "engine/plan/tensor_memory.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "engine/plan/memory_plan.hpp"
#include "faceshot/error.hpp"

namespace faceshot::engine {

AlignedFloats allocate_floats(std::size_t bytes) {
  const std::size_t rounded = std::max<std::size_t>((bytes + 63) / 64 * 64, 64);
  auto* const memory = static_cast<float*>(std::aligned_alloc(64, rounded));
  if (memory == nullptr) throw Error(ErrorCode::resource_exhausted, "engine: out of memory");
  std::fill_n(memory, rounded / sizeof(float), 0.0F);
  return AlignedFloats(memory);
}

int TensorMemory::add(std::int64_t elements) {
  Storage storage;
  storage.elements = elements;
  storages_.push_back(storage);
  return static_cast<int>(storages_.size()) - 1;
}

int TensorMemory::add_fixed(const float* values, std::size_t count) {
  const int storage = add(static_cast<std::int64_t>(count));
  of(storage).constant = values;
  of(storage).exclusive = false;
  return storage;
}

int TensorMemory::add_constant(ConstantPtr constant) {
  const int storage = add_fixed(constant->floats.data(), constant->floats.size());
  constants_.push_back(std::move(constant));
  return storage;
}

int TensorMemory::add_constant(std::vector<float> values) {
  constant_bytes_ += values.size() * sizeof(float);
  relaid_.push_back(std::move(values));
  return add_fixed(relaid_.back().data(), relaid_.back().size());
}

const float* TensorMemory::constant_values(int storage) const { return of(storage).constant; }

bool TensorMemory::make_part(int storage, int whole, std::int64_t offset, std::int64_t elements) {
  assert(offset >= 0 && offset + elements <= of(whole).elements);
  Storage& part = of(storage);
  if (!part.exclusive || part.parent >= 0 || part.elements != elements) return false;
  part.parent = whole;
  part.offset = offset;
  return true;
}

TensorMemory::Storage& TensorMemory::root(int storage) {
  while (of(storage).parent >= 0) storage = of(storage).parent;
  return of(storage);
}

void TensorMemory::touch(int storage, std::size_t step) {
  Storage& touched = root(storage);
  touched.first = std::min(touched.first, step);
  touched.last = std::max(touched.last, step);
}

void TensorMemory::allocate() {
  std::vector<BufferRequest> requests;
  std::vector<std::size_t> owner;
  for (std::size_t s = 0; s < storages_.size(); ++s) {
    const Storage& storage = storages_[s];
    if (storage.parent >= 0 || storage.constant != nullptr) continue;
    requests.push_back(
        {static_cast<std::size_t>(storage.elements) * sizeof(float), storage.first, storage.last});
    owner.push_back(s);
  }
  const MemoryPlan plan = plan_memory(requests);
  for (std::size_t i = 0; i < owner.size(); ++i) storages_[owner[i]].place = plan.offsets[i];
  block_bytes_ = plan.bytes;
  block_ = allocate_floats(block_bytes_);
}

float* TensorMemory::address(int storage) const {
  std::int64_t offset = 0;
  while (of(storage).parent >= 0) {
    offset += of(storage).offset;
    storage = of(storage).parent;
  }
  // Constants are never written to: only outputs of nodes are destinations.
  if (of(storage).constant != nullptr) return const_cast<float*>(of(storage).constant) + offset;
  assert(block_ != nullptr);
  return block_.get() + of(storage).place / sizeof(float) + offset;
}

}  // namespace faceshot::engine
