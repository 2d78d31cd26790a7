#include "data/prepared/set_merge.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "base/random.hpp"
#include "data/prepared/prepared_format.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

using geometry::ImageRecord;

template <class T>
void shuffle(std::vector<T>& values, base::Random& random) {
  for (std::size_t i = values.size(); i > 1; --i)
    std::swap(values[i - 1], values[random.below(static_cast<std::uint32_t>(i))]);
}

/// Indices of a share of `count` elements, ascending.
std::vector<std::size_t> chosen(std::size_t count, double share, base::Random random) {
  std::vector<std::size_t> places(count);
  std::iota(places.begin(), places.end(), std::size_t{0});
  if (share >= 1) return places;
  shuffle(places, random);
  places.resize(static_cast<std::size_t>(share * static_cast<double>(count) + 0.5));
  std::sort(places.begin(), places.end());
  return places;
}

/// The ids of a set's classes in the merged set; new names are added.
std::vector<int> merged_ids(const std::vector<std::string>& classes,
                            std::vector<std::string>& merged) {
  std::vector<int> ids;
  for (const std::string& name : classes) {
    const auto found = std::find(merged.begin(), merged.end(), name);
    ids.push_back(static_cast<int>(found - merged.begin()));
    if (found == merged.end()) merged.push_back(name);
  }
  return ids;
}

/// In [0, 1), from the file name alone: FNV-1a, with bits mixed by Philox.
double sample_rank(const std::string& image, std::uint64_t seed) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : std::filesystem::path(image).filename().string())
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return static_cast<double>(
      base::Random(seed, static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(hash))
          .uniform());
}

SplitSet split_by_name(const std::vector<ImageRecord>& records, double val, double test,
                       std::uint64_t seed) {
  SplitSet split;
  for (const ImageRecord& record : records) {
    const double place = sample_rank(record.image, seed);
    (place < val ? split.val : place < val + test ? split.test : split.train).push_back(record);
  }
  return split;
}

}  // namespace

MergedSet merge_sets(const std::vector<SetToMerge>& sets, std::uint64_t seed) {
  MergedSet merged;
  merged.set.classes.clear();
  std::set<std::string> names;
  for (std::size_t s = 0; s < sets.size(); ++s) {
    const SetToMerge& from = sets[s];
    if (from.name.find('/') != std::string::npos || !image_path_fault(from.name).empty())
      throw Error(ErrorCode::invalid_argument, "'" + from.name + "' cannot be a folder name");
    if (!names.insert(from.name).second)
      throw Error(ErrorCode::invalid_argument,
                  "two of the sets are called '" + from.name + "'; rename a folder");
    if (!(from.share > 0 && from.share <= 1))
      throw Error(ErrorCode::invalid_argument,
                  "the share of '" + from.name + "' must be above 0 and at most 1");
    const std::vector<int> ids = merged_ids(from.set.classes, merged.set.classes);
    const base::Random random(seed, 0, static_cast<std::uint32_t>(s));
    for (const std::size_t i : chosen(from.set.records.size(), from.share, random)) {
      ImageRecord record = from.set.records[i];
      merged.originals.push_back(from.set.images_dir / record.image);
      record.image = from.name + "/" + record.image;
      for (geometry::Annotation& a : record.annotations)
        if (a.class_id != geometry::any_class)
          a.class_id = ids[static_cast<std::size_t>(a.class_id)];
      merged.set.records.push_back(std::move(record));
    }
  }
  return merged;
}

SplitSet split_records(const std::vector<ImageRecord>& records, double val, double test, SplitBy by,
                       std::uint64_t seed) {
  if (!(val >= 0 && test >= 0 && val + test < 1))
    throw Error(
        ErrorCode::invalid_argument,
        "the shares of val and test must not be negative and must leave images for training");
  if (by == SplitBy::name) return split_by_name(records, val, test, seed);
  std::map<std::string, std::vector<std::size_t>> members;  // sorted, so independent of the
                                                            // records' order
  for (std::size_t i = 0; i < records.size(); ++i)
    members[by == SplitBy::image
                ? records[i].image
                : std::filesystem::path(records[i].image).parent_path().generic_string()]
        .push_back(i);
  std::vector<const std::vector<std::size_t>*> groups;
  for (const auto& [name, places] : members) groups.push_back(&places);
  base::Random random(seed);
  shuffle(groups, random);

  enum Part : char { to_train, to_val, to_test };
  std::vector<Part> part(records.size(), to_train);
  const auto total = static_cast<double>(records.size());
  std::size_t in_val = 0, in_test = 0;
  // First groups that fit completely; then half a group too many is as good as half a group too
  // few.
  for (const double needed : {1.0, 0.5}) {
    for (const auto* group : groups) {
      if (part[group->front()] != to_train) continue;
      const double room = needed * static_cast<double>(group->size());
      const auto put = [&](Part where, std::size_t& count) {
        for (const std::size_t i : *group) part[i] = where;
        count += group->size();
      };
      if (static_cast<double>(in_val) + room <= val * total)
        put(to_val, in_val);
      else if (static_cast<double>(in_test) + room <= test * total)
        put(to_test, in_test);
    }
  }
  SplitSet split;
  for (std::size_t i = 0; i < records.size(); ++i)
    (part[i] == to_val    ? split.val
     : part[i] == to_test ? split.test
                          : split.train)
        .push_back(records[i]);
  return split;
}

}  // namespace faceshot::data
