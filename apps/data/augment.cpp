// `faceshot augment`: shows, applies and documents policies.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "augment/policies/augmented_set.hpp"
#include "augment/policies/file_pool.hpp"
#include "augment/policies/op_reference.hpp"
#include "augment/policies/policy_sheet.hpp"
#include "base/processors.hpp"
#include "common/console.hpp"
#include "data/prepared/splits.hpp"
#include "data_commands.hpp"
#include "faceshot/error.hpp"
#include "media/drawing/draw.hpp"
#include "media/opencv.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

data::PreparedSet read_all(const fs::path& set, const std::string& split) {
  return data::read_splits(data::split_files(set, split));
}

void add_split(CLI::App& command, std::string& split, const char* otherwise) {
  command.add_option("--split", split, "Split of the set; default: " + std::string(otherwise))
      ->check(CLI::IsMember({"train", "val", "test"}));
}

const char* const policy_help =
    "Preset (face, light, ssd, face-small, low-light, rand-augment, surveillance) or TOML file "
    "with [[augment.policy]]";

// --- preview -----------------------------------------------------------------------------------

struct PreviewOptions {
  fs::path set, out;
  std::string split;  ///< empty: the default
  std::string policy = "face";
  augment::PolicySheetOptions sheet;
};

int preview(PreviewOptions& o) {
  o.sheet.augment.policy = augment::read_policy(o.policy);
  const augment::PolicySheet sheet = augment::policy_sheet(read_all(o.set, o.split), o.sheet);
  support::make_folder(o.out.parent_path());
  media::write_mat(o.out, sheet.image);
  for (const std::string& reason : sheet.damaged)
    std::fprintf(stderr, "faceshot: left out: %s\n", reason.c_str());
  std::printf("%zu photographs with %d samples each are in %s\n", sheet.shown.size(),
              o.sheet.samples, o.out.c_str());
  return exit_ok;
}

void add_preview(CLI::App& parent, int& exit_code) {
  auto options = std::make_shared<PreviewOptions>();
  PreviewOptions& o = *options;
  CLI::App* command = parent.add_subcommand(
      "preview", "Contact sheet: each photograph before and after augmentation");
  command->add_option("set", o.set, "Folder of a prepared set, or one of its CSV files")
      ->required();
  command->add_option("--policy", o.policy, policy_help)->capture_default_str();
  command->add_option("--out", o.out, "Image file to write")->required();
  command->add_option("--count", o.sheet.count, "Number of photographs, one per row")
      ->capture_default_str();
  command->add_option("--samples", o.sheet.samples, "Samples per photograph")
      ->capture_default_str();
  command->add_option("--size", o.sheet.augment.size, "Side of the samples, pixels")
      ->capture_default_str();
  command->add_option("--seed", o.sheet.seed, "Random seed")->capture_default_str();
  add_split(*command, o.split, "all");
  command->footer("Example:\n  faceshot augment preview data/wider --policy ssd --out sheet.png");
  command->callback(
      [options, &exit_code] { exit_code = guarded([&] { return preview(*options); }); });
}

// --- run ---------------------------------------------------------------------------------------

struct RunOptions {
  fs::path set, out, npz;
  std::string split;  ///< empty: the default
  std::string policy = "face";
  int size = 0;
  augment::AugmentedSetOptions set_options;
};

int run(RunOptions& o) {
  o.set_options.augment.policy = augment::read_policy(o.policy);
  o.set_options.augment.square = o.size > 0;
  if (o.size > 0) o.set_options.augment.size = o.size;
  const fs::path csv = data::split_file(o.set, o.split, "train");
  const std::string split = data::split_of(csv);
  const data::PreparedSet set = data::read_prepared(csv);
  const std::size_t count =
      set.records.size() * static_cast<std::size_t>(std::max(0, o.set_options.times));
  {
    Progress progress("augmenting", count);
    const auto report = [&](std::size_t done, std::size_t) { progress.update(done); };
    if (o.npz.empty())
      augment::write_augmented_set(o.out, split, set, o.set_options, report);
    else
      augment::write_augmented_npz(o.npz, set, o.set_options, report);
  }
  std::printf("%zu samples of %zu images are in %s\n", count, set.records.size(),
              o.npz.empty() ? o.out.c_str() : o.npz.c_str());
  return exit_ok;
}

void add_run(CLI::App& parent, int& exit_code) {
  auto options = std::make_shared<RunOptions>();
  RunOptions& o = *options;
  o.set_options.threads = base::processors();
  CLI::App* command = parent.add_subcommand(
      "run",
      "Write an augmented set to disk (training augments on the fly and does not need this)");
  command->add_option("set", o.set, "Folder of a prepared set, or one of its CSV files")
      ->required();
  command->add_option("--policy", o.policy, policy_help)->capture_default_str();
  auto* out = command->add_option_group("out", "Output (one of these)");
  out->add_option("--out", o.out, "Folder of the new set");
  out->add_option("--npz", o.npz,
                  "Write a NumPy file with pixels and labels instead; square samples only");
  out->require_option(1);
  command->add_option("--times", o.set_options.times, "Samples per image")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command
      ->add_option("--size", o.size,
                   "Side of square samples, pixels; 0: whatever size the policy produces (320 for "
                   "operations that need a size)")
      ->check(CLI::Range(0, 8192))
      ->capture_default_str();
  command->add_option("--seed", o.set_options.seed, "Random seed")->capture_default_str();
  command
      ->add_option("--threads,--jobs", o.set_options.threads,
                   "Number of threads; does not affect the result")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  add_split(*command, o.split, "train, or the only split");
  command->footer(
      "Example:\n"
      "  faceshot augment run data/wider --policy ssd --times 3 --size 320 --out data/wider-aug\n"
      "  faceshot augment run data/wider --policy light --npz wider.npz");
  command->callback([options, &exit_code] { exit_code = guarded([&] { return run(*options); }); });
}

// --- ops ---------------------------------------------------------------------------------------

struct OpsOptions {
  std::vector<std::string> names;
  fs::path set, out;
  std::string split;  ///< empty: the default
  std::uint64_t seed = 1;
  bool markdown = false, json = false;
};

void print_json() {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const auto& info : augment::operations()) {
    nlohmann::ordered_json parameters = nlohmann::ordered_json::array();
    for (const auto& p : info.parameters)
      parameters.push_back({{"name", p.name},
                            {"default", p.initial.values()},
                            {"low", p.low},
                            {"high", p.high},
                            {"words", p.words},
                            {"meaning", p.meaning}});
    all.push_back({{"op", info.name},
                   {"family", info.family},
                   {"meaning", info.meaning},
                   {"parameters", parameters}});
  }
  std::printf("%s\n", all.dump(2).c_str());
}

void write_pictures(const OpsOptions& o) {
  const data::PreparedSet set = read_all(o.set, o.split);
  if (set.records.empty()) throw Error(ErrorCode::not_found, "the set holds no images");
  const augment::FilePool pool(set);
  std::size_t first = 0;  // one with faces, if there is one
  while (first + 1 < set.records.size() && set.records[first].annotations.empty()) ++first;
  std::vector<cv::Mat> pictures;
  for (auto& p :
       augment::picture_operations(pool.scene(static_cast<std::uint32_t>(first)), pool, o.seed))
    pictures.push_back(std::move(p.image));
  support::make_folder(o.out.parent_path());
  media::write_mat(o.out, media::contact_sheet(pictures, 6, {320, 260}));
  std::printf("a picture of each operation is in %s\n", o.out.c_str());
}

int ops(const OpsOptions& o) {
  if (!o.out.empty()) {
    if (o.set.empty())
      throw Error(ErrorCode::invalid_argument,
                  "--out needs --set DIR, a prepared set with the photographs to use");
    write_pictures(o);
  } else if (o.markdown) {
    std::printf("%s", augment::operations_markdown().c_str());
  } else if (o.json) {
    print_json();
  } else if (!o.names.empty()) {
    for (const auto& name : o.names)
      std::printf("%s", augment::describe(augment::find_operation(name)).c_str());
  } else {
    std::string_view family;
    for (const auto& info : augment::operations()) {
      if (info.family != family)
        std::printf("%s%s\n", family.empty() ? "" : "\n", std::string(info.family).c_str());
      family = info.family;
      std::printf("  %-18s %s\n", std::string(info.name).c_str(),
                  std::string(info.meaning).c_str());
    }
    std::printf("\nfaceshot augment ops NAME lists the parameters of one.\n");
  }
  return exit_ok;
}

void add_ops(CLI::App& parent, int& exit_code) {
  auto options = std::make_shared<OpsOptions>();
  OpsOptions& o = *options;
  CLI::App* command =
      parent.add_subcommand("ops", "List the operations, with their parameters and ranges");
  command->add_option("names", o.names, "Operations to describe; default: list all");
  command->add_option("--out", o.out, "Write an image that shows each operation instead");
  command->add_option("--set", o.set, "Prepared set with the photographs to use");
  command->add_option("--seed", o.seed, "Random seed of the pictures")->capture_default_str();
  add_split(*command, o.split, "all");
  command->add_flag("--markdown", o.markdown, "Print the reference page as Markdown");
  command->add_flag("--json", o.json, "Print the table as JSON");
  command->footer(
      "Example:\n  faceshot augment ops affine\n"
      "  faceshot augment ops --set data/wider --out ops.png");
  command->callback([options, &exit_code] { exit_code = guarded([&] { return ops(*options); }); });
}

}  // namespace

void add_augment(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("augment", "Augmentation policies: list operations, preview, run, search");
  command->require_subcommand(1);
  add_preview(*command, exit_code);
  add_run(*command, exit_code);
  add_ops(*command, exit_code);
  add_augment_search(*command, exit_code);
}

}  // namespace faceshot::cli
