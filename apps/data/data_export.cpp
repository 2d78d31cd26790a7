// `faceshot data export`: exports a prepared set to other formats.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "data/export/npz.hpp"
#include "data/export/set_export.hpp"
#include "data/import/yolo.hpp"
#include "data/prepared/splits.hpp"
#include "data_commands.hpp"
#include "support/atomic_file.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

struct ExportArguments {
  fs::path set;
  std::string split;  ///< empty: all existing ones
  fs::path out;
  std::string format;
  std::string link = "hard";
  bool json = false;
};

/// The result for one split.
struct ExportedSplit {
  std::string split;
  fs::path out;
  data::ExportReport report;
};

/// x.npz, or x-val.npz if there are several splits.
int export_npz(const ExportArguments& o, const std::vector<fs::path>& csvs) {
  for (const fs::path& csv : csvs) {
    const data::PreparedSet set = data::read_prepared(csv);
    fs::path out = o.out;
    if (csvs.size() > 1)
      out.replace_filename(o.out.stem().string() + "-" + data::split_of(csv) +
                           o.out.extension().string());
    data::write_npz(out, set);
    std::printf("%zu images are in %s\n", set.records.size(), out.c_str());
  }
  return exit_ok;
}

data::ExportReport export_split(const ExportArguments& o, const fs::path& csv,
                                const fs::path& out) {
  const data::PreparedSet set = data::read_prepared(csv);
  const auto write = o.format == "coco"      ? data::export_coco
                     : o.format == "yolo"    ? data::export_yolo
                     : o.format == "labelme" ? data::export_labelme
                     : o.format == "cvat"    ? data::export_cvat
                                             : data::export_voc;
  Progress progress("writing " + csv.stem().string(), set.records.size());
  const data::ImportProgress update = [&](std::size_t done, std::size_t) { progress.update(done); };
  return write(set, out, data::split_of(csv), data::link_mode(o.link), update);
}

/// One data.yaml for all splits instead of one in each of their folders.
void join_yolo(const fs::path& dir, const std::vector<ExportedSplit>& splits) {
  std::vector<std::string> classes;
  std::vector<data::YoloSplit> all;
  for (const ExportedSplit& split : splits) {
    const fs::path yaml = dir / split.split / "data.yaml";
    classes = data::read_yolo_names(yaml);
    fs::remove(yaml);
    all.push_back({split.split, split.split + "/images"});
  }
  support::write_file_atomically(dir / "data.yaml", data::yolo_yaml(classes, all));
}

/// One folder per split, all of them or none.
std::vector<ExportedSplit> export_splits(const ExportArguments& o,
                                         const std::vector<fs::path>& csvs) {
  data::require_new_folder(o.out);
  std::vector<ExportedSplit> done;
  data::tell_failures("cannot export to", o.out, [&] {
    const fs::path target = data::real_folder(o.out);
    const data::StagingFolder staging(target);
    for (const fs::path& csv : csvs) {
      const std::string split = data::split_of(csv);
      done.push_back({split, o.out / split, export_split(o, csv, staging.path() / split)});
    }
    if (o.format == "yolo") join_yolo(staging.path(), done);
    fs::rename(staging.path(), target);
  });
  return done;
}

nlohmann::ordered_json to_json(const ExportedSplit& done) {
  return {{"split", done.split},
          {"out", done.out.string()},
          {"images", done.report.images},
          {"boxes", done.report.boxes},
          {"ignored_left_out", done.report.ignored_left_out},
          {"landmarks_left_out", done.report.landmarks_left_out}};
}

void print_table(const ExportArguments& o, const ExportedSplit& done) {
  const data::ExportReport& report = done.report;
  std::printf("%zu images and %zu boxes are in %s\n", report.images, report.boxes,
              done.out.c_str());
  if (report.ignored_left_out > 0)
    std::printf("%zu ignore regions were left out: %s cannot hold them\n", report.ignored_left_out,
                o.format.c_str());
  if (report.landmarks_left_out > 0)
    std::printf("the landmarks of %zu boxes were left out: %s cannot hold them\n",
                report.landmarks_left_out, o.format.c_str());
}

int export_set(const ExportArguments& o) {
  const std::vector<fs::path> csvs = data::split_files(o.set, o.split);
  if (o.format == "npz") return export_npz(o, csvs);
  std::vector<ExportedSplit> done;
  if (csvs.size() == 1)
    done.push_back({data::split_of(csvs.front()), o.out, export_split(o, csvs.front(), o.out)});
  else
    done = export_splits(o, csvs);
  if (!o.json) {
    for (const ExportedSplit& split : done) print_table(o, split);
    return exit_ok;
  }
  nlohmann::ordered_json json{{"out", o.out.string()}, {"splits", nlohmann::json::array()}};
  for (const ExportedSplit& split : done) json["splits"].push_back(to_json(split));
  std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  return exit_ok;
}

}  // namespace

void add_data_export(CLI::App& data, int& exit_code) {
  auto options = std::make_shared<ExportArguments>();
  ExportArguments& o = *options;
  CLI::App* command = data.add_subcommand(
      "export", "Export a set as COCO, YOLO, Pascal VOC, LabelMe, CVAT or NumPy");
  command->add_option("set", o.set, "Folder of a prepared set, or one of its CSV files")
      ->required();
  command
      ->add_option("--split", o.split,
                   "Split of the folder; default: all, each in a folder of its "
                   "name if there are several")
      ->check(CLI::IsMember({"train", "val", "test"}));
  command->add_option("--format", o.format, "coco, yolo, voc, labelme, cvat or npz")
      ->check(CLI::IsMember({"coco", "yolo", "voc", "labelme", "cvat", "npz"}))
      ->required();
  command->add_option("--out", o.out, "New folder, or for npz the file")->required();
  command->add_option("--link", o.link, "How to place the images: hard, copy, symlink, relative")
      ->check(CLI::IsMember({"hard", "copy", "symlink", "relative"}))
      ->capture_default_str();
  command->add_flag("--json", o.json, "Print JSON instead of a table");
  command->footer(
      "npz contains labels only: files, sizes, offsets, bboxes, labels, ignore, classes.\n"
      "Example:\n  faceshot data export data/wider --format coco --out coco/");
  command->callback(
      [options, &exit_code] { exit_code = guarded([&] { return export_set(*options); }); });
}

}  // namespace faceshot::cli
