#include "model/reuse_tensor_memory.hpp"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cstdint>
#include <thread>
#include <vector>

namespace faceshot::model {
namespace {

TEST(TensorMemory, GoesToTheNextTensorOfTheSize) {
  torch::Tensor before = torch::rand({1000});  // from LibTorch's allocator, and returned to it
  reuse_tensor_memory(1 << 20);
  before = torch::Tensor();
  const void* first = nullptr;
  {
    const torch::Tensor a = torch::empty({12345});
    first = a.data_ptr();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % 64, 0U);
  }
  const torch::Tensor other = torch::empty({54321});
  EXPECT_NE(other.data_ptr(), first);
  const torch::Tensor again = torch::empty({12345});
  EXPECT_EQ(again.data_ptr(), first);
  const torch::Tensor beside = torch::empty({12345});
  EXPECT_NE(beside.data_ptr(), first);
}

TEST(TensorMemory, OfEndedTensorsIsNobodyElsesWhileItIsUsed) {
  reuse_tensor_memory(1 << 20);  // less than is freed below: blocks also return to malloc
  const auto work = [](int id) {
    std::vector<torch::Tensor> kept;
    for (int i = 0; i < 2000; ++i) {
      kept.push_back(torch::full({1000 + 977 * (i % 37)}, static_cast<double>(id)));
      if (kept.size() < 8) continue;
      EXPECT_TRUE((kept.front() == static_cast<double>(id)).all().item<bool>());
      kept.erase(kept.begin() + i % 8);
    }
  };
  std::vector<std::thread> threads;
  for (int id = 0; id < 4; ++id) threads.emplace_back(work, id);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace faceshot::model
