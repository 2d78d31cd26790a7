#include "dataset/prepared.hpp"

#include <unordered_map>

#include "dataset/csv.hpp"
#include "dataset/prepared_format.hpp"
#include "faceshot/error.hpp"

namespace faceshot {
namespace {

/// Turns rows into records.
class RowParser {
 public:
  RowParser(CsvReader& csv, std::size_t classes)
      : csv_(csv), classes_(classes), columns_(find_prepared_columns(csv)) {}

  std::vector<ImageRecord> parse() {
    while (csv_.next()) add_row();
    return std::move(records_);
  }

 private:
  [[nodiscard]] std::string_view text(std::size_t column) const {
    return columns_[column] == absent_column ? std::string_view{} : csv_.fields()[columns_[column]];
  }
  [[nodiscard]] float number(std::size_t column) const { return csv_.number(columns_[column]); }
  [[nodiscard]] int integer(std::size_t column, int low, int high, int otherwise) const {
    return text(column).empty() ? otherwise : csv_.integer(columns_[column], low, high);
  }
  [[nodiscard]] std::size_t filled(std::size_t first, std::size_t count) const {
    std::size_t n = 0;
    for (std::size_t c = first; c < first + count; ++c) n += text(c).empty() ? 0 : 1;
    return n;
  }

  void add_row() {
    ImageRecord& record = record_of_row();
    const std::size_t given = filled(column_x1, 4);
    if (given == 0) {
      if (!record.annotations.empty() || had_empty_row_)
        csv_.fail("an empty box for an image that has other rows; remove the row");
      if (filled(column_class, column_count - column_class) != 0)
        csv_.fail("attributes without a box; give the box or empty the row");
      had_empty_row_ = true;
      return;
    }
    if (had_empty_row_)
      csv_.fail("a box for an image whose row before says it has none; remove one of the rows");
    if (given != 4) csv_.fail("a box needs all of x1, y1, x2, y2; fill in or empty all four");
    record.annotations.push_back(annotation(record));
  }

  /// The record the row belongs to: the last one, or a new one.
  ImageRecord& record_of_row() {
    constexpr int max_side = 1 << 24;  // up to here a float counts pixels exactly
    const std::string_view image = text(column_image);
    const int width = csv_.integer(columns_[column_width], 1, max_side);
    const int height = csv_.integer(columns_[column_height], 1, max_side);
    if (!records_.empty() && records_.back().image == image) {
      if (records_.back().width != width || records_.back().height != height)
        csv_.fail("'" + std::string(image) + "' has another size than in the row before");
      return records_.back();
    }
    if (const std::string fault = image_path_fault(image); !fault.empty())
      csv_.fail(fault + "; give a path relative to images/");
    const auto [first, is_new] = lines_.try_emplace(std::string(image), csv_.line());
    if (!is_new)
      csv_.fail("'" + std::string(image) + "' comes back after line " +
                std::to_string(first->second) + "; keep all rows of an image together");
    had_empty_row_ = false;
    if (!records_.empty()) records_.back().annotations.shrink_to_fit();  // of sets of millions
    return records_.emplace_back(ImageRecord{std::string(image), width, height, {}});
  }

  [[nodiscard]] Annotation annotation(const ImageRecord& record) const {
    Annotation a;
    a.box = {number(column_x1), number(column_y1), number(column_x2), number(column_y2)};
    if (const auto fault = box_fault(a.box, record.width, record.height); !fault.empty())
      csv_.fail(fault + "; correct it or remove the row");
    a.box = clip(a.box, static_cast<float>(record.width), static_cast<float>(record.height));
    a.class_id = integer(column_class, 0, static_cast<int>(classes_) - 1, 0);
    a.ignore = integer(column_ignore, 0, 1, 0) == 1;
    for (const Attribute& attribute : attributes)
      a.*attribute.member =
          static_cast<std::int8_t>(integer(attribute.column, 0, attribute.max, -1));
    if (const std::size_t given = filled(column_landmarks, 10); given == 10) {
      auto& points = a.landmarks.emplace();
      for (std::size_t i = 0; i < points.size(); ++i) points[i] = number(column_landmarks + i);
    } else if (given != 0) {
      csv_.fail("landmarks need all ten fields; fill in or empty all");
    }
    return a;
  }

  CsvReader& csv_;
  std::size_t classes_;
  PreparedColumns columns_;
  std::vector<ImageRecord> records_;
  std::unordered_map<std::string, std::size_t> lines_;  ///< where each image came first
  bool had_empty_row_ = false;                          ///< of the last record
};

}  // namespace

PreparedSet read_prepared(const std::filesystem::path& csv) {
  CsvReader reader(csv);
  const auto dir = csv.parent_path();
  PreparedSet set;
  set.images_dir = dir / "images";
  set.classes = read_class_names(label_path(dir));
  set.records = RowParser(reader, set.classes.size()).parse();
  return set;
}

}  // namespace faceshot
