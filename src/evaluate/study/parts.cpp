#include "evaluate/study/parts.hpp"

#include <array>
#include <functional>
#include <map>
#include <string_view>

namespace faceshot::evaluate {
namespace {

constexpr std::array<double, 4> height_edges{16, 32, 64, 128};
constexpr std::array<const char*, 5> height_names{"below 16 px", "16 to 32 px", "32 to 64 px",
                                                  "64 to 128 px", "128 px and more"};

struct AttributeInfo {
  std::string_view name;
  std::int8_t FaceAttributes::*member;
  std::array<const char*, 3> values;
};

constexpr std::array<AttributeInfo, 5> attribute_infos{{
    {"blur", &FaceAttributes::blur, {"clear", "normal blur", "heavy blur"}},
    {"occlusion", &FaceAttributes::occlusion, {"none", "partial", "heavy"}},
    {"pose", &FaceAttributes::pose, {"typical", "atypical", nullptr}},
    {"illumination", &FaceAttributes::illumination, {"normal", "extreme", nullptr}},
    {"expression", &FaceAttributes::expression, {"typical", "exaggerated", nullptr}},
}};

/// The row to which a face belongs.
using RowOf = std::function<std::size_t(std::size_t image, std::size_t face)>;

/// Parts of the faces. Rows without faces are omitted.
PartTable by_face(const JudgedSet& set, std::size_t setting, double score, std::string title,
                  const std::vector<std::string>& names, const RowOf& row_of) {
  PartTable table{std::move(title), false, {}};
  std::vector<PartRow> rows;
  for (const std::string& name : names) rows.push_back({name, 0, 0, 0, 0, {}});
  for (std::size_t i = 0; i < set.images(); ++i) {
    std::vector<char> seen(names.size(), 0);
    const std::vector<char>& counts = set.set().settings[setting].counts[i];
    for (std::size_t f = 0; f < counts.size(); ++f) {
      if (counts[f] == 0) continue;
      const std::size_t r = row_of(i, f);
      ++rows[r].faces;
      seen[r] = 1;
    }
    for (std::size_t r = 0; r < rows.size(); ++r) rows[r].images += seen[r] != 0 ? 1 : 0;
  }
  for (const JudgedBox& box : set.judgement(setting).boxes)
    if (box.verdict == Verdict::hit && box.score >= score)
      ++rows[row_of(box.image, box.face)].found;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (rows[r].faces == 0) continue;
    rows[r].ap.push_back(set.ap_of_faces(
        setting, [&](std::size_t image, std::size_t face) { return row_of(image, face) == r; }));
    table.rows.push_back(std::move(rows[r]));
  }
  return table;
}

std::string event_of(const std::string& name) { return name.substr(0, name.find('/')); }

}  // namespace

PartTable by_event(const JudgedSet& set, std::size_t setting, double score) {
  PartTable table{"event", true, {}};
  std::map<std::string, std::size_t> places;
  std::vector<std::size_t> row_of;  // of each image
  for (std::size_t i = 0; i < set.images(); ++i) {
    const std::string event = event_of(set.set().names[i]);
    const auto [place, is_new] = places.emplace(event, table.rows.size());
    if (is_new) table.rows.push_back({event, 0, 0, 0, 0, {}});
    row_of.push_back(place->second);
    std::size_t faces = 0;
    for (const char counts : set.set().settings[setting].counts[i]) faces += counts != 0 ? 1 : 0;
    table.rows[row_of.back()].faces += faces;
    table.rows[row_of.back()].images += faces > 0 ? 1 : 0;
  }
  for (const JudgedBox& box : set.judgement(setting).boxes) {
    if (box.score < score) break;
    PartRow& row = table.rows[row_of[box.image]];
    ++(box.verdict == Verdict::hit ? row.found : row.false_alarms);
  }
  for (std::size_t s = 0; s < set.settings(); ++s) {
    const ApSampler sampler = set.sampler(s);
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      std::vector<std::uint32_t> times;
      for (const std::size_t row : row_of) times.push_back(row == r ? 1 : 0);
      table.rows[r].ap.push_back(sampler.ap(times));
    }
  }
  return table;
}

PartTable by_size(const JudgedSet& set, std::size_t setting, double score) {
  return by_face(set, setting, score, "height of the face",
                 {height_names.begin(), height_names.end()},
                 [&](std::size_t image, std::size_t face) {
                   const auto height = static_cast<double>(set.set().faces[image][face].h);
                   std::size_t r = 0;
                   while (r < height_edges.size() && height >= height_edges[r]) ++r;
                   return r;
                 });
}

std::vector<PartTable> by_attribute(const JudgedSet& set, std::size_t setting, double score) {
  std::vector<PartTable> tables;
  for (const AttributeInfo& info : attribute_infos) {
    std::vector<std::string> names;
    for (const char* const value : info.values)
      if (value != nullptr) names.emplace_back(value);
    const std::size_t unknown = names.size();
    names.emplace_back("not given");
    PartTable table = by_face(set, setting, score, std::string(info.name), names,
                              [&](std::size_t image, std::size_t face) {
                                const auto& attributes = set.set().attributes[image];
                                const int value =
                                    attributes.empty() ? -1 : attributes[face].*info.member;
                                return value < 0 || static_cast<std::size_t>(value) >= unknown
                                           ? unknown
                                           : static_cast<std::size_t>(value);
                              });
    const bool silent =
        table.rows.empty() || (table.rows.size() == 1 && table.rows.front().name == names.back());
    if (!silent) tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace faceshot::evaluate
