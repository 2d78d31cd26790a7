#include "base/parallel.hpp"

#include "base/executor.hpp"

namespace faceshot::base {

void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& body) {
  const Stage loop{count, [&body](std::size_t piece, int) { body(piece); }};
  Executor::shared().run({&loop, 1}, threads);
}

}  // namespace faceshot::base
