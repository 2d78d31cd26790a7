// `faceshot evaluate --protocol mot`: tracks in files, by MOTChallenge's metrics.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "common/console.hpp"
#include "evaluate/tracks/mot_report.hpp"
#include "evaluate_parts.hpp"
#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {

void add_mot_options(CLI::App& command, EvaluateOptions& o) {
  command
      .add_option("--margin", o.margin,
                  "mot: margin added to each side of a box, as a share of its size")
      ->check(CLI::Range(0.0, 10.0))
      ->capture_default_str();
  command.add_option("--shape", o.shape, "mot: shape of the hidden area, box or ellipse")
      ->check(CLI::IsMember({"box", "ellipse"}))
      ->capture_default_str();
}

int evaluate_mot(const EvaluateOptions& o) {
  if (o.detections.empty() || o.ground_truth.empty())
    throw Error(ErrorCode::invalid_argument,
                "evaluate --protocol mot scores track files; give them as --detections and the "
                "true tracks as --ground-truth");
  if (!o.reports.empty() || !o.at_least.empty())
    throw Error(ErrorCode::invalid_argument,
                "evaluate --protocol mot does not support --report and --at-least; --out DIR "
                "writes report.json");
  if (!o.data.empty() || !o.errors.empty() || !o.images.empty())
    throw Error(
        ErrorCode::invalid_argument,
        "evaluate --protocol mot uses no photographs; leave out --data, --images and --errors");
  const evaluate::Hiding hiding{
      o.shape == "ellipse" ? evaluate::HidingShape::ellipse : evaluate::HidingShape::box, o.margin};
  const auto sequences = evaluate::read_mot_sequences(o.ground_truth, o.detections);
  const auto scores = evaluate::score_mot(sequences, hiding);
  const nlohmann::ordered_json report = evaluate::mot_json(scores, hiding);
  const auto text = [&](int indent) {
    return report.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
  };
  if (!o.out.empty()) {
    support::make_folder(o.out);
    support::write_file_atomically(o.out / "report.json", text(1) + "\n");
  }
  if (o.json) {
    std::printf("%s\n", text(2).c_str());
    return exit_ok;
  }
  std::fputs(evaluate::mot_table(scores).c_str(), stdout);
  if (!o.out.empty()) std::printf("report.json is in %s\n", o.out.string().c_str());
  return exit_ok;
}

}  // namespace faceshot::cli
