// `faceshot data pseudo`: labels from a detector for a set that has few.
#include <fmt/format.h>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "common/console.hpp"
#include "data/prepared/set_builder.hpp"
#include "data/prepared/splits.hpp"
#include "data/pseudo_label/pseudo_label_set.hpp"
#include "data_commands.hpp"
#include "detector_on_set.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"
#include "media/photographs/image_list.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

struct PseudoArguments : DetectorOnSet {
  fs::path out;
  fs::path sheet;
  std::string link = "hard";
  data::PseudoLabelOptions labels;
  data::SheetOptions sheet_options;
};

/// One line for label.json: the set's origin, and what was done to it.
std::string source_text(const fs::path& csv, const PseudoArguments& o) {
  std::string text = data::source_of(csv);
  // If the set already has pseudo-labels, only the new ones are mentioned, since the old ones are
  // replaced.
  const std::string mark = "; pseudo-labels of ";
  text = text.substr(0, text.find(mark));
  if (text.empty()) text = csv.filename().string();
  return fmt::format("{}{}{} (accept {:g}, ignore {:g})", text, mark, o.model.filename().string(),
                     static_cast<double>(o.labels.accept), static_cast<double>(o.labels.ignore));
}

nlohmann::ordered_json to_json(const data::PseudoLabelledSet& labelled, const fs::path& csv,
                               const fs::path& sheet) {
  nlohmann::ordered_json json{{"csv", csv.string()},
                              {"sheet", sheet.string()},
                              {"images", labelled.set.records.size()},
                              {"images_with_new_labels", labelled.changed.size()},
                              {"labels_kept", labelled.persons},
                              {"faces_added", labelled.faces},
                              {"ignore_regions_added", labelled.doubtful},
                              {"already_labelled", labelled.known},
                              {"replaced", labelled.replaced},
                              {"damaged", labelled.damaged}};
  const std::vector<std::string>& classes = labelled.set.classes;
  if (classes.size() > 1)
    for (std::size_t c = 0; c < classes.size(); ++c)
      json["faces_added_of_class"][classes[c]] = labelled.faces_of_class[c];
  return json;
}

int pseudo(PseudoArguments o) {
  data::validate(o.labels);
  const fs::path csv = data::split_file(o.set, o.split, "train");
  const data::PreparedSet set = data::read_prepared(csv);
  if (!o.out.empty()) data::check_destination(o.out);
  if (!o.sheet.empty() && !media::is_image_path(o.sheet))
    throw Error(ErrorCode::invalid_argument,
                "--sheet " + o.sheet.string() + " is not an image file name; try sheet.png");
  // Lower scores are never used.
  const Detector detector = open_detector_on_set(o, o.labels.ignore);
  const auto run = [&] {
    Progress progress("labelling", set.records.size());
    return data::pseudo_label_set(set, detector, o.labels, o.threads,
                                  [&](std::size_t done, std::size_t) { progress.update(done); });
  };
  const data::PseudoLabelledSet labelled = run();
  const cv::Mat picture = data::pseudo_label_sheet(labelled, o.sheet_options);
  const std::string split = csv.stem().string();
  const fs::path dir = o.out.empty() ? csv.parent_path() : o.out;
  if (o.out.empty())
    data::write_prepared(dir, split, labelled.set, source_text(csv, o));
  else
    data::build_set(dir, split, labelled.set, data::link_mode(o.link), source_text(csv, o));
  fs::path sheet;
  if (!picture.empty()) {
    sheet = o.sheet.empty() ? dir / (split + "-pseudo.png") : o.sheet;
    media::write_mat(sheet, picture);
  }
  for (const std::string& reason : labelled.damaged)
    std::fprintf(stderr, "faceshot: left unchanged: %s\n", reason.c_str());
  if (o.json) {
    std::printf("%s\n", to_json(labelled, dir / (split + ".csv"), sheet)
                            .dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
                            .c_str());
    return exit_ok;
  }
  std::printf("images                    %8zu  %zu of them got labels\n",
              labelled.set.records.size(), labelled.changed.size());
  std::printf("labels kept               %8zu\n", labelled.persons);
  std::printf("faces added               %8zu  score %g or more\n", labelled.faces,
              static_cast<double>(o.labels.accept));
  for (std::size_t c = 0; c < labelled.set.classes.size(); ++c)
    if (labelled.set.classes.size() > 1)
      std::printf("  %-22s  %8zu\n", labelled.set.classes[c].c_str(), labelled.faces_of_class[c]);
  std::printf("ignore regions added      %8zu  score %g or more\n", labelled.doubtful,
              static_cast<double>(o.labels.ignore));
  std::printf("already labelled          %8zu\n", labelled.known);
  if (labelled.replaced > 0) std::printf("from an earlier run, removed %5zu\n", labelled.replaced);
  if (!labelled.damaged.empty())
    std::printf("images left unchanged     %8zu  damaged\n", labelled.damaged.size());
  std::printf("the set is %s\n", (dir / (split + ".csv")).c_str());
  if (!sheet.empty()) std::printf("check %s before you train on it\n", sheet.c_str());
  return exit_ok;
}

}  // namespace

void add_data_pseudo(CLI::App& data, int& exit_code) {
  auto options = std::make_shared<PseudoArguments>();
  PseudoArguments& o = *options;
  CLI::App* command =
      data.add_subcommand("pseudo", "Add pseudo-labels from a detector to a set with few labels");
  add_detector_on_set(*command, o, "Print JSON instead of a table")->required();
  command->add_option("--accept", o.labels.accept, "Minimum score for a detection to become a face")
      ->check(CLI::Range(0.0F, 1.0F))
      ->capture_default_str();
  command
      ->add_option("--ignore", o.labels.ignore,
                   "Minimum score for a detection to become an ignore region")
      ->check(CLI::Range(0.0F, 1.0F))
      ->capture_default_str();
  command
      ->add_option("--overlap", o.labels.overlap,
                   "Minimum IoU for a detection to match an existing label")
      ->check(CLI::Range(0.0F, 1.0F))
      ->capture_default_str();
  command->add_option("--out", o.out, "New folder for the set; default: replace the CSV file");
  command->add_option("--link", o.link, "How to place the images: hard, copy, symlink, relative")
      ->check(CLI::IsMember({"hard", "copy", "symlink", "relative"}))
      ->capture_default_str();
  command->add_option(
      "--sheet", o.sheet,
      "Contact sheet of what was added; default: SPLIT-pseudo.png beside the CSV file");
  command->add_option("--count", o.sheet_options.count, "Number of photographs on the sheet")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->footer(
      "Human labels are kept. Added labels are marked in the column 'source' and replaced "
      "when\nthe command is run again.\n"
      "Example:\n  faceshot data pseudo data/mine --accept 0.9 --ignore 0.4 --out data/mine2");
  command->callback(
      [options, &exit_code] { exit_code = guarded([&] { return pseudo(*options); }); });
}

}  // namespace faceshot::cli
