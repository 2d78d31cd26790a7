#include "train/config/config.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "faceshot/error.hpp"

namespace faceshot::train {
namespace {

using augment::preset_policy;

std::string message(const std::string& toml, const std::vector<std::string>& overrides = {}) {
  try {
    (void)parse_config(toml, "x.toml", overrides);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
    EXPECT_EQ(std::count(e.what(), e.what() + std::string(e.what()).size(), '\n'), 0);
    return e.what();
  }
  ADD_FAILURE() << "no error for: " << toml;
  return "";
}

TEST(Config, ReadsSectionsAndKeepsDefaults) {
  const Config c = parse_config("[train]\nepochs = 7\n[loss]\niou_loss = \"giou\"\n", "x.toml");
  EXPECT_EQ(c.train.epochs, 7);
  EXPECT_EQ(c.loss.iou_loss, "giou");
  EXPECT_EQ(c.train.batch_size, Config{}.train.batch_size);
}

TEST(Config, OverridesWinAndTakePlainPathsAndLists) {
  const Config c = parse_config("[train]\nepochs = 7\n", "x.toml",
                                {"train.epochs=9", "data.train=data/wider/train.csv",
                                 "model.prior_sizes=[[8],[16],[32],[64, 128]]"});
  EXPECT_EQ(c.train.epochs, 9);
  EXPECT_EQ(c.data.train, std::vector<std::string>{"data/wider/train.csv"});
  EXPECT_EQ(c.model.prior_sizes.back(), (std::vector<float>{64, 128}));
}

TEST(Config, HeadsWithLandmarksAreWrittenInAnyOfTomlsWays) {
  EXPECT_EQ(parse_config("", "x.toml").model.heads_landmarks, 0);
  EXPECT_EQ(parse_config("[model]\nheads = {landmarks = 5}\n", "x").model.heads_landmarks, 5);
  EXPECT_EQ(parse_config("[model]\nheads.landmarks = 5\n", "x").model.heads_landmarks, 5);
  EXPECT_EQ(parse_config("[model.heads]\nlandmarks = 5\n", "x").model.heads_landmarks, 5);
  const Config c = parse_config("", "x.toml", {"model.heads.landmarks=5"});
  EXPECT_EQ(parse_config(to_toml(c), "y").model.heads_landmarks, 5);
  EXPECT_NE(message("", {"model.heads.landmarks=3"}).find("0 or 5"), std::string::npos);
  EXPECT_NE(message("[loss]\nlandmark_loss = \"l2\"\n").find("smooth_l1, wing"), std::string::npos);
}

TEST(Config, ThePolicyIsAPresetAFileOrSteps) {
  const auto policy = [](const std::string& toml, const std::vector<std::string>& overrides = {}) {
    return parse_config(toml, "x.toml", overrides).augment.policy;
  };
  EXPECT_EQ(policy(""), preset_policy("face"));
  EXPECT_EQ(policy("[augment]\npolicy = \"ssd\"\n"), preset_policy("ssd"));
  EXPECT_EQ(policy("", {"augment.policy=light"}), preset_policy("light"));
  EXPECT_EQ(policy("[augment]\nsize = 64\n[[augment.policy]]\nop = \"fliplr\"\np = 0.25\n"),
            augment::parse_policy("policy = [{op = 'fliplr', p = 0.25}]", "p"));
  EXPECT_EQ(policy("", {"augment.policy=[{op='grey'}]"}),
            augment::parse_policy("policy = [{op = 'grey'}]", "p"));
  EXPECT_EQ(message("[[augment.policy]]\n\nop = \"flplr\"\n").rfind("x.toml:3: unknown op", 0), 0U);
  EXPECT_NE(message("[augment]\npolicy = \"sdd\"\n").find("x.toml:2: augment.policy: 'sdd'"),
            std::string::npos);
}

TEST(Config, AStartFromOtherWeightsIsWrittenInAnyOfTomlsWays) {
  EXPECT_TRUE(parse_config("", "x").init.file.empty());
  const char* const ways[] = {
      "[model]\ninit = {file = \"a.h5\", by_name = true, map = \"keras\", strict = true}\n",
      "[model.init]\nfile = \"a.h5\"\nmap = \"keras\"\nstrict = true\n"};
  for (const char* const way : ways) {
    // Also after writing and reading back, as resumed runs and exported models do.
    const Config c = parse_config(to_toml(parse_config(way, "x")), "y");
    EXPECT_EQ(c.init.file, "a.h5");
    EXPECT_EQ(c.init.map, "keras");
    EXPECT_TRUE(c.init.strict);
    EXPECT_TRUE(c.init.by_name);
  }
  for (const auto& overrides :
       std::vector<std::vector<std::string>>{{"model.init.file=b.pt", "model.init.strict=true"},
                                             {"model.init={file='b.pt', strict=true}"}}) {
    const Config c = parse_config("", "x", overrides);
    EXPECT_EQ(c.init.file, "b.pt");
    EXPECT_TRUE(c.init.strict);
  }
  EXPECT_NE(message("", {"model.init={fil='b.pt'}"}).find("did you mean 'model.init.file'?"),
            std::string::npos);
}

TEST(Config, BooleansAreTrueOrFalse) {
  EXPECT_FALSE(parse_config("[model]\nfreeze_batch_norm = false\n", "x").freeze.batch_norm);
  for (const char* const value : {"1", "\"true\"", "[true]"})
    EXPECT_EQ(message(std::string("[model]\nfreeze_batch_norm = ") + value + "\n"),
              "x.toml:2: model.freeze_batch_norm must be true or false");
  EXPECT_EQ(message("", {"model.init.strict=yes"}),
            "'model.init.strict=yes': model.init.strict must be true or false");
  EXPECT_NE(describe_config_keys().find("model.freeze_batch_norm = true\n    true or false: "),
            std::string::npos);
}

TEST(Config, WeightsFindTheirPlacesByNameOnly) {
  EXPECT_EQ(message("[model]\ninit = {file = \"a.h5\", by_name = false}\n"),
            "x.toml: model.init.by_name must be true: weights are matched by name only");
  EXPECT_NE(message("[model]\ninit = {file = \"a\", map = \"onnx\"}\n")
                .find("auto, none, torchvision, keras"),
            std::string::npos);
  EXPECT_NE(message("[model]\ninit = \"a.h5\"\n").find("model.init"), std::string::npos);
}

TEST(Config, WhatIsFrozenIsCheckedBeforeAnythingRuns) {
  const Config c = parse_config("[model]\nfreeze = [\"backbone.until:C4\", \"neck\"]\n", "x");
  EXPECT_EQ(parse_config(to_toml(c), "y").freeze.parts,
            (std::vector<std::string>{"backbone.until:C4", "neck"}));
  EXPECT_EQ(parse_config("", "x", {"model.freeze=backbone"}).freeze.parts,
            std::vector<std::string>{"backbone"});
  EXPECT_NE(message("[model]\nfreeze = [\"bone\"]\n").find("available: backbone, neck, heads"),
            std::string::npos);
  EXPECT_NE(message("", {"model.freeze=backbone.until:C9"}).find("available: C3, C4, C5"),
            std::string::npos);
  EXPECT_NE(message("", {"model.freeze=[backbone,neck,heads]"}).find("no such part"),
            std::string::npos)
      << "without quotation marks it is one name";
  EXPECT_NE(message("", {"model.freeze=['backbone','neck','heads']"}).find("nothing"),
            std::string::npos);
}

TEST(Config, PartsHaveRatesOfTheirOwn) {
  const Config c = parse_config("[train.rates]\nbackbone = 0.1\n", "x", {"train.rates.heads=2"});
  const PartRates rates = parse_config(to_toml(c), "y").train.rates;
  EXPECT_EQ(rates.backbone, 0.1F);
  EXPECT_EQ(rates.neck, 1.0F);
  EXPECT_EQ(rates.extras, 1.0F);
  EXPECT_EQ(rates.heads, 2.0F);
  EXPECT_NE(message("[train]\nrates = {heads = 101}\n").find("0 to 100"), std::string::npos);
  EXPECT_NE(message("[train.rates]\nhead = 1\n").find("train.rates.heads"), std::string::npos);
}

TEST(Config, UnknownKeysNameFileLineAndTheNearestKey) {
  EXPECT_EQ(message("[train]\nepochs = 1\nlearning_rat = 1\n"),
            "x.toml:3: unknown key 'train.learning_rat'; did you mean 'train.learning_rate'?");
  EXPECT_EQ(message("[trian]\nepochs = 1\n"), "x.toml:1: unknown section [trian]");
  EXPECT_EQ(message("", {"train.epoch=3"}),
            "'train.epoch=3': unknown key 'train.epoch'; did you mean 'train.epochs'?");
}

TEST(Config, ImpossibleValuesNameFileAndLine) {
  EXPECT_EQ(message("[train]\nepochs = 0\n").substr(0, 9), "x.toml:2:");
  EXPECT_EQ(message("[train]\n\nepochs = \"many\"\n").substr(0, 9), "x.toml:3:");
  EXPECT_NE(message("[train]\nepochs = 1.5\n").find("whole number"), std::string::npos);
  EXPECT_NE(message("[train]\nprecision = \"fp8\"\n").find("bf16, fp32"), std::string::npos);
  EXPECT_NE(message("[train\n").find("x.toml:"), std::string::npos);
  EXPECT_NE(message("[data]\ntrain = [\"a\"]\nweights = [1, 2]\n").find("data.weights"),
            std::string::npos);
  EXPECT_NE(message("", {"train.epochs"}).find("key=value"), std::string::npos);
}

TEST(Config, WhatIsWrittenReadsBackTheSame) {
  Config c = parse_config("[model]\nprior_sizes = [[7.5, 9], [20], [40], [90]]\n", "x.toml",
                          {"train.seed=9007199254740993", "train.learning_rate=0.00123",
                           "data.train=[\"a b.csv\", \"q\\\"uote.csv\"]"});
  const std::string text = to_toml(c);
  const Config again = parse_config(text, "again");
  EXPECT_EQ(to_toml(again), text);
  EXPECT_EQ(again.train.seed, 9007199254740993U) << "2^53 + 1 must not pass through a double";
  EXPECT_EQ(again.train.learning_rate, 0.00123F);
  EXPECT_EQ(again.data.train, c.data.train);
}

TEST(Config, AResumedRunTakesWhatDoesNotChangeItsEnd) {
  const auto resumed = [](const std::string& toml, const std::vector<std::string>& overrides) {
    return resumed_config(toml, "last.pt", overrides);
  };
  const Config c = resumed(
      "[train]\nthreads = 2\nepochs = 7\n",
      {"train.threads=1", "train.time_limit=2.5", "train.stop_after=4", "train.validate_every=3",
       "train.checkpoint_every=9", "data.workers=0", "data.cache_mb=100"});
  EXPECT_EQ(c.train.epochs, 7);
  EXPECT_EQ(c.train.threads, 1);
  EXPECT_EQ(c.train.time_limit, 2.5F);
  EXPECT_EQ(c.train.stop_after, 4);
  EXPECT_EQ(c.train.validate_every, 3);
  EXPECT_EQ(c.train.checkpoint_every, 9);
  EXPECT_EQ(c.data.workers, 0);
  EXPECT_EQ(c.data.cache_mb, 100);

  const auto refusal = [&](const std::string& toml, const std::string& text) {
    try {
      (void)resumed(toml, {text});
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
      return std::string(e.what());
    }
    return std::string();
  };
  for (const char* const text : {"train.epochs=9", "train.batch_size=4", "data.train=a.csv",
                                 "train.seed=2", "train.thread=2", "train.precision=fp32"})
    EXPECT_NE(refusal("", text).find("'" + std::string(text) + "': --resume may only change"),
              std::string::npos)
        << text;
  EXPECT_NE(refusal("", "train.threads=-1"), "");
  const std::string plateau = "[train]\nplateau = {metric = \"val_ap\"}\n";
  EXPECT_NE(refusal(plateau, "train.validate_every=2").find("train.plateau"), std::string::npos);
  EXPECT_EQ(refusal(plateau, "train.threads=2"), "");
}

TEST(Config, EveryKeyIsDescribed) {
  const std::string text = describe_config_keys();
  EXPECT_NE(text.find("train.learning_rate = 0.002"), std::string::npos);
  EXPECT_NE(text.find("cosine, step, exponential"), std::string::npos);
}

TEST(Config, ShippedConfigsAreValid) {
  EXPECT_NO_THROW(
      (void)read_config(std::string(FACESHOT_SOURCE_DIR) + "/configs/faceshot-nano.toml"));
  EXPECT_THROW((void)read_config("nowhere.toml"), Error);
}

}  // namespace
}  // namespace faceshot::train
