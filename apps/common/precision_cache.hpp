// Remembers which precision is faster here, measured once.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "faceshot/network.hpp"

namespace faceshot::cli {

/// The conditions of an answer. One line each.
struct PrecisionQuestion {
  std::string cpu;      ///< its model, from cpu_model()
  std::string model;    ///< the network's file, from file_identity()
  std::string version;  ///< of FaceShot
};

/// Processor time of one run of the network, in milliseconds.
struct PrecisionTimes {
  double fp32 = 0, bf16 = 0;
};

/// bf16 if it is faster by at least a twentieth, which justifies its rounding.
[[nodiscard]] Precision better_of(const PrecisionTimes& times);

/// $XDG_CACHE_HOME/faceshot, or $HOME/.cache/faceshot; nothing if neither is an absolute path. It
/// need not exist.
[[nodiscard]] std::optional<std::filesystem::path> cache_folder();

/// The remembered answer; otherwise that of `measure`, remembered if the folder is writable. A file
/// that is damaged, or answers another question, is ignored.
/// @param folder of the answers; created if it is missing
/// @throws what `measure` throws; no errors of the cache itself
[[nodiscard]] Precision remembered_precision(const std::optional<std::filesystem::path>& folder,
                                             const PrecisionQuestion& question,
                                             const std::function<PrecisionTimes()>& measure);

/// Vendor, family, model, stepping and name of this CPU, from Linux; may be empty.
[[nodiscard]] std::string cpu_model();

/// Size and hash of a file's content. @throws Error(not_found) if it cannot be read
[[nodiscard]] std::string file_identity(const std::filesystem::path& file);

}  // namespace faceshot::cli
