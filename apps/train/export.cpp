// faceshot export
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "export/exporter.hpp"
#include "faceshot/error.hpp"
#include "media/photographs/image_list.hpp"
#include "train_commands.hpp"

namespace faceshot::cli {
namespace {

struct ExportArguments {
  std::string checkpoint, out, size;
  std::vector<std::string> images;
  std::vector<std::string> notes;
};

exporter::FixedSize parse_size(const std::string& text) {
  exporter::FixedSize size;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%dx%d%c", &size.width, &size.height, &rest) != 2)
    throw Error(ErrorCode::invalid_argument,
                "--size '" + text + "' is not WIDTHxHEIGHT, as in 640x480");
  return size;
}

/// What the file has from the detector that training started from.
void print_kept(const train::Checkpoint& checkpoint, const exporter::ExportOptions& options) {
  for (const auto& [key, value] : checkpoint.notes) {
    const bool replaced =
        std::any_of(options.notes.begin(), options.notes.end(),
                    [&kept = key](const auto& note) { return note.first == kept; });
    const std::string name = key.substr(key.find('.') + 1);
    if (!replaced)
      std::printf("%s of the network it was trained from: %s (--note %s=... changes it)\n",
                  name.c_str(), value.c_str(), name.c_str());
  }
}

int run(const ExportArguments& a) {
  exporter::ExportOptions options;
  if (!a.size.empty()) options.size = parse_size(a.size);
  if (!a.images.empty()) options.images = media::list_images({a.images.begin(), a.images.end()});
  for (const std::string& note : a.notes) {
    const auto equals = note.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error(ErrorCode::invalid_argument, "--note '" + note + "' is not KEY=TEXT");
    options.notes.emplace_back("faceshot." + note.substr(0, equals), note.substr(equals + 1));
  }
  const train::Checkpoint checkpoint = train::load_checkpoint(a.checkpoint);
  const exporter::ParityReport report = exporter::export_network(checkpoint, a.out, options);
  std::printf(
      "%s: matches the trained network on %d random and %d real inputs; largest difference loc "
      "%.2e, conf %.2e",
      a.out.c_str(), report.random_inputs, report.real_inputs, report.largest_loc,
      report.largest_conf);
  if (report.largest_landmarks) std::printf(", landmarks %.2e", *report.largest_landmarks);
  std::printf("\n");
  print_kept(checkpoint, options);
  return exit_ok;
}

}  // namespace

void add_export(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* const command = app.add_subcommand(
      "export", "Export a trained network to ONNX and verify it in FaceShot's engine");
  command->add_option("checkpoint", arguments->checkpoint, "best.pt or last.pt of a run")
      ->required();
  command->add_option("--out", arguments->out, "The ONNX file")->required();
  command->add_option("--size", arguments->size,
                      "Fixed input size, WIDTHxHEIGHT, for runtimes without dynamic shapes");
  command->add_option("--images", arguments->images,
                      "Photographs or folders for the comparison, in addition to random inputs");
  command->add_option(
      "--note", arguments->notes,
      "Metadata KEY=TEXT stored as faceshot.KEY, e.g. license=research or score_threshold=0.5; "
      "KEY= removes what was kept from the network that training started from");
  command->footer("Example:\n  faceshot export runs/nano/best.pt --out nano.onnx --images photos/");
  command->callback(
      [arguments, &exit_code] { exit_code = guarded([&] { return run(*arguments); }); });
}

}  // namespace faceshot::cli
