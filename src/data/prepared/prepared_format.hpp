// Shared by reader and writer of the prepared form: columns, and the rules for rows.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "data/prepared/csv.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::data {

/// Columns in the order in which they are written; the values index prepared_columns.
enum Column : std::size_t {
  column_image,
  column_width,
  column_height,
  column_x1,
  column_y1,
  column_x2,
  column_y2,
  column_class,
  column_ignore,
  column_blur,
  column_expression,
  column_illumination,
  column_occlusion,
  column_pose,
  column_landmarks,                       ///< the first of ten
  column_source = column_landmarks + 10,  ///< written only if a box has it
  column_count
};

struct ColumnInfo {
  std::string_view name;
  std::string_view meaning;  ///< for label.json
};

inline constexpr std::size_t required_columns = column_class;  ///< all that come before it

inline constexpr std::array<ColumnInfo, column_count> prepared_columns{{
    {"image", "path of the image relative to images/, with '/'"},
    {"width", "width of the upright image, pixels"},
    {"height", "height of the upright image, pixels"},
    {"x1", "left edge of the box, pixels; continuous, origin at the image's top-left corner"},
    {"y1", "top edge of the box, pixels"},
    {"x2", "right edge of the box, pixels; x2 - x1 is its width, without +1"},
    {"y2", "bottom edge of the box, pixels"},
    {"class", "class id, a key of \"classes\"; empty: 0, or all where ignore is 1"},
    {"ignore", "1: neither face nor background in training and evaluation; 0: a face"},
    {"blur", "0 clear, 1 normal, 2 heavy"},
    {"expression", "0 typical, 1 exaggerated"},
    {"illumination", "0 normal, 1 extreme"},
    {"occlusion", "0 none, 1 partial, 2 heavy"},
    {"pose", "0 typical, 1 atypical"},
    {"left_eye_x", "left eye as the viewer sees it, pixels from the left"},
    {"left_eye_y", "left eye as the viewer sees it, pixels from the top"},
    {"right_eye_x", "right eye as the viewer sees it, pixels from the left"},
    {"right_eye_y", "right eye as the viewer sees it, pixels from the top"},
    {"nose_x", "tip of the nose, pixels from the left"},
    {"nose_y", "tip of the nose, pixels from the top"},
    {"mouth_left_x", "left mouth corner as the viewer sees it, pixels from the left"},
    {"mouth_left_y", "left mouth corner as the viewer sees it, pixels from the top"},
    {"mouth_right_x", "right mouth corner as the viewer sees it, pixels from the left"},
    {"mouth_right_y", "right mouth corner as the viewer sees it, pixels from the top"},
    {"source", "source of the label: 0 a person, 1 a detector (faceshot data pseudo)"},
}};

/// One of WIDER FACE's attributes: its column, its member of Annotation, its largest value.
struct Attribute {
  Column column;
  std::int8_t geometry::Annotation::*member;
  int max;
};

inline constexpr std::array<Attribute, 5> attributes{{
    {column_blur, &geometry::Annotation::blur, 2},
    {column_expression, &geometry::Annotation::expression, 1},
    {column_illumination, &geometry::Annotation::illumination, 1},
    {column_occlusion, &geometry::Annotation::occlusion, 2},
    {column_pose, &geometry::Annotation::pose, 1},
}};

/// Field of each column in a file, or absent_column.
using PreparedColumns = std::array<std::size_t, column_count>;
inline constexpr std::size_t absent_column = static_cast<std::size_t>(-1);

/// Finds the columns in a file's header.
/// @throws Error(format) for an unknown or repeated column, or a missing required one
[[nodiscard]] PreparedColumns find_prepared_columns(const CsvReader& csv);

/// The current record of a file in the prepared form, by column.
class PreparedRow {
 public:
  /// @throws Error(format) as find_prepared_columns
  explicit PreparedRow(const CsvReader& csv) : csv_(csv), columns_(find_prepared_columns(csv)) {}

  /// Empty if the file has no such column.
  [[nodiscard]] std::string_view text(std::size_t column) const;
  /// @throws Error(format) as CsvReader::number
  [[nodiscard]] float number(std::size_t column) const { return csv_.number(columns_[column]); }
  /// `otherwise` for an empty field. @throws Error(format) as CsvReader::integer
  [[nodiscard]] int integer(std::size_t column, int low, int high, int otherwise) const;
  /// How many of these columns are not empty.
  [[nodiscard]] std::size_t filled(std::size_t first, std::size_t count) const;
  /// Width or height, whole pixels. @throws Error(format)
  [[nodiscard]] int side(std::size_t column) const;
  /// Box, ignore, attributes and landmarks as in the file. Without a class, a box gets the first
  /// one;
  /// an ignore region gets any_class if there are several.
  /// @throws Error(format) for a field that is not a number or out of range, or incomplete
  /// landmarks
  [[nodiscard]] geometry::Annotation annotation(int lowest_class, int highest_class) const;

 private:
  const CsvReader& csv_;
  PreparedColumns columns_;
};

/// Classes of a label.json, ordered by id. A set without the file has the one class "face".
/// @throws Error(format) if it is not JSON or ids have gaps
[[nodiscard]] std::vector<std::string> read_class_names(const std::filesystem::path& path);

/// What is wrong with a box in an image of this size; empty if nothing is. Up to 0.01 px beyond the
/// edge counts as rounding.
[[nodiscard]] std::string box_fault(const Box& box, int width, int height);

/// What is wrong with a record's path: absolute, empty, not UTF-8, or leading out
/// of images/.
[[nodiscard]] std::string image_path_fault(std::string_view image);

/// label.json beside the CSV files.
[[nodiscard]] std::filesystem::path label_path(const std::filesystem::path& dir);

}  // namespace faceshot::data
