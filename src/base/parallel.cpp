#include "faceshot/parallel.hpp"

#include "base/executor.hpp"

namespace faceshot {

void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& body) {
  base::Executor::shared().run(count, threads, body);
}

}  // namespace faceshot
