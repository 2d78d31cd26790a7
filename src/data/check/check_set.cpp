#include "data/check/check_set.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "base/parallel.hpp"
#include "data/check/check_boxes.hpp"
#include "data/check/image_facts.hpp"
#include "data/check/image_hash.hpp"
#include "data/check/raw_set.hpp"
#include "geometry/move_landmarks.hpp"

namespace faceshot::data {
namespace {

/// An image of one of the splits.
struct Place {
  std::size_t split = 0, image = 0;
};

std::string line_of(const RawSet& set, std::size_t line) {
  return set.csv.string() + ":" + std::to_string(line);
}

class Checker {
 public:
  Checker(const CheckOptions& options, const Repairs& repairs)
      : options_(options), repairs_(repairs) {}

  CheckReport check(const std::vector<std::filesystem::path>& csvs,
                    const std::function<void(std::size_t, std::size_t)>& progress) {
    for (const auto& csv : csvs) sets_.push_back(read_raw_set(csv, report_.findings));
    for (std::size_t s = 0; s < sets_.size(); ++s)
      for (std::size_t i = 0; i < sets_[s].images.size(); ++i) places_.push_back({s, i});
    find_facts(progress);
    gone_.assign(places_.size(), false);
    find_same_images();
    std::size_t at = 0;
    for (RawSet& set : sets_) check_split(set, at);
    std::stable_sort(report_.findings.begin(), report_.findings.end(),
                     [](const Finding& a, const Finding& b) { return a.problem < b.problem; });
    return std::move(report_);
  }

 private:
  [[nodiscard]] const RawImage& image(std::size_t place) const {
    return sets_[places_[place].split].images[places_[place].image];
  }
  [[nodiscard]] const RawSet& set_of(std::size_t place) const {
    return sets_[places_[place].split];
  }
  [[nodiscard]] std::filesystem::path path_of(std::size_t place) const {
    return set_of(place).images_dir / image(place).name;
  }

  bool add(Problem problem, const RawSet& set, const RawImage& image, const std::string& detail) {
    report_.findings.push_back({problem, image.name, line_of(set, image.line), detail, {}});
    return repairs_[static_cast<std::size_t>(problem)];
  }

  void find_facts(const std::function<void(std::size_t, std::size_t)>& progress) {
    facts_.resize(places_.size());
    constexpr std::size_t chunk = 64;  // between two progress reports
    for (std::size_t first = 0; first < places_.size(); first += chunk) {
      const std::size_t count = std::min(chunk, places_.size() - first);
      base::parallel_for(count, options_.threads, [&](std::size_t i) {
        facts_[first + i] = find_image_facts(path_of(first + i));
      });
      if (progress) progress(first + count, places_.size());
    }
  }

  // --- identical images -------------------------------------------------------------------------

  /// Of two images in different splits the training image is dropped, otherwise the later one.
  void find_pair(std::size_t a, std::size_t b, Problem within, const std::string& what) {
    const bool leaked = places_[a].split != places_[b].split;
    std::size_t second = b;
    if (leaked && set_of(a).csv.stem() == "train" && set_of(b).csv.stem() != "train") second = a;
    const std::size_t first = second == a ? b : a;
    const std::string other =
        what + " '" + image(first).name + "'" + (leaked ? " of " + set_of(first).csv.string() : "");
    if (add(leaked ? Problem::leaked_image : within, set_of(second), image(second), other))
      gone_[second] = true;
  }

  void find_same_images() {
    std::map<std::pair<std::uint64_t, std::uintmax_t>, std::size_t> first_of;
    std::vector<bool> same(places_.size(), false);
    for (std::size_t p = 0; p < places_.size(); ++p) {
      if (!facts_[p].damage.empty()) continue;
      const auto [first, is_new] = first_of.try_emplace({facts_[p].content, facts_[p].bytes}, p);
      if (is_new || !same_bytes(path_of(first->second), path_of(p))) continue;
      same[p] = true;
      find_pair(first->second, p, Problem::duplicate_image, "the same file as");
    }
    std::vector<std::uint64_t> hashes;
    for (std::size_t p = 0; p < places_.size(); ++p)
      hashes.push_back(facts_[p].damage.empty() && !same[p] ? facts_[p].looks : 0);
    std::vector<bool> reported(places_.size(), false);  // one report is enough
    for (const auto& [a, b] : near_pairs(hashes)) {
      if (reported[b]) continue;
      reported[b] = true;
      find_pair(a, b, Problem::near_duplicate, "looks like");
    }
  }

  // --- one split --------------------------------------------------------------------------------

  void check_split(RawSet& set, std::size_t& at) {
    CheckedSplit split;
    split.csv = set.csv;
    split.images = set.images.size();
    split.repaired.images_dir = set.images_dir;
    split.repaired.classes = set.classes;
    const bool xywh = look_like_xywh(set);
    if (xywh)
      report_.findings.push_back(
          {Problem::xywh_boxes, {}, set.csv.string(), "x2 and y2 look like width and height", {}});
    for (RawImage& image : set.images) {
      split.boxes += image.boxes.size();
      if (xywh)
        for (RawBox& b : image.boxes) {
          b.annotation.box.x2 += b.annotation.box.x1;
          b.annotation.box.y2 += b.annotation.box.y1;
        }
      check_image(set, image, facts_[at], gone_[at], split.repaired.records);
      image = {};  // its boxes are now in the repaired set
      ++at;
    }
    report_.splits.push_back(std::move(split));
  }

  void check_image(const RawSet& set, RawImage& image, const ImageFacts& facts, bool gone,
                   std::vector<geometry::ImageRecord>& repaired) {
    if (facts.missing) {
      add(Problem::missing_image, set, image, "missing");
      return;
    }
    if (!facts.damage.empty()) {
      add(Problem::damaged_image, set, image, facts.damage);
      return;
    }
    if (facts.orientation != 1)
      add(Problem::turned_image, set, image,
          "EXIF orientation " + std::to_string(facts.orientation));
    if (look_normalised(image)) {
      add(Problem::normalised_boxes, set, image, "all coordinates are between 0 and 1");
      scale(image, static_cast<float>(image.width), static_cast<float>(image.height));
    }
    if (!fit_size(set, image, facts)) return;
    const auto report = [&](Problem problem, const RawBox& box, const std::string& detail) {
      report_.findings.push_back(
          {problem, image.name, line_of(set, box.line), detail, box.annotation.box});
      return repairs_[static_cast<std::size_t>(problem)];
    };
    geometry::ImageRecord record{image.name, facts.width, facts.height,
                                 check_boxes(image.boxes, facts.width, facts.height,
                                             set.classes.size(), options_.min_side, report)};
    if (std::all_of(image.boxes.begin(), image.boxes.end(),
                    [](const RawBox& b) { return b.annotation.ignore; }))
      add(Problem::no_faces, set, image, "");
    if (!gone) repaired.push_back(std::move(record));
  }

  static void scale(RawImage& image, float x, float y) {
    for (RawBox& b : image.boxes) {
      Box& box = b.annotation.box;
      box = {box.x1 * x, box.y1 * y, box.x2 * x, box.y2 * y};
      if (auto& points = b.annotation.landmarks) geometry::scale(*points, x, y);
    }
  }

  /// Scales boxes to the image's true size; false if that is impossible.
  bool fit_size(const RawSet& set, RawImage& image, const ImageFacts& facts) {
    if (image.width == facts.width && image.height == facts.height) return true;
    const float x = static_cast<float>(facts.width) / static_cast<float>(image.width);
    const float y = static_cast<float>(facts.height) / static_cast<float>(image.height);
    constexpr float tolerance = 0.02F;  // scaled images have rounded sizes
    const bool same_shape = std::abs(x / y - 1) <= tolerance;
    add(Problem::wrong_size, set, image,
        std::to_string(image.width) + "x" + std::to_string(image.height) + " in the file, " +
            std::to_string(facts.width) + "x" + std::to_string(facts.height) + " in fact" +
            (same_shape ? "" : ": different aspect ratio"));
    if (same_shape) scale(image, x, y);
    return same_shape;
  }

  const CheckOptions& options_;
  const Repairs& repairs_;
  CheckReport report_;
  std::vector<RawSet> sets_;
  std::vector<Place> places_;      ///< of all images, split by split
  std::vector<ImageFacts> facts_;  ///< by place
  std::vector<bool> gone_;         ///< places whose image is to be dropped
};

}  // namespace

std::array<std::size_t, static_cast<std::size_t>(Problem::count)> CheckReport::counts() const {
  std::array<std::size_t, static_cast<std::size_t>(Problem::count)> counts{};
  for (const Finding& finding : findings) ++counts[static_cast<std::size_t>(finding.problem)];
  return counts;
}

CheckReport check_sets(const std::vector<std::filesystem::path>& csvs, const CheckOptions& options,
                       const Repairs& repairs,
                       const std::function<void(std::size_t, std::size_t)>& progress) {
  return Checker(options, repairs).check(csvs, progress);
}

std::size_t unrepaired_errors(const CheckReport& report, const Repairs& repairs) {
  return static_cast<std::size_t>(
      std::count_if(report.findings.begin(), report.findings.end(), [&](const Finding& f) {
        return info(f.problem).severity == Severity::error &&
               !repairs[static_cast<std::size_t>(f.problem)];
      }));
}

}  // namespace faceshot::data
