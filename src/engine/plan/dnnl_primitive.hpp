// Shared by all uses of oneDNN.
#pragma once

#include <dnnl.hpp>

#include <utility>
#include <vector>

#include "engine/ops/place.hpp"

namespace faceshot::engine {

/// oneDNN on this CPU, restricted to the instructions that isa_cap() allows. All use of oneDNN
/// starts here.
[[nodiscard]] const dnnl::engine& cpu();

/// Float memory of a four-dimensional tensor.
[[nodiscard]] dnnl::memory::desc describe(const Place& place);

/// A primitive, created for one thread (base/single_openmp_thread.hpp), with its arguments in the
/// form of the C interface: executing it allocates nothing on our side. Several threads may call
/// different objects at once.
class PreparedPrimitive {
 public:
  PreparedPrimitive(dnnl::primitive primitive, dnnl::stream stream,
                    std::vector<std::pair<int, dnnl::memory>> arguments);
  /// @throws Error(unsupported) if oneDNN reports a failure
  void operator()() const;

 private:
  dnnl::primitive primitive_;
  dnnl::stream stream_;
  std::vector<dnnl::memory> memories_;  // keep the handles in arguments_ alive
  std::vector<dnnl_exec_arg_t> arguments_;
};

}  // namespace faceshot::engine
