#include "detector_on_set.hpp"
#include "base/processors.hpp"

#include <algorithm>

#include "common/model_file.hpp"

namespace faceshot::cli {

CLI::Option* add_detector_on_set(CLI::App& command, DetectorOnSet& o,
                                 const std::string& json_help) {
  o.threads = base::processors();
  CLI::Option* const set =
      command.add_option("set", o.set, "Folder of a prepared set, or one of its CSV files");
  command.add_option("--split", o.split, "Split of the folder; default: train, or the only split")
      ->check(CLI::IsMember({"train", "val", "test"}));
  command.add_option("--model", o.model, model_help);
  command
      .add_option("--max-side", o.max_side,
                  "Scale larger images down to this longer side before detection; 0: never")
      ->check(CLI::Range(0, 16384))
      ->capture_default_str();
  command.add_option("--threads,--jobs", o.threads, "Images processed in parallel")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--json", o.json, json_help);
  return set;
}

Detector open_detector_on_set(DetectorOnSet& o, float score) {
  o.model = model_file(o.model.string());
  return Detector(o.model.string(),
                  {.score_threshold = std::min(score, 0.999F), .max_side = o.max_side});
}

}  // namespace faceshot::cli
