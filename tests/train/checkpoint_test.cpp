#include "train/record/checkpoint.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "faceshot/error.hpp"
#include "weights/torch_file.hpp"

namespace faceshot::train {
namespace {

std::filesystem::path temporary(const char* name) {
  return std::filesystem::path(::testing::TempDir()) / name;
}

Checkpoint example() {
  Checkpoint c;
  c.config = "[train]\nepochs = 3\n";
  c.model["conv.weight"] = {{2, 3}, {1, 2, 3, 4, 5, 6.5F}};
  c.ema["conv.weight"] = {{2, 3}, {6, 5, 4, 3, 2, 1e-30F}};
  c.optimizer["exp_avg/conv.weight"] = {{2, 3}, {0, 0, 0, 0, 0, 1}};
  c.optimizer_steps = {{"conv.weight", 17}};
  c.counters = {{"epoch", 2}, {"step", std::int64_t{1} << 40}};
  c.scalars = {{"best_ap", 0.1 + 0.2}};
  return c;
}

TEST(Checkpoint, RoundTripsEveryBit) {
  const auto file = temporary("round_trip.pt");
  const Checkpoint c = example();
  save_checkpoint(file, c);
  const Checkpoint again = load_checkpoint(file);
  EXPECT_EQ(again.config, c.config);
  EXPECT_EQ(again.model.at("conv.weight").values, c.model.at("conv.weight").values);
  EXPECT_EQ(again.model.at("conv.weight").shape, c.model.at("conv.weight").shape);
  EXPECT_EQ(again.ema.at("conv.weight").values, c.ema.at("conv.weight").values);
  EXPECT_EQ(again.optimizer.size(), 1U);
  EXPECT_EQ(again.optimizer_steps, c.optimizer_steps);
  EXPECT_EQ(again.counters, c.counters);
  EXPECT_EQ(again.scalars, c.scalars);
  EXPECT_EQ(&again.best_weights(), &again.ema);
}

TEST(Checkpoint, OfOldHasOneStepCountForAllParameters) {
  const auto file = temporary("old.pt");
  Checkpoint c = example();
  c.optimizer["exp_avg_sq/conv.weight"] = c.optimizer.at("exp_avg/conv.weight");
  c.optimizer_steps.clear();  // then the file is like one from before this array existed
  save_checkpoint(file, c);
  EXPECT_EQ(load_checkpoint(file).optimizer_steps,
            (std::map<std::string, std::int64_t>{{"conv.weight", c.counters.at("step")}}));
}

TEST(Checkpoint, IsAWeightFile) {
  // What `faceshot weights` and configs take from it: the average, or the weights if there is none.
  const auto file = temporary("weights.pt");
  Checkpoint c = example();
  save_checkpoint(file, c);
  const weights::TorchFile averaged = weights::read_torch_file(file);
  EXPECT_EQ(averaged.part, "ema");
  ASSERT_EQ(averaged.arrays.size(), 1U);
  EXPECT_EQ(averaged.arrays[0].name, "conv.weight");
  EXPECT_EQ(averaged.arrays[0].values, c.ema.at("conv.weight").values);
  c.ema.clear();
  save_checkpoint(file, c);
  const weights::TorchFile plain = weights::read_torch_file(file);
  EXPECT_EQ(plain.part, "model");
  ASSERT_EQ(plain.arrays.size(), 1U);
  EXPECT_EQ(plain.arrays[0].values, c.model.at("conv.weight").values);
}

TEST(Checkpoint, DamageIsAnErrorOfOneLine) {
  const auto whole = temporary("whole.pt");
  save_checkpoint(whole, example());
  std::ifstream in(whole, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  for (const std::size_t kept : {std::size_t{0}, std::size_t{10}, bytes.size() / 2}) {
    const auto cut = temporary("cut.pt");
    std::ofstream(cut, std::ios::binary) << bytes.substr(0, kept);
    try {
      (void)load_checkpoint(cut);
      ADD_FAILURE() << "a file cut to " << kept << " bytes was taken";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::format);
      EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos);
    }
  }
  EXPECT_THROW((void)load_checkpoint(temporary("none.pt")), Error);
}

TEST(Checkpoint, AFailedWriteLeavesTheOldOneWhole) {
  const auto dir = temporary("no_such_folder");
  EXPECT_THROW(save_checkpoint(dir / "last.pt", example()), Error);
  EXPECT_FALSE(std::filesystem::exists(dir));
}

}  // namespace
}  // namespace faceshot::train
