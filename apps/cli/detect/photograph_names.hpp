// Which photographs `faceshot detect` processes, and the names of the files it writes.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "media/photographs/image_list.hpp"

namespace faceshot::cli {

/// A photograph to process.
struct Job {
  std::filesystem::path file;  ///< "-": standard input
  /// Names of its output files, relative like the user's paths, made unique by a number: the
  /// picture, with a writable extension, and the prefix of its crops' names, without extension.
  std::filesystem::path picture, stem;
  std::string shown;  ///< in the table
};

/// The photographs that the user named, and those in folders that the user named, in order.
/// @param passed_over receives the other files in these folders
/// @throws Error(not_found) for a path that does not exist or a folder without images
[[nodiscard]] std::vector<Job> jobs_of(const std::vector<std::string>& paths,
                                       media::PassedOver& passed_over);

/// Files that must not be written to: all photographs, under any of their names.
class Inputs {
 public:
  explicit Inputs(const std::vector<Job>& jobs);
  [[nodiscard]] bool contains(const std::filesystem::path& file) const;

 private:
  std::set<std::filesystem::path> files_;
};

/// `folder` / `name`, or with a number if that is a photograph. Creates its folder.
[[nodiscard]] std::filesystem::path output_path(const std::filesystem::path& folder,
                                                const std::filesystem::path& name,
                                                const Inputs& inputs);

/// Creates the folder if it is missing. @throws Error(io) unless files can be written there
void require_writable_folder(const std::filesystem::path& folder);

}  // namespace faceshot::cli
