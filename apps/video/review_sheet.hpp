// A contact sheet of all faces that a person should review before a film or photograph is shared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "faceshot/box.hpp"
#include "media/photographs/image.hpp"

namespace faceshot::cli {

/// Thread safe.
class ReviewSheet {
 public:
  /// @param wanted false: nothing is kept
  explicit ReviewSheet(bool wanted) : wanted_(wanted) {}

  [[nodiscard]] bool wanted() const { return wanted_; }
  /// @param image the whole picture, nothing hidden @param box of the face in it
  /// @param order by which the sheet is sorted; ties are sorted by `text`, then `name`
  /// @param name of the file, on a line of its own; if it is too long, its end is shown
  void add(const media::Image& image, const Box& box, std::size_t order, const std::string& text,
           const std::string& name);
  /// Number of faces; the sheet shows the first max_cells.
  [[nodiscard]] std::size_t size() const;
  /// Writes nothing if there is nothing to review. @throws Error(io)
  void write(const std::filesystem::path& file) const;

  static constexpr std::size_t max_cells = 120;

 private:
  struct Cell {
    std::size_t order;
    std::string text, name;
    media::Image image;
  };
  bool wanted_;
  mutable std::mutex mutex_;
  std::vector<Cell> cells_;
};

}  // namespace faceshot::cli
