// The memory of a plan's tensors: one block for computed ones, shared by tensors that are never
// alive together; constants stay where they are.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <vector>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

struct FreeDeleter {
  void operator()(void* p) const { std::free(p); }
};
using AlignedFloats = std::unique_ptr<float, FreeDeleter>;

/// At least `bytes` of zeros, aligned to cache lines and touched, so that no page faults occur
/// later.
/// @throws Error(resource_exhausted)
[[nodiscard]] AlignedFloats allocate_floats(std::size_t bytes);

/// Storages are numbered. First all are declared, with the steps that touch them; then allocate()
/// gives them addresses.
class TensorMemory {
 public:
  /// @return number of a storage for that many elements
  int add(std::int64_t elements);
  /// Values that are known and never written to.
  int add_constant(ConstantPtr constant);
  int add_constant(std::vector<float> values);

  /// Null for computed ones.
  [[nodiscard]] const float* constant_values(int storage) const;
  [[nodiscard]] std::int64_t elements(int storage) const { return of(storage).elements; }

  /// Says that more than one node needs the content of the storage, so it must not become part of
  /// another.
  void share(int storage) { of(storage).exclusive = false; }
  /// Makes a storage a part of another one if possible: parts of a concatenation are then computed
  /// in place.
  /// @param offset in elements
  /// @return false if it must be copied there instead
  bool make_part(int storage, int whole, std::int64_t offset, std::int64_t elements);

  void touch(int storage, std::size_t step);
  /// The storage keeps its values to the end.
  void keep(int storage) { root(storage).last = ~std::size_t{0}; }

  void allocate();
  /// @pre allocate() was called, or the storage is constant
  [[nodiscard]] float* address(int storage) const;
  /// Bytes of the block and of constants that this plan converted.
  [[nodiscard]] std::size_t bytes() const { return block_bytes_ + constant_bytes_; }

 private:
  struct Storage {
    std::int64_t elements = 0;
    int parent = -1;
    std::int64_t offset = 0;                        ///< within the parent, in elements
    std::size_t first = ~std::size_t{0}, last = 0;  ///< steps that touch it (kept in roots)
    bool exclusive = true;                          ///< it may become part of another
    const float* constant = nullptr;
    std::size_t place = 0;  ///< in the block, in bytes (at roots)
  };
  [[nodiscard]] Storage& of(int storage) { return storages_[static_cast<std::size_t>(storage)]; }
  [[nodiscard]] const Storage& of(int storage) const {
    return storages_[static_cast<std::size_t>(storage)];
  }
  Storage& root(int storage);
  int add_fixed(const float* values, std::size_t count);

  std::vector<Storage> storages_;
  std::vector<ConstantPtr> constants_;      // keep them alive
  std::vector<std::vector<float>> relaid_;  // addresses of a moved vector's elements stay
  AlignedFloats block_;
  std::size_t block_bytes_ = 0, constant_bytes_ = 0;
};

}  // namespace faceshot::engine
