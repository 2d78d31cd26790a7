#include "train/config/checkpoint_name.hpp"

#include <gtest/gtest.h>

#include "faceshot/error.hpp"

namespace faceshot::train {
namespace {

TEST(CheckpointName, PutsTheEpochIn) {
  EXPECT_EQ(checkpoint_name("epoch-{epoch}.pt", 7), "epoch-7.pt");
  EXPECT_EQ(checkpoint_name("epoch-{epoch:03}.pt", 7), "epoch-007.pt");
  EXPECT_EQ(checkpoint_name("epoch-{epoch:3}.pt", 7), "epoch-007.pt");
  EXPECT_EQ(checkpoint_name("{epoch:2}.pt", 1234), "1234.pt");
}

TEST(CheckpointName, RefusesPatternsThatWouldOverwriteOrEscape) {
  for (const char* good : {"e{epoch}.pt", "{epoch:9}.pt", "a.{epoch:05}.b.pt"})
    EXPECT_NO_THROW(check_checkpoint_pattern(good)) << good;
  for (const char* bad :
       {"best.pt", "", "{epoch}", "{epoch:x}.pt", "{epoch:}.pt", "{epoch:123}.pt", "{epoch:10}.pt",
        "{epoch.pt", "a/{epoch}.pt", "../{epoch}.pt", "{epoch}.onnx", "{epoch3}.pt"})
    EXPECT_THROW(check_checkpoint_pattern(bad), Error) << bad;
}

}  // namespace
}  // namespace faceshot::train
