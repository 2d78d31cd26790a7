// Which precision is faster here, measured once and remembered.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "faceshot/network.hpp"

namespace faceshot::cli {

/// What an answer holds for. One line each.
struct PrecisionQuestion {
  std::string cpu;      ///< its model, as cpu_model() tells it
  std::string model;    ///< the network's file, as file_identity() tells it
  std::string version;  ///< of FaceShot
};

/// Processor time of one run of the network, in milliseconds.
struct PrecisionTimes {
  double fp32 = 0, bf16 = 0;
};

/// bf16 if it is faster by so much that its rounding is worth it, a twentieth.
[[nodiscard]] Precision better_of(const PrecisionTimes& times);

/// $XDG_CACHE_HOME/faceshot, or $HOME/.cache/faceshot; nothing if neither is an absolute path. It
/// need not exist.
[[nodiscard]] std::optional<std::filesystem::path> cache_folder();

/// The answer that was remembered, or else by `measure`, remembered if the folder can be written. A
/// file that is damaged, or belongs to another question, is as good as none.
/// @param folder where answers are kept; made if it is missing
/// @throws what `measure` throws; nothing of the cache's own
[[nodiscard]] Precision remembered_precision(const std::optional<std::filesystem::path>& folder,
                                             const PrecisionQuestion& question,
                                             const std::function<PrecisionTimes()>& measure);

/// Vendor, family, model, stepping and name of this CPU, as Linux tells them; may be empty.
[[nodiscard]] std::string cpu_model();

/// Size and hash of a file's content. @throws Error(not_found) if it cannot be read
[[nodiscard]] std::string file_identity(const std::filesystem::path& file);

}  // namespace faceshot::cli
