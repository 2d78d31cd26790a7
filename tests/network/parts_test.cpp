#include "network/parts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "faceshot/error.hpp"
#include "network/network_builder.hpp"
#include "network/registry.hpp"

namespace faceshot::network {
namespace {

/// Hand-written layers in computing order: a layer of the neck is between two of the backbone.
NetworkSpec example() {
  NetworkSpec spec;
  spec.name = "example";
  NetworkBuilder net(spec);
  const Feature c2 = net.conv("backbone.a", net.input(), {.channels = 8, .kernel = {3, 3}});
  const Feature c3 = net.relu("backbone.b", c2);
  net.conv("neck.lateral", c3, {.channels = 8, .kernel = {1, 1}});
  const Feature c4 = net.conv("backbone.c", c3, {.channels = 8, .kernel = {3, 3}});
  const Feature e = net.conv("extras.0", c4, {.channels = 8, .kernel = {3, 3}});
  net.conv("head0.loc", e, {.channels = 4, .kernel = {1, 1}});
  net.relu("backbones", e);  // not a part: its name only looks like one
  spec.taps = {{"C3", "backbone.b"}, {"C4", "backbone.c"}};
  return spec;
}

std::string message(const NetworkSpec& spec, const std::vector<std::string>& freeze) {
  try {
    (void)frozen_layers(spec, freeze);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
    return e.what();
  }
  ADD_FAILURE() << "no error for " << freeze.front();
  return "";
}

using Names = std::set<std::string>;

TEST(Parts, GoByTheBeginningOfTheName) {
  EXPECT_EQ(part_of("backbone.stem.conv.weight"), "backbone");
  EXPECT_EQ(part_of("neck.lateral4.bn"), "neck");
  EXPECT_EQ(part_of("extras.0"), "extras");
  EXPECT_EQ(part_of("head0.loc.bias"), "heads");
  EXPECT_EQ(part_of("heads.3.conf"), "heads");
  EXPECT_EQ(part_of("backbones"), "");
  EXPECT_EQ(part_of("input"), "");
  EXPECT_EQ(parts_of(example()), (std::vector<std::string>{"backbone", "neck", "extras", "heads"}));
  EXPECT_EQ(parts_of(make_network({})), (std::vector<std::string>{"backbone", "neck", "heads"}));
}

TEST(Parts, AreFrozenWholeOrUpToATap) {
  const NetworkSpec spec = example();
  EXPECT_EQ(frozen_layers(spec, {}), Names{});
  EXPECT_EQ(frozen_layers(spec, {"backbone"}), (Names{"backbone.a", "backbone.b", "backbone.c"}));
  EXPECT_EQ(frozen_layers(spec, {"neck", "heads"}), (Names{"neck.lateral", "head0.loc"}));
  EXPECT_EQ(frozen_layers(spec, {"backbone.until:C3"}), (Names{"backbone.a", "backbone.b"}));
  EXPECT_EQ(frozen_layers(spec, {"backbone.until:C4", "extras"}),
            (Names{"backbone.a", "backbone.b", "backbone.c", "extras.0"}))
      << "the neck's layer before the tap is no layer of the backbone";
}

TEST(Parts, OfTheNanoNetworkUntilC4LeaveStage4) {
  const Names frozen = frozen_layers(make_network({}), {"backbone.until:C4"});
  EXPECT_TRUE(frozen.contains("backbone.stem.conv"));
  EXPECT_TRUE(frozen.contains("backbone.stage3.2.relu"));
  for (const std::string& name : frozen) {
    EXPECT_EQ(part_of(name), "backbone") << name;
    EXPECT_EQ(name.find("stage4"), std::string::npos) << name;
  }
}

TEST(Parts, MistakesListWhatThereIs) {
  EXPECT_EQ(message(example(), {"backbon"}),
            "model.freeze 'backbon': example has no such part; available: backbone, neck, extras, "
            "heads, and up to a tap: backbone.until:TAP");
  EXPECT_NE(message(make_network({}), {"extras"}).find("available: backbone, neck, heads"),
            std::string::npos)
      << "a part that other networks have";
  EXPECT_EQ(message(example(), {"backbone.until:C5"}),
            "model.freeze 'backbone.until:C5': the backbone of example has no tap 'C5'; available: "
            "C3, C4");
}

TEST(Parts, NotAllMayBeFrozen) {
  // The rest, a ReLU, has nothing to train.
  EXPECT_EQ(message(example(), {"backbone", "neck", "extras", "heads"}),
            "model.freeze [backbone, neck, extras, heads] leaves nothing in example to train");
  EXPECT_NO_THROW((void)frozen_layers(example(), {"backbone", "neck", "extras"}));
  message(make_network({}), {"backbone.until:C6", "neck", "heads"});
}

}  // namespace
}  // namespace faceshot::network
