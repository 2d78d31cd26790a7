#include "data/prepared/prepared.hpp"

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "data/prepared/csv.hpp"
#include "data/prepared/prepared_format.hpp"
#include "data/prepared/text_file.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

using geometry::ImageRecord;

/// Turns rows into records.
class RowParser {
 public:
  RowParser(CsvReader& csv, std::size_t classes) : csv_(csv), classes_(classes), row_(csv) {}

  std::vector<ImageRecord> parse() {
    while (csv_.next()) add_row();
    return std::move(records_);
  }

 private:
  void add_row() {
    ImageRecord& record = record_of_row();
    const std::size_t given = row_.filled(column_x1, 4);
    if (given == 0) {
      if (!record.annotations.empty() || had_empty_row_)
        csv_.fail("an empty box for an image that has other rows; remove the row");
      if (row_.filled(column_class, column_count - column_class) != 0)
        csv_.fail("attributes without a box; add the box or clear the row");
      had_empty_row_ = true;
      return;
    }
    if (had_empty_row_)
      csv_.fail("a box for an image that an earlier row says has none; remove one of the rows");
    if (given != 4) csv_.fail("a box needs all of x1, y1, x2, y2; fill in all four or none");
    record.annotations.push_back(annotation(record));
  }

  /// The record the row belongs to: the last one, or a new one.
  ImageRecord& record_of_row() {
    const std::string_view image = row_.text(column_image);
    const int width = row_.side(column_width);
    const int height = row_.side(column_height);
    if (!records_.empty() && records_.back().image == image) {
      if (records_.back().width != width || records_.back().height != height)
        csv_.fail("'" + std::string(image) + "' has a different size than in the previous row");
      return records_.back();
    }
    if (const std::string fault = image_path_fault(image); !fault.empty())
      csv_.fail(fault + "; give a path relative to images/");
    const auto [first, is_new] = lines_.try_emplace(std::string(image), csv_.line());
    if (!is_new)
      csv_.fail("'" + std::string(image) + "' appears again after line " +
                std::to_string(first->second) + "; keep all rows of an image together");
    had_empty_row_ = false;
    if (!records_.empty())
      records_.back().annotations.shrink_to_fit();  // saves memory for sets of
                                                    // millions
    return records_.emplace_back(ImageRecord{std::string(image), width, height, {}});
  }

  [[nodiscard]] geometry::Annotation annotation(const ImageRecord& record) const {
    geometry::Annotation a = row_.annotation(0, static_cast<int>(classes_) - 1);
    if (const auto fault = box_fault(a.box, record.width, record.height); !fault.empty())
      csv_.fail(fault + "; correct it or remove the row");
    a.box = clip(a.box, static_cast<float>(record.width), static_cast<float>(record.height));
    return a;
  }

  CsvReader& csv_;
  std::size_t classes_;
  PreparedRow row_;
  std::vector<ImageRecord> records_;
  std::unordered_map<std::string, std::size_t> lines_;  ///< first line of each image
  bool had_empty_row_ = false;                          ///< of the last record
};

}  // namespace

std::string source_of(const std::filesystem::path& csv) {
  const auto path = label_path(csv.parent_path());
  if (!std::filesystem::exists(path)) return {};
  const auto label = nlohmann::json::parse(read_text_file(path), nullptr, false);
  const nlohmann::json::json_pointer place("/splits/" + csv.stem().string() + "/source");
  return label.is_object() && label.contains(place) && label[place].is_string()
             ? label[place].get<std::string>()
             : std::string();
}

PreparedSet read_prepared(const std::filesystem::path& csv) {
  CsvReader reader(csv);
  const auto dir = csv.parent_path();
  PreparedSet set;
  set.images_dir = dir / "images";
  set.classes = read_class_names(label_path(dir));
  set.records = RowParser(reader, set.classes.size()).parse();
  return set;
}

}  // namespace faceshot::data
