// The photographs of a prepared set, for operations that mix.
#pragma once

#include "augment/operations/operation.hpp"
#include "data/prepared/prepared.hpp"

namespace faceshot::augment {

/// Reads images from disk each time: sets need not fit into memory. The set must outlive it.
class FilePool : public ScenePool {
 public:
  explicit FilePool(const data::PreparedSet& set) : set_(set) {}
  [[nodiscard]] std::uint32_t size() const override {
    return static_cast<std::uint32_t>(set_.records.size());
  }
  [[nodiscard]] Scene scene(std::uint32_t index) const override;

 private:
  const data::PreparedSet& set_;
};

}  // namespace faceshot::augment
