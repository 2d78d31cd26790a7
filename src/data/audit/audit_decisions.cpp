#include "data/audit/audit_decisions.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "data/prepared/prepared_format.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

using Json = nlohmann::json;
using geometry::Annotation;

constexpr float same_pixels = 0.01F;  ///< the CSV's rounding

bool same_box(const Box& a, const Box& b) {
  return std::abs(a.x1 - b.x1) <= same_pixels && std::abs(a.y1 - b.y1) <= same_pixels &&
         std::abs(a.x2 - b.x2) <= same_pixels && std::abs(a.y2 - b.y2) <= same_pixels;
}

/// One decision from the file.
class DecisionReader {
 public:
  DecisionReader(const std::filesystem::path& path, std::size_t index, const Json& json)
      : path_(path), index_(index), json_(json) {}

  [[nodiscard]] AuditDecision read() const {
    if (!json_.is_object()) fail("is not an object");
    AuditDecision decision;
    decision.image = text("image");
    const std::string kind = text("kind"), verdict = text("decision");
    if (kind != "missing" && kind != "loose") fail("has the unknown kind '" + kind + "'");
    if (verdict != "accept" && verdict != "reject")
      fail("has the decision '" + verdict + "', not accept or reject");
    decision.kind = kind == "missing" ? SuspectKind::missing : SuspectKind::loose;
    decision.accepted = verdict == "accept";
    const Json& id = member("class");
    if (!id.is_number_integer()) fail("has a class that is not a whole number");
    decision.class_id = id.get<int>();
    decision.box = box("box");
    if (decision.kind == SuspectKind::loose) decision.label = box("label");
    return decision;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::format,
                path_.string() + ": decision " + std::to_string(index_) + " " + what);
  }
  [[nodiscard]] const Json& member(const char* name) const {
    const auto found = json_.find(name);
    if (found == json_.end()) fail(std::string("has no ") + name);
    return *found;
  }
  [[nodiscard]] std::string text(const char* name) const {
    const Json& value = member(name);
    if (!value.is_string()) fail(std::string("has a ") + name + " that is not a string");
    return value.get<std::string>();
  }
  [[nodiscard]] Box box(const char* name) const {
    const Json& value = member(name);
    if (!value.is_array() || value.size() != 4 ||
        !std::all_of(value.begin(), value.end(), [](const Json& v) { return v.is_number(); }))
      fail(std::string("has a ") + name + " that is not [x1, y1, x2, y2]");
    const Box read{value[0].get<float>(), value[1].get<float>(), value[2].get<float>(),
                   value[3].get<float>()};
    if (!finite(read) || !read.valid()) fail(std::string("has an empty ") + name);
    return read;
  }

  const std::filesystem::path& path_;
  std::size_t index_;
  const Json& json_;
};

[[noreturn]] void refuse(const AuditDecision& decision, const std::string& what) {
  throw Error(ErrorCode::invalid_argument,
              "audit: " + decision.image + ": " + what + "; nothing was changed");
}

void apply_one(const AuditDecision& decision, const std::vector<std::string>& classes,
               geometry::ImageRecord& record, AppliedAudit& applied) {
  if (decision.class_id < 0 || static_cast<std::size_t>(decision.class_id) >= classes.size())
    refuse(decision, "the set has no class " + std::to_string(decision.class_id));
  if (const std::string fault = box_fault(decision.box, record.width, record.height);
      !fault.empty())
    refuse(decision, fault);
  const auto place = [&](const Box& box) {
    return std::find_if(
        record.annotations.begin(), record.annotations.end(),
        [&](const Annotation& a) { return a.concerns(decision.class_id) && same_box(a.box, box); });
  };
  if (place(decision.box) != record.annotations.end()) {
    ++applied.already;
  } else if (decision.kind == SuspectKind::missing) {
    Annotation& label = record.annotations.emplace_back();
    label.box = decision.box;
    label.class_id = decision.class_id;
    label.source = geometry::source_person;
    ++applied.added;
  } else {
    const auto label = place(*decision.label);
    if (label == record.annotations.end()) refuse(decision, "the loose label no longer exists");
    label->box = decision.box;
    label->source = geometry::source_person;
    ++applied.replaced;
  }
}

}  // namespace

AuditDecisions read_audit_decisions(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path))
    throw Error(ErrorCode::not_found, path.string() + ": no such file");
  std::ifstream file(path);
  const Json json = Json::parse(file, nullptr, false);
  if (json.is_discarded() || !json.is_object() ||
      json.value("format", Json()) != "faceshot-audit" || json.value("version", Json()) != 1 ||
      !json.contains("csv") || !json["csv"].is_string() || !json.contains("decisions") ||
      !json["decisions"].is_array())
    throw Error(ErrorCode::format, path.string() +
                                       ": not a file of decisions; download audit-decisions.json "
                                       "from the page written by faceshot data audit");
  AuditDecisions decisions{json["csv"].get<std::string>(), {}};
  for (const Json& entry : json["decisions"])
    decisions.decisions.push_back(
        DecisionReader(path, decisions.decisions.size() + 1, entry).read());
  return decisions;
}

AppliedAudit apply_audit(const AuditDecisions& decisions, PreparedSet& set) {
  AppliedAudit applied;
  std::vector<geometry::ImageRecord> records = set.records;
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < records.size(); ++i) places[records[i].image] = i;
  for (const AuditDecision& decision : decisions.decisions) {
    const auto place = places.find(decision.image);
    if (place == places.end()) refuse(decision, "the set has no such image");
    if (decision.accepted)
      apply_one(decision, set.classes, records[place->second], applied);
    else
      ++applied.rejected;
  }
  set.records = std::move(records);
  return applied;
}

}  // namespace faceshot::data
