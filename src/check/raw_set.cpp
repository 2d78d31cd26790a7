#include "check/raw_set.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "dataset/csv.hpp"
#include "dataset/prepared_format.hpp"
#include "faceshot/error.hpp"

namespace faceshot {
namespace {

class RawReader {
 public:
  RawReader(RawSet& set, std::vector<Finding>& findings)
      : set_(set), findings_(findings), csv_(set.csv) {
    columns_ = find_prepared_columns(csv_);
  }

  void read() {
    while (true) {
      try {
        if (!csv_.next()) return;
        add_row();
      } catch (const Error& e) {
        add(Problem::bad_row, {}, e.what(), {});
      }
    }
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
    constexpr int max_side = 1 << 24;
    const std::string name(text(column_image));
    if (name.empty()) csv_.fail("the row names no image");
    const int width = csv_.integer(columns_[column_width], 1, max_side);
    const int height = csv_.integer(columns_[column_height], 1, max_side);
    const std::size_t given = filled(column_x1, 4);
    if (given != 0 && given != 4) csv_.fail("a box needs all of x1, y1, x2, y2");
    const Annotation a = given == 4 ? annotation() : Annotation{};  // before anything is added
    if (const auto fault = image_path_fault(name); !fault.empty()) {
      add(Problem::bad_path, name, fault, {});
      return;
    }
    RawImage& image = image_of_row(name, width, height);
    if (given == 4) image.boxes.push_back({a, csv_.line()});
  }

  RawImage& image_of_row(const std::string& name, int width, int height) {
    const auto [place, is_new] = places_.try_emplace(name, set_.images.size());
    if (is_new) {
      set_.images.push_back({name, csv_.line(), width, height, {}});
    } else if (place->second != last_) {
      add(Problem::scattered_rows, name,
          "comes back after line " + std::to_string(set_.images[place->second].line), {});
    }
    last_ = place->second;
    return set_.images[last_];
  }

  [[nodiscard]] Annotation annotation() const {
    Annotation a;
    a.box = {number(column_x1), number(column_y1), number(column_x2), number(column_y2)};
    constexpr int most_classes = 1 << 20;
    a.class_id = integer(column_class, -most_classes, most_classes, 0);
    a.ignore = integer(column_ignore, 0, 1, 0) == 1;
    for (const Attribute& attribute : attributes)
      a.*attribute.member =
          static_cast<std::int8_t>(integer(attribute.column, 0, attribute.max, -1));
    const std::size_t given = filled(column_landmarks, 10);
    if (given == 10) {
      auto& points = a.landmarks.emplace();
      for (std::size_t i = 0; i < points.size(); ++i) points[i] = number(column_landmarks + i);
    } else if (given != 0) {
      csv_.fail("landmarks need all ten fields");
    }
    return a;
  }

  void add(Problem problem, const std::string& image, std::string detail,
           const std::optional<Box>& box) {
    const std::string place = set_.csv.string() + ":" + std::to_string(csv_.line());
    if (detail.starts_with(place + ": ")) detail.erase(0, place.size() + 2);
    findings_.push_back({problem, image, place, detail, box});
  }

  RawSet& set_;
  std::vector<Finding>& findings_;
  CsvReader csv_;
  PreparedColumns columns_{};
  std::unordered_map<std::string, std::size_t> places_;
  std::size_t last_ = absent_column;
};

}  // namespace

RawSet read_raw_set(const std::filesystem::path& csv, std::vector<Finding>& findings) {
  RawSet set;
  set.csv = csv;
  set.images_dir = csv.parent_path() / "images";
  set.classes = read_class_names(label_path(csv.parent_path()));
  RawReader(set, findings).read();
  return set;
}

}  // namespace faceshot
