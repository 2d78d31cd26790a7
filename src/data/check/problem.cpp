#include "data/check/problem.hpp"

#include "faceshot/error.hpp"

namespace faceshot::data {

const std::array<ProblemInfo, static_cast<std::size_t>(Problem::count)>& problems() {
  using enum Severity;
  static constexpr std::array<ProblemInfo, static_cast<std::size_t>(Problem::count)> table{{
      {Problem::bad_row, "bad-row", error, "a row that cannot be read", "the row goes"},
      {Problem::unknown_class, "unknown-class", error, "a class id without a name", "the row goes"},
      {Problem::bad_path, "bad-path", error, "an image path that leads out of images/",
       "the image goes"},
      {Problem::scattered_rows, "scattered-rows", error,
       "rows of one image that do not follow each other", "they are put together"},
      {Problem::missing_image, "missing-image", error, "an image that is not there",
       "the image goes"},
      {Problem::damaged_image, "damaged-image", error, "an image that cannot be decoded whole",
       "the image goes"},
      {Problem::wrong_size, "wrong-size", error, "a size that is not the image's",
       "boxes are scaled; the image goes if its shape differs as well"},
      {Problem::xywh_boxes, "xywh-boxes", error,
       "corners that look like x, y, width, height all over the file", "boxes become corners"},
      {Problem::normalised_boxes, "normalised-boxes", error,
       "boxes that look like shares of the image", "they are multiplied by its size"},
      {Problem::swapped_corners, "swapped-corners", error, "a box with x1 > x2 or y1 > y2",
       "the corners are swapped"},
      {Problem::empty_box, "empty-box", error, "a box without width or height", "the box goes"},
      {Problem::box_outside, "box-outside", error, "a box with nothing inside its image",
       "the box goes"},
      {Problem::box_beyond_edge, "box-beyond-edge", error, "a box that reaches beyond its image",
       "it is cut to the image"},
      {Problem::doubled_box, "doubled-box", warning, "the same box twice in an image",
       "one of them goes"},
      {Problem::tiny_face, "tiny-face", warning, "a face too small to learn from",
       "it becomes an ignore region"},
      {Problem::far_landmarks, "far-landmarks", warning,
       "landmarks that are far from their face's box", "they go, the box stays"},
      {Problem::duplicate_image, "duplicate-image", warning, "the same file under two names",
       "the second goes"},
      {Problem::near_duplicate, "near-duplicate", warning, "two images that look the same",
       "the second goes"},
      {Problem::leaked_image, "leaked-image", warning,
       "the same or nearly the same image in two splits", "it goes from the one trained on"},
      {Problem::turned_image, "turned-image", note,
       "an image that EXIF turns: its boxes must be for the upright image", ""},
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
              "there is no problem '" + std::string(name) + "'; there are " + names);
}

}  // namespace faceshot::data
