// Which photographs `faceshot detect` processes, and the names of the files it writes.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "media/photographs/image_list.hpp"

namespace faceshot::cli {

/// A photograph to look at.
struct Job {
  std::filesystem::path file;  ///< "-": standard input
  /// What is written for it is called by its name relative to what the user gave, made unlike all
  /// others' by a number: the picture with an extension that can be written, and, without
  /// extension, what the names of its faces begin with.
  std::filesystem::path picture, stem;
  std::string shown;  ///< in the table
};

/// The photographs that the user named, and all in the folders that the user named, in order.
/// @param passed_over receives what was in the folders beside them
/// @throws Error(not_found) for a path that does not exist or a folder without images
[[nodiscard]] std::vector<Job> jobs_of(const std::vector<std::string>& paths,
                                       media::PassedOver& passed_over);

/// Files that must not be written to: all photographs, whatever the names by which they are
/// reached.
class Inputs {
 public:
  explicit Inputs(const std::vector<Job>& jobs);
  [[nodiscard]] bool contains(const std::filesystem::path& file) const;

 private:
  std::set<std::filesystem::path> files_;
};

/// `folder` / `name`, or with a number where that is a photograph. Its folder is made.
[[nodiscard]] std::filesystem::path output_path(const std::filesystem::path& folder,
                                                const std::filesystem::path& name,
                                                const Inputs& inputs);

/// Makes the folder if it is missing. @throws Error(io) unless files can be written there
void require_writable_folder(const std::filesystem::path& folder);

}  // namespace faceshot::cli
