#include "data/check/problem.hpp"

#include "faceshot/error.hpp"

namespace faceshot::data {

const std::array<ProblemInfo, static_cast<std::size_t>(Problem::count)>& problems() {
  using enum Severity;
  static constexpr std::array<ProblemInfo, static_cast<std::size_t>(Problem::count)> table{{
      {Problem::bad_row, "bad-row", error, "a row that cannot be read", "the row is removed"},
      {Problem::unknown_class, "unknown-class", error, "a class id without a name",
       "the row is removed"},
      {Problem::bad_path, "bad-path", error, "an image path that leads out of images/",
       "the image is removed"},
      {Problem::scattered_rows, "scattered-rows", error,
       "rows of one image that are not consecutive", "they are grouped"},
      {Problem::missing_image, "missing-image", error, "a missing image", "the image is removed"},
      {Problem::damaged_image, "damaged-image", error, "an image that cannot be decoded completely",
       "the image is removed"},
      {Problem::wrong_size, "wrong-size", error, "a size that differs from the image's",
       "boxes are scaled; the image is removed if its aspect ratio differs too"},
      {Problem::xywh_boxes, "xywh-boxes", error,
       "corners that look like x, y, width, height throughout the file",
       "boxes are converted to corners"},
      {Problem::normalised_boxes, "normalised-boxes", error,
       "boxes that look like fractions of the image size", "they are multiplied by its size"},
      {Problem::swapped_corners, "swapped-corners", error, "a box with x1 > x2 or y1 > y2",
       "the corners are swapped"},
      {Problem::empty_box, "empty-box", error, "a box without width or height",
       "the box is removed"},
      {Problem::box_outside, "box-outside", error, "a box entirely outside its image",
       "the box is removed"},
      {Problem::box_beyond_edge, "box-beyond-edge", error, "a box that extends beyond its image",
       "it is clipped to the image"},
      {Problem::doubled_box, "doubled-box", warning, "the same box twice in an image",
       "one of them is removed"},
      {Problem::tiny_face, "tiny-face", warning, "a face too small to learn from",
       "it becomes an ignore region"},
      {Problem::far_landmarks, "far-landmarks", warning, "landmarks far outside their face's box",
       "they are removed, the box stays"},
      {Problem::duplicate_image, "duplicate-image", warning, "the same file under two names",
       "the second is removed"},
      {Problem::near_duplicate, "near-duplicate", warning, "two images that look the same",
       "the second is removed"},
      {Problem::leaked_image, "leaked-image", warning,
       "the same or nearly the same image in two splits", "it is removed from the training split"},
      {Problem::turned_image, "turned-image", note,
       "an image with an EXIF rotation: its boxes must refer to the upright image", ""},
      {Problem::no_faces, "no-faces", note, "an image without faces", ""},
  }};
  return table;
}

std::string_view name_of(Severity severity) {
  return severity == Severity::error ? "error" : severity == Severity::warning ? "warning" : "note";
}

const ProblemInfo& info(Problem problem) { return problems()[static_cast<std::size_t>(problem)]; }

Problem problem_of(std::string_view name) {
  std::string names;
  for (const ProblemInfo& p : problems()) {
    if (p.name == name) return p.problem;
    names += (names.empty() ? "" : ", ") + std::string(p.name);
  }
  throw Error(ErrorCode::invalid_argument,
              "unknown problem '" + std::string(name) + "'; known problems: " + names);
}

}  // namespace faceshot::data
