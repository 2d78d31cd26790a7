// The mean of several networks of one architecture: runs that started from the same file, or stages
// of one run, are often better averaged than individually ("model soups", Wortsman et al., ICML
// 2022).
#pragma once

#include <filesystem>
#include <span>
#include <string>

namespace faceshot::weights {

/// The ONNX file whose float32 initialisers are the weighted means of the files'. Graph and
/// metadata are the first file's, except faceshot.metrics, which do not apply to the mean and are
/// dropped, and faceshot.averaged, which names the files. It is for networks that were fine-tuned
/// from one another: the mean of unrelated ones detects nothing.
/// @param shares a positive weight for each file, of any sum; empty: equal weights
/// @throws Error(invalid_argument) for fewer than two files, or a different number of shares, or
/// ones
///         that are not positive and finite; Error(unsupported) if the networks differ in more than
///         their weights, naming the file and what differs; Error(format), Error(not_found),
///         Error(io). Thread safe.
[[nodiscard]] std::string average_onnx(std::span<const std::filesystem::path> files,
                                       std::span<const double> shares = {});

}  // namespace faceshot::weights
