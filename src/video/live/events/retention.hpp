// Removes old snapshots.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace faceshot::video {

struct RetentionRules {
  std::optional<double> most_age = std::nullopt;          ///< seconds
  std::optional<std::int64_t> most_bytes = std::nullopt;  ///< of all together
};

struct RetentionReport {
  std::int64_t files = 0, bytes = 0;  ///< remaining
  std::int64_t removed = 0, removed_bytes = 0;
};

/// Removes snapshots, oldest first, until the rest complies with the rules, and folders that become
/// empty. Touches only files that snapshot_path() names, and follows no links.
/// @param now seconds since 1970
/// @throws Error(io) if the folder cannot be read; files that cannot be removed stay
RetentionReport remove_old_snapshots(const std::filesystem::path& folder,
                                     const RetentionRules& rules, double now);

}  // namespace faceshot::video
