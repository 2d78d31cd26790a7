#include "data/check/raw_set.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "data/prepared/csv.hpp"
#include "data/prepared/prepared_format.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

class RawReader {
 public:
  RawReader(RawSet& set, std::vector<Finding>& findings)
      : set_(set), findings_(findings), csv_(set.csv), row_(csv_) {}

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
  void add_row() {
    constexpr int widest = 1 << 20;
    const std::string name(row_.text(column_image));
    if (name.empty()) csv_.fail("the row names no image");
    const int width = row_.side(column_width);
    const int height = row_.side(column_height);
    const std::size_t given = row_.filled(column_x1, 4);
    if (given != 0 && given != 4) csv_.fail("a box needs all of x1, y1, x2, y2");
    const geometry::Annotation a =
        given == 4 ? row_.annotation(-widest, widest) : geometry::Annotation{};
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
          "appears again after line " + std::to_string(set_.images[place->second].line), {});
    }
    last_ = place->second;
    return set_.images[last_];
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
  PreparedRow row_;
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

}  // namespace faceshot::data
