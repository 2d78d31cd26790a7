// `faceshot data`: examines prepared sets.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "common/model_file.hpp"
#include "data/prepared/splits.hpp"
#include "data/stats/annotation_sheet.hpp"
#include "data/stats/prior_fit.hpp"
#include "data/stats/set_stats.hpp"
#include "data_commands.hpp"
#include "faceshot/error.hpp"
#include "faceshot/model_info.hpp"
#include "faceshot/network.hpp"
#include "media/opencv.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

using data::LevelPriors;

namespace fs = std::filesystem;

struct DataArguments {
  fs::path set;
  std::string split;  ///< empty: all existing ones
  fs::path out;
  fs::path report;  ///< of statistics
  data::SheetOptions sheet;
  fs::path model;
  int prior_count = 12;
  int prior_size = 320;
  float prior_min_side = 6;
  bool json = false;
};

std::vector<fs::path> wanted_csvs(const DataArguments& o) {
  return data::split_files(o.set, o.split);
}

data::PreparedSet read_wanted(const DataArguments& o) { return data::read_splits(wanted_csvs(o)); }

/// "data/a/train.csv, data/a/val.csv"
std::string names_of(const std::vector<fs::path>& csvs) {
  std::string names;
  for (const fs::path& csv : csvs) names += (names.empty() ? "" : ", ") + csv.string();
  return names;
}

void print_json(const nlohmann::ordered_json& json) {
  std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

// --- show --------------------------------------------------------------------------------------

int show(const DataArguments& o) {
  const data::AnnotationSheet sheet = data::annotation_sheet(read_wanted(o), o.sheet);
  support::make_folder(o.out.parent_path());
  media::write_mat(o.out, sheet.image);
  for (const std::string& reason : sheet.damaged)
    std::fprintf(stderr, "faceshot: left out: %s\n", reason.c_str());
  if (o.json)
    print_json({{"sheet", o.out.string()}, {"images", sheet.shown}, {"damaged", sheet.damaged}});
  else
    std::printf("%zu photographs are in %s\n", sheet.shown.size(), o.out.c_str());
  return exit_ok;
}

// --- stats -------------------------------------------------------------------------------------

nlohmann::ordered_json to_json(const data::Histogram& histogram) {
  nlohmann::ordered_json json;
  for (std::size_t i = 0; i < histogram.labels.size(); ++i)
    json[histogram.labels[i]] = histogram.counts[i];
  return json;
}

nlohmann::ordered_json to_json(const data::SetStats& s, const std::vector<std::string>& classes) {
  nlohmann::ordered_json of_class;
  for (std::size_t i = 0; i < classes.size(); ++i) of_class[classes[i]] = s.faces_of_class[i];
  return {{"images", s.images},
          {"images_without_faces", s.images_without_faces},
          {"faces", s.faces},
          {"ignored", s.ignored},
          {"with_landmarks", s.with_landmarks},
          {"classes", of_class},
          {"faces_per_image", s.faces_per_image},
          {"median_side", s.median_side},
          {"side_at_640", to_json(s.side)},
          {"faces_in_image", to_json(s.faces_in_image)},
          {"aspect", to_json(s.aspect)},
          {"positions", s.positions}};
}

void print_histogram(const char* title, const data::Histogram& histogram) {
  constexpr std::size_t widest = 40;
  std::printf("\n%s\n", title);
  const std::size_t largest =
      std::max<std::size_t>(1, *std::max_element(histogram.counts.begin(), histogram.counts.end()));
  for (std::size_t i = 0; i < histogram.counts.size(); ++i)
    std::printf("  %8s %8zu  %s\n", histogram.labels[i].c_str(), histogram.counts[i],
                std::string(histogram.counts[i] * widest / largest, '#').c_str());
}

int stats(const DataArguments& o) {
  const std::vector<fs::path> csvs = wanted_csvs(o);
  const data::PreparedSet set = data::read_splits(csvs);
  const data::SetStats s = data::set_stats(set);
  const nlohmann::ordered_json json = to_json(s, set.classes);
  if (!o.out.empty()) {
    support::make_folder(o.out);
    support::write_file_atomically(o.out / "stats.json", json.dump(1) + "\n");
    support::write_file_atomically(o.out / "stats.svg", data::stats_svg(names_of(csvs), s));
  }
  if (!o.report.empty()) {
    support::make_folder(o.report.parent_path());
    support::write_file_atomically(o.report, data::stats_page(names_of(csvs), s, set.classes));
  }
  if (o.json) {
    print_json(json);
    return exit_ok;
  }
  if (csvs.size() > 1) std::printf("%s\n\n", names_of(csvs).c_str());
  std::printf("images           %8zu  %zu of them without faces\n", s.images,
              s.images_without_faces);
  std::printf("faces            %8zu  %.1f per image; median side %.0f px\n", s.faces,
              s.faces_per_image, s.median_side);
  std::printf("ignored          %8zu\n", s.ignored);
  std::printf("with landmarks   %8zu\n", s.with_landmarks);
  if (set.classes.size() > 1)
    for (std::size_t i = 0; i < set.classes.size(); ++i)
      std::printf("  %-14s %8zu\n", set.classes[i].c_str(), s.faces_of_class[i]);
  print_histogram("size of faces, px, at longer side 640", s.side);
  print_histogram("faces per image", s.faces_in_image);
  print_histogram("width / height", s.aspect);
  if (!o.out.empty()) std::printf("\nstats.svg and stats.json are in %s\n", o.out.c_str());
  if (!o.report.empty()) std::printf("\nthe report is %s\n", o.report.c_str());
  return exit_ok;
}

// --- priors ------------------------------------------------------------------------------------

/// A network's priors, level by level.
struct NetworkPriors {
  std::string name;
  std::vector<float> strides;  ///< increasing
  std::vector<LevelPriors> levels;
};

NetworkPriors priors_of(const fs::path& model, int size) {
  const Network network = Network::load(model.string());
  const ModelInfo info = ModelInfo::of(network, model.string());
  if (info.priors.levels.empty())
    throw Error(ErrorCode::unsupported, "'" + model.string() + "' has no prior boxes");
  const int divisor = info.size_divisor;
  const int side = (size + divisor - 1) / divisor * divisor;
  const Session session(network, {1, 3, side, side});
  NetworkPriors priors{info.name, {}, {}};
  for (std::size_t l = 0; l < info.priors.levels.size(); ++l) {
    const float step = info.priors.levels[l].step;
    priors.strides.push_back(
        step > 0 ? step
                 : static_cast<float>(side) /
                       static_cast<float>(session.tensor_shape(info.features[l]).back()));
  }
  priors.levels = data::level_priors(info.priors, priors.strides);
  std::sort(priors.strides.begin(), priors.strides.end());
  return priors;
}

/// Faces of a range of sizes, and how many of them priors match.
struct RecallRow {
  std::string label;
  std::size_t faces = 0;
  std::array<std::size_t, 2> current{}, proposed{};  ///< at IoU 0.35 and 0.5
};

std::vector<RecallRow> recall_table(const std::vector<Box>& faces,
                                    const std::vector<LevelPriors>& current,
                                    const std::vector<LevelPriors>& proposed, int size) {
  constexpr std::array<float, 7> limits{8, 16, 32, 64, 128, 256, 1e9F};
  constexpr std::array<float, 2> thresholds{0.35F, 0.5F};
  std::vector<RecallRow> rows{{"<8", 0, {}, {}},    {"8-16", 0, {}, {}},   {"16-32", 0, {}, {}},
                              {"32-64", 0, {}, {}}, {"64-128", 0, {}, {}}, {"128-256", 0, {}, {}},
                              {">256", 0, {}, {}},  {"all", 0, {}, {}}};
  for (const Box& face : faces) {
    const float side = std::sqrt(face.area());
    const auto range = static_cast<std::size_t>(
        std::upper_bound(limits.begin(), limits.end(), side) - limits.begin());
    const float now = data::best_prior_iou(face, current, size);
    const float then = data::best_prior_iou(face, proposed, size);
    for (RecallRow* row : {&rows[range], &rows.back()}) {
      ++row->faces;
      for (std::size_t t = 0; t < thresholds.size(); ++t) {
        row->current[t] += now >= thresholds[t] ? 1 : 0;
        row->proposed[t] += then >= thresholds[t] ? 1 : 0;
      }
    }
  }
  return rows;
}

std::string config_line(const std::vector<LevelPriors>& levels) {
  std::string line = "[";
  for (const LevelPriors& level : levels) {
    line += line.size() > 1 ? ", [" : "[";
    for (std::size_t i = 0; i < level.shapes.size(); ++i)
      line += (i > 0 ? ", " : "") + std::to_string(std::lround(level.shapes[i].w));
    line += "]";
  }
  return line + "]";
}

int priors(const DataArguments& o) {
  const std::vector<Box> faces = data::scaled_faces(read_wanted(o), o.prior_size);
  if (faces.empty())
    throw Error(ErrorCode::format, names_of(wanted_csvs(o)) + ": has no faces to fit priors to");
  const NetworkPriors network = priors_of(model_file(o.model.string()), o.prior_size);
  const auto proposed = data::assign_levels(
      data::propose_prior_sizes(faces, o.prior_count, o.prior_min_side), network.strides);
  const auto& current = network.levels;
  const auto rows = recall_table(faces, current, proposed, o.prior_size);
  if (o.json) {
    nlohmann::ordered_json json{{"proposed", nlohmann::json::parse(config_line(proposed))},
                                {"current", nlohmann::json::parse(config_line(current))},
                                {"recall", nlohmann::json::array()}};
    for (const RecallRow& row : rows)
      json["recall"].push_back({{"side", row.label},
                                {"faces", row.faces},
                                {"current", row.current},
                                {"proposed", row.proposed}});
    print_json(json);
    return exit_ok;
  }
  std::printf("share of faces whose best prior reaches an IoU, at longer side %d\n\n",
              o.prior_size);
  std::printf("                  %15s      proposed\n", network.name.c_str());
  std::printf("side px    faces   >=0.35  >=0.5   >=0.35  >=0.5\n");
  for (const RecallRow& row : rows) {
    if (row.faces == 0) continue;
    const auto share = [&](std::size_t n) {
      return static_cast<double>(n) / static_cast<double>(row.faces);
    };
    std::printf("%-8s%8zu    %.3f  %.3f    %.3f  %.3f\n", row.label.c_str(), row.faces,
                share(row.current[0]), share(row.current[1]), share(row.proposed[0]),
                share(row.proposed[1]));
  }
  std::printf("\n%-16s prior_sizes = %s\n", network.name.c_str(), config_line(current).c_str());
  std::printf("%-16s prior_sizes = %s\n", "proposed", config_line(proposed).c_str());
  return exit_ok;
}

CLI::App* add_command(CLI::App& parent, const char* name, const char* help, DataArguments& o) {
  CLI::App* command = parent.add_subcommand(name, help);
  command->add_option("set", o.set, "Folder of a prepared set, or one of its CSV files")
      ->required();
  command->add_option("--split", o.split, "Split of the folder; default: all")
      ->check(CLI::IsMember({"train", "val", "test"}));
  command->add_flag("--json", o.json, "Print JSON instead of a table");
  return command;
}

}  // namespace

void add_data(CLI::App& app, int& exit_code) {
  CLI::App* data = app.add_subcommand("data", "Show, check and export prepared data sets");
  data->require_subcommand(1);
  data->footer("Example:\n  faceshot data show data/wider --out sheet.png");

  const auto add = [&](const char* name, const char* help, int (*body)(const DataArguments&)) {
    auto options = std::make_shared<DataArguments>();
    CLI::App* command = add_command(*data, name, help, *options);
    command->callback(
        [options, body, &exit_code] { exit_code = guarded([&] { return body(*options); }); });
    return std::pair(command, options.get());
  };

  add_data_check(*data, exit_code);
  add_data_audit(*data, exit_code);
  add_data_export(*data, exit_code);
  add_data_pseudo(*data, exit_code);

  const auto [show_command, show_options] =
      add("show", "Draw photographs with their boxes, landmarks and ignore regions", show);
  show_command->add_option("--out", show_options->out, "Image file to write, such as sheet.png")
      ->required();
  show_command->add_option("--count", show_options->sheet.count, "Number of photographs")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  show_command->add_option("--columns", show_options->sheet.columns, "Photographs per row")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  show_command
      ->add_option("--seed", show_options->sheet.seed, "Random seed for choosing photographs")
      ->capture_default_str();
  show_command->footer("Example:\n  faceshot data show data/wider --count 24 --out sheet.png");

  const auto [stats_command, stats_options] = add(
      "stats", "Counts, and the distribution of face sizes, faces per image, shapes and positions",
      stats);
  stats_command->add_option("--out", stats_options->out, "Folder for stats.svg and stats.json");
  stats_command->add_option("--report", stats_options->report, "HTML report");
  stats_command->footer("Example:\n  faceshot data stats data/wider --out stats/");

  const auto [priors_command, priors_options] =
      add("priors", "Report how well a network's priors cover the faces, and propose better sizes",
          priors);
  priors_command->add_option("--model", priors_options->model, model_help);
  priors_command->add_option("--count", priors_options->prior_count, "Number of sizes to propose")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  priors_command
      ->add_option("--size", priors_options->prior_size, "Side of the network's input, pixels")
      ->check(CLI::Range(32, 4096))
      ->capture_default_str();
  priors_command
      ->add_option("--min-side", priors_options->prior_min_side,
                   "Ignore faces below this size in the network's input, pixels")
      ->check(CLI::Range(0.0F, 4096.0F))
      ->capture_default_str();
  priors_command->footer("Example:\n  faceshot data priors data/wider --count 12 --size 320");
}

}  // namespace faceshot::cli
