// `faceshot prepare merge`, `split` and `pack`: new sets from prepared ones.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "common/console.hpp"
#include "data/pack/image_pack.hpp"
#include "data/prepared/set_builder.hpp"
#include "data/prepared/set_merge.hpp"
#include "data/prepared/splits.hpp"
#include "data_commands.hpp"
#include "faceshot/error.hpp"

namespace faceshot::cli {
namespace {

using data::read_prepared;
using data::SplitBy;

namespace fs = std::filesystem;

// --- merge -------------------------------------------------------------------------------------

struct MergeOptions {
  std::vector<fs::path> sets;
  std::vector<double> shares;
  fs::path out;
  std::string split;  ///< empty: all existing ones
  std::string link = "hard";
  std::uint64_t seed = 1;
};

/// The folder's own name, also for "data/a/" and ".".
std::string name_of(const fs::path& dir) { return data::real_folder(dir).filename().string(); }

/// One split of all sets. A set without that split only adds its classes, so that ids are the same
/// in all splits.
data::MergedSet merge_split(const MergeOptions& o, const std::string& split) {
  std::vector<data::SetToMerge> sets;
  for (std::size_t i = 0; i < o.sets.size(); ++i) {
    const double share = o.shares.empty() ? 1 : o.shares[i];
    const fs::path csv = o.sets[i] / (split + ".csv");
    const fs::path any = fs::exists(csv) ? csv : data::split_files(o.sets[i], "").front();
    sets.push_back({name_of(o.sets[i]), read_prepared(any), share});
    if (any != csv) sets.back().set.records.clear();
  }
  return data::merge_sets(sets, o.seed);
}

int merge(const MergeOptions& o) {
  if (!o.shares.empty() && o.shares.size() != o.sets.size())
    throw Error(ErrorCode::invalid_argument, "--share needs a number for each of the " +
                                                 std::to_string(o.sets.size()) + " sets");
  data::check_destination(o.out);
  std::string source = "merged from";
  std::vector<data::MergedSet> merged;
  std::vector<data::SplitToBuild> splits;
  std::size_t images = 0;
  for (const fs::path& set : o.sets) {
    if (!fs::is_directory(set))
      throw Error(ErrorCode::not_found, "'" + set.string() + "' is not a folder");
    if (!o.split.empty()) static_cast<void>(data::split_files(set, o.split));
    source += " " + name_of(set);
  }
  merged.reserve(std::size(data::split_names));
  for (const std::string_view split : data::split_names) {
    const auto has = [&](const fs::path& set) {
      return fs::exists(set / (std::string(split) + ".csv"));
    };
    if ((!o.split.empty() && o.split != split) || std::none_of(o.sets.begin(), o.sets.end(), has))
      continue;
    merged.push_back(merge_split(o, std::string(split)));
    splits.push_back({std::string(split), merged.back().set, merged.back().originals});
    images += merged.back().originals.size();
  }
  if (splits.empty()) static_cast<void>(data::split_files(o.sets.front(), o.split));  // throws
  {
    Progress progress("writing", images);
    data::build_splits(o.out, splits, data::link_mode(o.link), source,
                       [&](std::size_t done, std::size_t) { progress.update(done); });
  }
  for (const data::SplitToBuild& split : splits)
    std::printf("%-6s %8zu images\n", split.name.c_str(), split.set.records.size());
  std::printf("%zu images of %zu sets are in %s\n", images, o.sets.size(), o.out.c_str());
  return exit_ok;
}

void add_merge(CLI::App& parent, int& exit_code) {
  auto options = std::make_shared<MergeOptions>();
  MergeOptions& o = *options;
  CLI::App* command = parent.add_subcommand("merge", "Merge prepared sets into one");
  command->add_option("sets", o.sets, "Folders of prepared sets")->required();
  command->add_option("--out", o.out, "Folder of the new set")->required();
  command->add_option("--share", o.shares,
                      "Share of each set's images to take, above 0 and up to 1; default: all");
  command->add_option("--split", o.split, "Split of each set; default: all")
      ->check(CLI::IsMember({"train", "val", "test"}));
  command
      ->add_option("--link", o.link,
                   "How to place images in the set: hard, copy, symlink, relative")
      ->check(CLI::IsMember({"hard", "copy", "symlink", "relative"}))
      ->capture_default_str();
  command->add_option("--seed", o.seed, "Random seed for --share")->capture_default_str();
  command->footer(
      "Each set's images go into a folder named after it; classes are joined by name.\n"
      "Example:\n  faceshot prepare merge data/wider data/mine --share 1 0.5 --out data/all");
  command->callback(
      [options, &exit_code] { exit_code = guarded([&] { return merge(*options); }); });
}

// --- split -------------------------------------------------------------------------------------

struct SplitOptions {
  fs::path set;
  double val = 0.1, test = 0;
  std::string by = "image";
  std::uint64_t seed = 1;
};

int split(const SplitOptions& o) {
  data::PreparedSet set = read_prepared(data::split_files(o.set, "train").front());
  for (const auto& [name, share] : {std::pair{"val.csv", o.val}, std::pair{"test.csv", o.test}})
    if (share > 0 && fs::exists(o.set / name))
      throw Error(ErrorCode::invalid_argument,
                  "'" + (o.set / name).string() + "' already exists; remove it to split again");
  const SplitBy by = o.by == "image"  ? SplitBy::image
                     : o.by == "name" ? SplitBy::name
                                      : SplitBy::folder;
  data::SplitSet parts = data::split_records(set.records, o.val, o.test, by, o.seed);
  const auto write = [&](const char* name, std::vector<geometry::ImageRecord>& records) {
    if (records.empty()) return;
    set.records = std::move(records);
    data::write_prepared(o.set, name, set, "split by " + o.by + ", seed " + std::to_string(o.seed));
    std::printf("%-6s %8zu images\n", name, set.records.size());
  };
  // In this order no image is ever in both the training and the evaluation data, whenever it is
  // interrupted.
  write("train", parts.train);
  write("val", parts.val);
  write("test", parts.test);
  return exit_ok;
}

void add_split(CLI::App& parent, int& exit_code) {
  auto options = std::make_shared<SplitOptions>();
  SplitOptions& o = *options;
  CLI::App* command = parent.add_subcommand(
      "split", "Move images from a set's train.csv to val.csv (and test.csv)");
  command->add_option("set", o.set, "Folder of a prepared set")->required();
  command->add_option("--val", o.val, "Share of the images to move to val.csv")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--test", o.test, "Share of the images to move to test.csv")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      ->add_option("--by", o.by,
                   "Unit of the split: image; folder (also: event) keeps folders together, such as "
                   "WIDER FACE's events; name decides by a hash of each file name, so the choice "
                   "survives changes to the set")
      ->check(CLI::IsMember({"image", "folder", "event", "name"}))
      ->capture_default_str();
  command->add_option("--seed", o.seed, "Random seed")->capture_default_str();
  command->footer("Example:\n  faceshot prepare split data/all --val 0.1 --by folder");
  command->callback(
      [options, &exit_code] { exit_code = guarded([&] { return split(*options); }); });
}

// --- pack --------------------------------------------------------------------------------------

struct PackOptions {
  fs::path set, out;
  std::string split;  ///< empty: train, or the only split
  int max_side = 640;
};

int pack(const PackOptions& o) {
  const fs::path csv = data::split_file(o.set, o.split, "train");
  const data::PreparedSet set = read_prepared(csv);
  {
    Progress progress("packing", set.records.size());
    data::pack_set(set, data::split_of(csv), o.out, o.max_side,
                   [&](std::size_t done, std::size_t) { progress.update(done); });
  }
  std::printf("%zu images are in %s, decoded in %.1f GB\n", set.records.size(), o.out.c_str(),
              static_cast<double>(fs::file_size(o.out / "images.pack")) / 1e9);
  return exit_ok;
}

void add_pack(CLI::App& parent, int& exit_code) {
  auto options = std::make_shared<PackOptions>();
  PackOptions& o = *options;
  CLI::App* command = parent.add_subcommand("pack",
                                            "Write a set with its images scaled down and decoded "
                                            "into one file, so that training starts fast");
  command->add_option("set", o.set, "Folder of a prepared set")->required();
  command->add_option("--out", o.out, "Folder of the new set")->required();
  command->add_option("--split", o.split, "Split; default: train, or the only split")
      ->check(CLI::IsMember({"train", "val", "test"}));
  command
      ->add_option("--max-side", o.max_side,
                   "Scale larger images down to this longer side; 0: never")
      ->check(CLI::Range(0, 65536))
      ->capture_default_str();
  command->footer(
      "Example:\n  faceshot prepare pack data/wider --max-side 800 --out data/wider800");
  command->callback([options, &exit_code] { exit_code = guarded([&] { return pack(*options); }); });
}

}  // namespace

void add_set_commands(CLI::App& prepare, int& exit_code) {
  add_merge(prepare, exit_code);
  add_split(prepare, exit_code);
  add_pack(prepare, exit_code);
}

}  // namespace faceshot::cli
