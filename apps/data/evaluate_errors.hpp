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

/// Detections beside labels, with the photographs.
struct ErrorStudy : evaluate::EvaluatedSet {
  /// Where the photograph of an image is. @throws Error(not_found)
  std::function<std::filesystem::path(std::size_t)> photograph;
};

/// The images that were scored and have labelled faces; settings easy, medium and hard.
/// @param images folder of WIDER's photographs, for result files; empty: those of the prepared set
[[nodiscard]] ErrorStudy wider_study(const evaluate::WiderGroundTruth& truth, const Scored& scored,
                                     const std::filesystem::path& images);

/// A prepared set by its labels; settings of all faces and of those of a height and up. With
/// several classes each image is there once for each.
/// @param by_class of `scored`; both outlive the study
[[nodiscard]] ErrorStudy prepared_study(const Scored& scored, const evaluate::ByClass& by_class);

/// The setting of that name. @throws Error(invalid_argument) that lists those there are
[[nodiscard]] const ErrorSetting& find_setting(const ErrorStudy& study, const std::string& name);

/// False positives by kind and size at some recalls. Ends with a newline.
[[nodiscard]] std::string error_table(const ErrorStudy& study, const ErrorSetting& setting);

/// The same of all settings, by name.
[[nodiscard]] nlohmann::ordered_json error_json(const ErrorStudy& study);

/// For a report: the worst 40 faces that are missed where 0.85 are found, and false positives.
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
