#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "data/audit/audit_decisions.hpp"
#include "data/audit/audit_page.hpp"
#include "data/audit/label_audit.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data::audit_test {
namespace {

namespace fs = std::filesystem;

const std::vector<int> faces{0};

geometry::Annotation label(const Box& box, bool ignore = false) {
  geometry::Annotation a;
  a.box = box;
  a.ignore = ignore;
  return a;
}

geometry::ImageRecord image(std::vector<geometry::Annotation> labels) {
  return {"a/b.jpg", 400, 300, std::move(labels)};
}

TEST(LabelAudit, TellsMissingFromLooseFromKnown) {
  const geometry::ImageRecord record =
      image({label({10, 10, 50, 50}), label({100, 10, 140, 50}), label({200, 0, 400, 300}, true)});
  const std::vector<Detection> found{
      {{11, 11, 51, 51}, 0.9F},      // the first label
      {{112, 10, 152, 50}, 0.8F},    // 28 of 52 of the second: loose
      {{300, 100, 340, 140}, 0.9F},  // in the ignored region
      {{10, 200, 50, 240}, 0.7F},    // nothing is labelled there
      {{20, 20, 40, 40}, 0.6F},      // a part of the first
      {{60, 200, 64, 204}, 0.9F},    // tiny
      {{60, 250, 90, 280}, 0.2F},    // below the score
  };
  const ImageAudit audit = audit_image(record, found, faces, 7, {});
  ASSERT_EQ(audit.suspects.size(), 2U);
  EXPECT_EQ(audit.suspects[0].kind, SuspectKind::missing);
  EXPECT_EQ(audit.suspects[0].box, (Box{10, 200, 50, 240}));
  EXPECT_EQ(audit.suspects[0].record, 7U);
  EXPECT_EQ(audit.suspects[1].kind, SuspectKind::loose);
  EXPECT_EQ(audit.suspects[1].label, 1U);
  EXPECT_NEAR(audit.suspects[1].iou, 28.0 / 52, 1e-5);
  EXPECT_EQ(audit.seen.size(), 4U) << "the ignored, the tiny and the doubtful say nothing";
}

TEST(LabelAudit, ALabelThatIsFoundWellIsNotLoose) {
  const geometry::ImageRecord record = image({label({100, 10, 140, 50})});
  const std::vector<Detection> found{{{112, 10, 152, 50}, 0.9F}, {{101, 10, 141, 50}, 0.4F}};
  EXPECT_TRUE(audit_image(record, found, faces, 0, {}).suspects.empty());
}

TEST(LabelAudit, LearnsWhatASetDoesNotLabel) {
  std::vector<ImageAudit::Seen> seen;
  for (int i = 0; i < 200; ++i) {
    seen.push_back({0.85F, 12, false});
    seen.push_back({0.85F, 40, true});
  }
  const LabellingCustom custom(seen);
  EXPECT_LT(custom.chance(0.85F, 12), 0.1);
  EXPECT_GT(custom.chance(0.85F, 40), 0.95);
  EXPECT_NEAR(custom.chance(0.55F, 40), 0.55, 1e-6) << "nothing was seen: the score itself";
}

class AuditDecisionsTest : public ::testing::Test {
 protected:
  AuditDecisionsTest() : path_(fs::path(::testing::TempDir()) / "audit-decisions.json") {
    set_.records = {image({label({100, 10, 140, 50})})};
  }
  ~AuditDecisionsTest() override { fs::remove(path_); }

  [[nodiscard]] AuditDecisions read(const std::string& decisions) const {
    std::ofstream(path_) << R"({"format": "faceshot-audit", "version": 1, "csv": "/x/train.csv",
      "decisions": [)" << decisions
                         << "]}";
    return read_audit_decisions(path_);
  }
  [[nodiscard]] std::string complaint(const std::string& decisions) {
    try {
      (void)apply_audit(read(decisions), set_);
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing";
  }
  fs::path path_;
  PreparedSet set_;
};

constexpr const char* missing =
    R"({"image": "a/b.jpg", "kind": "missing", "class": 0, "box": [10, 200, 50, 240],
        "decision": "accept"})";
constexpr const char* loose =
    R"({"image": "a/b.jpg", "kind": "loose", "class": 0, "box": [112, 10, 152, 50],
        "label": [100, 10, 140, 50], "decision": "accept"})";

TEST_F(AuditDecisionsTest, AddAndReplaceAndMayComeTwice) {
  const AuditDecisions decisions =
      read(std::string(missing) + "," + loose +
           R"(, {"image": "a/b.jpg", "kind": "missing", "class": 0, "box": [1, 2, 9, 9],
                "decision": "reject"})");
  EXPECT_EQ(decisions.csv, "/x/train.csv");
  const AppliedAudit applied = apply_audit(decisions, set_);
  EXPECT_EQ(applied.added, 1U);
  EXPECT_EQ(applied.replaced, 1U);
  EXPECT_EQ(applied.rejected, 1U);
  const auto& labels = set_.records[0].annotations;
  ASSERT_EQ(labels.size(), 2U);
  EXPECT_EQ(labels[0].box, (Box{112, 10, 152, 50}));
  EXPECT_EQ(labels[1].box, (Box{10, 200, 50, 240}));
  EXPECT_EQ(labels[1].source, geometry::source_person);
  const PreparedSet once = set_;
  EXPECT_EQ(apply_audit(decisions, set_).already, 2U);
  EXPECT_EQ(set_.records, once.records);
}

TEST_F(AuditDecisionsTest, RefuseWhatDoesNotFitAndChangeNothing) {
  const auto has = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  const auto with = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  const PreparedSet before = set_;
  EXPECT_TRUE(
      has(complaint(std::string(missing) + "," + with(loose, "a/b", "c")), "no such image"));
  EXPECT_TRUE(has(complaint(with(loose, "[100", "[98")), "no longer exists"));
  EXPECT_TRUE(has(complaint(with(missing, "50, 240", "500, 240")), "a/b.jpg: "));
  EXPECT_TRUE(has(complaint(with(missing, "\"class\": 0", "\"class\": 3")), "no class 3"));
  EXPECT_TRUE(
      has(complaint(with(missing, "accept", "maybe")), "decision 1 has the decision 'maybe'"));
  EXPECT_TRUE(has(complaint(with(missing, "[10, 200", "[50, 200")), "has an empty box"));
  EXPECT_TRUE(has(complaint("3"), "decision 1 is not an object"));
  EXPECT_EQ(set_.records, before.records);
  std::ofstream(path_) << "{}";
  EXPECT_THROW((void)read_audit_decisions(path_), Error);
  EXPECT_THROW((void)read_audit_decisions("nowhere.json"), Error);
}

TEST_F(AuditDecisionsTest, ThePageHasEverySuspectAndNothingFromElsewhere) {
  LabelAudit audit;
  audit.images = 1;
  set_.records[0].image = "a/<b>.jpg";
  for (int i = 0; i < 3; ++i)
    audit.suspects.push_back({SuspectKind::missing, 0, {10, 200, 50, 240}, {}, 0, 0.7F, 0, 0.5});
  audit.suspects[1].kind = SuspectKind::loose;
  audit.suspects[1].label = 0;
  const std::string page = audit_page(set_, audit, "train.csv", 2, "nano.onnx");
  std::size_t cards = 0;
  for (std::size_t at = 0; (at = page.find("<li class='suspect'>", at)) != std::string::npos; ++at)
    ++cards;
  EXPECT_EQ(cards, 2U) << "as many as were asked for";
  EXPECT_EQ(page.find("<b>"), std::string::npos) << "a name is no markup";
  EXPECT_EQ(page.find("http"), std::string::npos);
  EXPECT_NE(audit_page(set_, {}, "train.csv", 2, "nano.onnx").find("No suspects"),
            std::string::npos);
}

}  // namespace
}  // namespace faceshot::data::audit_test
