// Reports a detector's errors for `faceshot evaluate`: tables, JSON, and contact sheets.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluate/by_class.hpp"
#include "evaluate/study/evaluated_set.hpp"
#include "evaluate/wider_ground_truth.hpp"
#include "evaluate_parts.hpp"
#include "support/document.hpp"

namespace faceshot::cli {

using ErrorSetting = evaluate::FaceSetting;

/// Detections and labels, with the photographs.
struct ErrorStudy : evaluate::EvaluatedSet {
  /// The path of an image's photograph. @throws Error(not_found)
  std::function<std::filesystem::path(std::size_t)> photograph;
};

/// The scored images with labelled faces; settings easy, medium and hard.
/// @param images folder of WIDER's photographs, for result files; empty: those of the prepared set
[[nodiscard]] ErrorStudy wider_study(const evaluate::WiderGroundTruth& truth, const Scored& scored,
                                     const std::filesystem::path& images);

/// A prepared set with its own labels; settings of all faces and of those above each minimum
/// height. With several classes each image is repeated for each.
/// @param by_class of `scored`; both must outlive the study
[[nodiscard]] ErrorStudy prepared_study(const Scored& scored, const evaluate::ByClass& by_class);

/// The setting of that name. @throws Error(invalid_argument) listing the existing ones
[[nodiscard]] const ErrorSetting& find_setting(const ErrorStudy& study, const std::string& name);

/// False positives by kind and size at several recalls. Ends with a newline.
[[nodiscard]] std::string error_table(const ErrorStudy& study, const ErrorSetting& setting);

/// The same for all settings, by name.
[[nodiscard]] nlohmann::ordered_json error_json(const ErrorStudy& study);

/// For a report: the worst 40 missed faces at a recall of 0.85, and false positives.
/// @throws Error(not_found) as ErrorStudy::photograph
[[nodiscard]] std::vector<support::DocumentPicture> missed_pictures(const ErrorStudy& study,
                                                                    const ErrorSetting& setting);
[[nodiscard]] std::vector<support::DocumentPicture> alarm_pictures(const ErrorStudy& study,
                                                                   const ErrorSetting& setting);

/// Writes doubled.png, badly_placed.png, background.png and missed.png, the worst 40 of each, and
/// errors.csv, which lists them, into `dir`.
void write_error_sheets(const ErrorStudy& study, const ErrorSetting& setting,
                        const std::filesystem::path& dir);

}  // namespace faceshot::cli
