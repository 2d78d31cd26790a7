// Network and Session, as programs use them.
#include <gtest/gtest.h>
#include <algorithm>
#include <functional>
#include <memory>

#include <array>
#include <atomic>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "base/noise.hpp"
#include "base/random.hpp"
#include "engine/allocation_counter.hpp"
#include "engine/onnx_builder.hpp"
#include "faceshot/error.hpp"
#include "faceshot/input_rows.hpp"
#include "faceshot/network.hpp"
#include "faceshot/parallel_runner.hpp"

namespace faceshot::engine {
namespace {

using faceshot::testing::noise;
using faceshot::testing::OnnxBuilder;
using faceshot::testing::set_ints;

/// Two convolutions, two outputs.
Network example() {
  OnnxBuilder onnx;
  onnx.input("in", {"1", "3", "h", "w"});
  onnx.weights("w0", {16, 3, 3, 3}, noise(432, 1));
  onnx::NodeProto& first = onnx.node("Conv", {"in", "w0"}, "c0");
  set_ints(first, "strides", {2, 2});
  set_ints(first, "pads", {1, 1, 1, 1});
  onnx.node("Relu", {"c0"}, "r0");
  onnx.weights("w1", {8, 16, 1, 1}, noise(128, 2));
  onnx.node("Conv", {"r0", "w1"}, "c1");
  onnx.node("Sigmoid", {"c1"}, "s1");
  onnx.output("s1");
  onnx.output("r0");
  const std::string bytes = onnx.bytes();
  return Network::from_bytes(std::as_bytes(std::span(bytes)), "example");
}

std::vector<float> values_of(const TensorView& view) {
  std::size_t count = 1;
  for (const auto d : view.shape) count *= static_cast<std::size_t>(d);
  EXPECT_EQ(view.size(), count);
  return {view.data.begin(), view.data.end()};
}

std::vector<float> run(Session& session, const std::vector<float>& input, const char* output) {
  std::ranges::copy(input, session.input().begin());
  session.run();
  return values_of(session.output(output));
}

TEST(Network, TellsItsInputsAndOutputs) {
  const Network network = example();
  EXPECT_EQ(network.inputs(), std::vector<std::string>{"in"});
  EXPECT_EQ(network.outputs(), (std::vector<std::string>{"s1", "r0"}));
  EXPECT_EQ(network.input_shape("in"), (std::vector<std::int64_t>{1, 3, -1, -1}));
  EXPECT_THROW((void)network.input_shape("out"), Error);
}

TEST(Network, ThatIsMissingIsNotFound) {
  try {
    (void)Network::load("/nowhere/net.onnx");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_NE(std::string(error.what()).find("/nowhere/net.onnx"), std::string::npos);
  }
}

TEST(Network, IsNeverEmpty) {
  static_assert(!std::is_default_constructible_v<Network>);
  Network network = example();
  const Network other = std::move(network);
  EXPECT_EQ(network.inputs(), other.inputs());  // NOLINT: what was moved from is still one
  EXPECT_NO_THROW(Session(network, {1, 3, 8, 8}));
}

TEST(Session, KnowsShapesOfAllTensorsAlsoOfThoseFusedAway) {
  const Network network = example();
  const Session session(network, {1, 3, 9, 7});
  EXPECT_EQ(session.tensor_shape("c1"), (std::vector<std::int64_t>{1, 8, 5, 4}));
  EXPECT_TRUE(std::ranges::equal(session.output("s1").shape, std::array{1, 8, 5, 4}));
  EXPECT_THROW((void)session.output("c1"), Error);
  EXPECT_THROW((void)session.tensor_shape("nobody"), Error);
}

TEST(Session, CountsOperationsOfConvolutions) {
  // 2 * outputs * products for each: 5*4*16 * 27 and 5*4*8 * 16.
  const Network network = example();
  EXPECT_DOUBLE_EQ(Session(network, {1, 3, 9, 7}).flop(), 2.0 * (320 * 27 + 160 * 16));
}

TEST(Session, RefusesShapesThatDoNotFit) {
  const Network network = example();
  const auto code = [&](const std::vector<std::int64_t>& shape, int threads) {
    try {
      Session session(network, shape, {.threads = threads});
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "not refused";
    return ErrorCode::io;
  };
  EXPECT_EQ(code({1, 4, 8, 8}, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(code({2, 3, 8, 8}, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(code({1, 3, 8}, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(code({1, 3, 0, 8}, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(code({1, 3, 65536, 65536}, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(code({}, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(code({1, 3, 8, 8}, 0), ErrorCode::invalid_argument);
  EXPECT_EQ(code({1, 3, 8, 8}, -1), ErrorCode::invalid_argument);
  EXPECT_EQ(code({1, 3, 8, 8}, most_threads + 1), ErrorCode::invalid_argument);
  EXPECT_EQ(code({1, 3, 8, 8}, 2'000'000'000), ErrorCode::invalid_argument);
}

TEST(Session, GivesTheSameBitsAgainAndWithMoreThreads) {
  const Network network = example();
  Session one(network, {1, 3, 64, 48}), two(network, {1, 3, 64, 48}, {.threads = 2});
  const auto a = noise(3 * 64 * 48, 3), b = noise(3 * 64 * 48, 4);
  const auto first = run(one, a, "s1");
  EXPECT_NE(run(one, b, "s1"), first);
  EXPECT_EQ(run(one, a, "s1"), first);
  EXPECT_EQ(run(two, a, "s1"), first);
}

/// Rows of planes; counts how often they were requested.
class RowsOf : public InputRows {
 public:
  RowsOf(const std::vector<float>& planes, int height, int width)
      : planes_(planes), height_(height), width_(width) {}

  void row(int y, int worker, const Planes& planes) const override {
    if (y < 0 || y >= height_ || worker < 0 || worker > 2) ++wrong;
    for (std::size_t c = 0; c < 3; ++c) {
      if (planes[c].size() != static_cast<std::size_t>(width_)) ++wrong;
      std::copy_n(planes_.begin() + (static_cast<int>(c) * height_ + y) * width_, width_,
                  planes[c].begin());
    }
    ++asked;
  }
  mutable std::atomic<int> asked{0}, wrong{0};

 private:
  const std::vector<float>& planes_;
  int height_, width_;
};

TEST(Session, TakesItsInputRowByRow) {
  OnnxBuilder alone;  // no first convolution: the rows are expanded to a tensor first
  alone.input("in", {"1", "3", "h", "w"});
  alone.node("Relu", {"in"}, "s1");
  alone.output("s1");
  const std::string bytes = alone.bytes();
  const Network other = Network::from_bytes(std::as_bytes(std::span(bytes)), "relu");
  for (const Network& network : {example(), other})
    for (const auto& [height, width] : {std::pair{64, 48}, {7, 9}, {2, 31}, {1, 1}, {33, 5}})
      for (const int threads : {1, 3}) {
        SCOPED_TRACE(::testing::Message() << height << "x" << width << ", " << threads);
        Session session(network, {1, 3, height, width}, {.threads = threads});
        const auto planes = noise(static_cast<std::size_t>(3 * height * width), 7);
        const auto wanted = run(session, planes, "s1");
        std::ranges::fill(session.input(), 1e9F);
        const RowsOf rows(planes, height, width);
        session.run(rows);
        EXPECT_EQ(values_of(session.output("s1")), wanted);
        EXPECT_EQ(rows.wrong, 0);
        EXPECT_GE(rows.asked, height);
        // And then the planes again.
        EXPECT_EQ(run(session, planes, "s1"), wanted);
      }
}

/// Rows that fail from one on.
class BrokenRows : public InputRows {
 public:
  explicit BrokenRows(int from) : from_(from) {}
  void row(int y, int, const Planes&) const override {
    if (y >= from_) throw std::runtime_error("the camera is gone");
  }

 private:
  int from_;
};

/// Its first layer reads rows, but most of its work is done by oneDNN, in strips of rows.
Network mostly_onednn() {
  OnnxBuilder onnx;
  onnx.input("in", {"1", "3", "h", "w"});
  onnx.weights("w0", {16, 3, 3, 3}, noise(432, 1));
  onnx::NodeProto& first = onnx.node("Conv", {"in", "w0"}, "c0");
  set_ints(first, "strides", {2, 2});
  set_ints(first, "pads", {1, 1, 1, 1});
  onnx.weights("w1", {16, 16, 5, 5}, noise(6400, 2));
  onnx::NodeProto& second = onnx.node("Conv", {"c0", "w1"}, "s1");
  set_ints(second, "pads", {2, 2, 2, 2});
  onnx.output("s1");
  const std::string bytes = onnx.bytes();
  return Network::from_bytes(std::as_bytes(std::span(bytes)), "mostly oneDNN");
}

TEST(Session, RunsAgainAfterRowsHaveThrown) {
  for (const Network& network : {example(), mostly_onednn()})
    for (const int threads : {1, 3})
      for (const int from : {0, 20, 63}) {
        SCOPED_TRACE(::testing::Message() << threads << " threads, from row " << from);
        Session session(network, {1, 3, 64, 48}, {.threads = threads});
        const auto planes = noise(3 * 64 * 48, 8);
        const auto wanted = run(session, planes, "s1");
        std::optional<BrokenRows> rows(from);
        EXPECT_THROW(session.run(*rows), std::runtime_error);
        rows.reset();  // nobody may read them again
        EXPECT_EQ(run(session, planes, "s1"), wanted);
        const RowsOf good(planes, 64, 48);
        session.run(good);
        EXPECT_EQ(values_of(session.output("s1")), wanted);
      }
}

TEST(Session, ManyMayRunAtOnce) {
  const Network network = example();
  const auto input = noise(3 * 32 * 32, 5);
  Session alone(network, {1, 3, 32, 32});
  const auto wanted = run(alone, input, "s1");
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      Session session(network, {1, 3, 32, 32});
      for (int i = 0; i < 20; ++i) wrong += run(session, input, "s1") == wanted ? 0 : 1;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Session, OutlivesItsNetworkAndMayBeMoved) {
  const auto input = noise(3 * 8 * 8, 6);
  Session session = [] {
    const Network network = example();
    return Session(network, {1, 3, 8, 8});
  }();
  const auto wanted = run(session, input, "r0");
  Session moved = std::move(session);
  EXPECT_EQ(run(moved, input, "r0"), wanted);
}

TEST(Session, SaysWhatItsStepsAre) {
  const Network network = example();
  const Session session(network, {1, 3, 9, 7});
  const std::vector<PlanStep>& steps = session.steps();
  const auto find = [&](const std::string& operation) {
    for (const PlanStep& step : steps)
      if (step.operation == operation) return step;
    ADD_FAILURE() << "no step " << operation;
    return PlanStep{};
  };
  const PlanStep first = find("Conv 3x3/2 + Relu");
  EXPECT_EQ(first.shape, (std::vector<std::int64_t>{1, 16, 5, 4}));
  EXPECT_DOUBLE_EQ(first.flop, 2.0 * 5 * 4 * 16 * 27);
  EXPECT_EQ(first.bytes_written, 4U * 5 * 4 * 16);
  EXPECT_GE(first.bytes_read, 4U * (9 * 7 * 3 + 432));  // oneDNN may pad the weights
  EXPECT_FALSE(first.kernel.empty());
  const PlanStep second = find("Conv 1x1 + Sigmoid");
  EXPECT_EQ(second.shape, (std::vector<std::int64_t>{1, 8, 5, 4}));
  // Outputs are row-major, the engine computes with channels last.
  const PlanStep turned = find("to channels first");
  EXPECT_EQ(turned.flop, 0);
  EXPECT_EQ(turned.bytes_read, turned.bytes_written);
  double flop = 0;
  for (const PlanStep& step : steps) flop += step.flop;
  EXPECT_DOUBLE_EQ(session.flop(), flop);
}

TEST(Session, TimesItsStepsAndComputesTheSame) {
  const Network network = example();
  Session session(network, {1, 3, 64, 48});
  const auto input = noise(3 * 64 * 48, 7);
  const auto wanted = run(session, input, "s1");
  std::ranges::fill(session.input(), 0.0F);
  session.run();
  std::ranges::copy(input, session.input().begin());
  std::vector<double> milliseconds(session.steps().size(), -1);
  session.run_timed(milliseconds);
  EXPECT_EQ(values_of(session.output("s1")), wanted);
  for (const double t : milliseconds) EXPECT_GE(t, 0);
  milliseconds.pop_back();
  EXPECT_THROW(session.run_timed(milliseconds), Error);
}

/// A host's threads: the test's own, created for each loop.
class OwnThreads : public ParallelRunner {
 public:
  void run(std::size_t count, int workers,
           const std::function<void(std::size_t, int)>& body) override {
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> threads;
    for (int worker = 0; worker < workers; ++worker)
      threads.emplace_back([&, worker] {
        for (std::size_t piece = next++; piece < count; piece = next++) {
          ++pieces;
          body(piece, worker);
        }
      });
  }
  std::atomic<std::size_t> pieces{0};
};

TEST(Session, ComputesTheSameOnTheHostsThreads) {
  for (const Network& network : {example(), mostly_onednn()}) {
    const auto input = noise(3 * 64 * 48, 6);
    Session plain(network, {1, 3, 64, 48});
    const auto wanted = run(plain, input, "s1");
    const auto own = std::make_shared<OwnThreads>();
    Session session(network, {1, 3, 64, 48}, {.threads = 3, .runner = own});
    EXPECT_EQ(run(session, input, "s1"), wanted);
    EXPECT_GE(own->pieces, 3U);
    EXPECT_THROW(session.run(BrokenRows(20)), std::runtime_error);
    EXPECT_EQ(run(session, input, "s1"), wanted);
  }
}

TEST(Session, AllocatesNoTensorWhileItRuns) {
  const Network network = example();
  for (const int threads : {1, 3}) {
    Session session(network, {1, 3, 128, 128}, {.threads = threads});
    session.run();
    const std::size_t before = faceshot::testing::allocated_bytes();
    for (int i = 0; i < 10; ++i) session.run();
    // oneDNN's bookkeeping takes a few hundred bytes per primitive and band of rows; the smallest
    // tensor here has 128 KiB.
    EXPECT_LT(faceshot::testing::allocated_bytes() - before, 128 * 1024U);
  }
}

}  // namespace
}  // namespace faceshot::engine
