#include "data/import/import.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "data/prepared/prepared_format.hpp"
#include "faceshot/error.hpp"
#include "media/exif.hpp"
#include "media/image_file.hpp"
#include "media/image_size.hpp"
#include "support/utf8.hpp"

namespace faceshot::data {
namespace {

using media::ImageSize;

bool differs(const Box& a, const Box& b) {
  constexpr float rounding = 0.01F;
  return std::abs(a.x1 - b.x1) > rounding || std::abs(a.y1 - b.y1) > rounding ||
         std::abs(a.x2 - b.x2) > rounding || std::abs(a.y2 - b.y2) > rounding;
}

void to_pixels(geometry::Annotation& a, ImageSize size) {
  const auto width = static_cast<float>(size.width), height = static_cast<float>(size.height);
  a.box = {a.box.x1 * width, a.box.y1 * height, a.box.x2 * width, a.box.y2 * height};
  if (!a.landmarks) return;
  for (std::size_t i = 0; i < a.landmarks->size(); ++i)
    (*a.landmarks)[i] *= i % 2 == 0 ? width : height;
}

std::string size_text(ImageSize size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

/// Turns what a file says about images into records, one after the other.
class Importer {
 public:
  Importer(const std::filesystem::path& images_dir, const std::filesystem::path& source,
           FlawLog& flaws, ExifBoxes exif)
      : images_dir_(images_dir), source_(source.string()), flaws_(flaws), exif_(exif) {}

  void add(LabelledImage& image) {
    if (!support::is_utf8(image.image))
      return flaws_.left_out(flaw::bad_name, place(image) + "the name '" + image.image +
                                                 "' is not UTF-8; rename the file, and in the "
                                                 "annotations");
    if (const auto fault = image_path_fault(image.image); !fault.empty())
      return flaws_.left_out(flaw::bad_path,
                             place(image) + fault + "; give it relative to the folder of images");
    const auto file = find_size(image);
    if (!file) return;
    if (const auto orientation = orientation_of_boxes(image, *file))
      set_.records.push_back(record_of(image, file->size, *orientation));
  }

  ImportedSet take() { return std::move(set_); }

 private:
  [[nodiscard]] std::string place(const LabelledImage& image) const {
    const std::string& file = image.file.empty() ? source_ : image.file;
    return file + (image.line == 0 ? "" : ":" + std::to_string(image.line)) + ": ";
  }

  /// The image's size; nothing, and a flaw, if it is missing or damaged.
  std::optional<media::TurnedSize> find_size(const LabelledImage& image) {
    try {
      return media::read_turned_size(images_dir_ / image.image);
    } catch (const Error& e) {
      if (e.code() == ErrorCode::not_found)
        flaws_.left_out(flaw::missing_image, place(image) + "'" + image.image + "' is not in '" +
                                                 images_dir_.string() + "'");
      else
        flaws_.left_out(flaw::damaged_image, e.what());
      return std::nullopt;
    }
  }

  /// The EXIF orientation by which the boxes have to be turned, 1 if they fit the upright picture;
  /// nothing, and a flaw, if they fit neither.
  std::optional<int> orientation_of_boxes(const LabelledImage& image,
                                          const media::TurnedSize& file) {
    const auto [size, orientation] = file;
    const ImageSize claimed{image.width, image.height};
    const bool claims = image.width != 0;
    const bool swapped = media::swaps_sides(orientation) && size.width != size.height;
    const auto what = [&] {
      return place(image) + "'" + image.image + "' is said to be " + size_text(claimed) +
             " but is " + size_text(size);
    };
    if (claims && claimed != size && !(swapped && claimed == media::sides_swapped(size))) {
      flaws_.left_out(flaw::other_size,
                      what() + "; scale the boxes, or remove width and height if they fit");
      return std::nullopt;
    }
    const auto by = [&] { return " by EXIF orientation " + std::to_string(orientation); };
    if (claims && claimed != size && exif_ != ExifBoxes::turn) {
      if (exif_ == ExifBoxes::refuse) {
        flaws_.left_out(flaw::lying, what() + by() +
                                         "; --exif turn turns the boxes too, --exif as-is keeps "
                                         "them");
        return std::nullopt;
      }
      flaws_.changed(flaw::kept_as_is, what() + by());
      return 1;
    }
    const bool upright = claims && swapped && claimed == size;
    if (exif_ != ExifBoxes::turn || orientation == 1 || upright) return 1;
    if (!image.annotations.empty())
      flaws_.changed(flaw::turned, place(image) + "'" + image.image + "', turned" + by());
    return orientation;
  }

  geometry::ImageRecord record_of(LabelledImage& image, ImageSize size, int orientation) {
    const ImageSize stored = media::swaps_sides(orientation) ? media::sides_swapped(size) : size;
    geometry::ImageRecord record{std::move(image.image), size.width, size.height,
                                 std::move(image.annotations)};
    std::size_t kept = 0;
    for (geometry::Annotation& a : record.annotations) {
      if (image.normalised) to_pixels(a, stored);
      if (orientation != 1) a = turn_upright(a, stored, orientation);
      const Box inside =
          clip(a.box, static_cast<float>(size.width), static_cast<float>(size.height));
      if (!a.box.valid() || !inside.valid()) {
        flaws_.left_out(flaw::outside, place(image) + box_text(record, a.box));
        continue;
      }
      if (differs(inside, a.box))
        flaws_.changed(flaw::clipped, place(image) + box_text(record, a.box));
      ++(a.ignore ? set_.ignored : set_.faces);
      a.box = inside;
      record.annotations[kept++] = a;
    }
    record.annotations.resize(kept);
    record.annotations.shrink_to_fit();
    return record;
  }

  static std::string box_text(const geometry::ImageRecord& record, const Box& box) {
    return fmt::format("the box {:.6g}, {:.6g} to {:.6g}, {:.6g} of '{}', which is {}x{}", box.x1,
                       box.y1, box.x2, box.y2, record.image, record.width, record.height);
  }

  const std::filesystem::path& images_dir_;
  std::string source_;
  FlawLog& flaws_;
  ExifBoxes exif_;
  ImportedSet set_;
};

}  // namespace

ImportedSet import_images(std::vector<LabelledImage> images,
                          const std::filesystem::path& images_dir,
                          const std::filesystem::path& source, FlawLog& flaws,
                          const ImportProgress& progress, ExifBoxes exif) {
  Importer importer(images_dir, source, flaws, exif);
  std::size_t done = 0;
  for (LabelledImage& image : images) {
    importer.add(image);
    image = {};
    if (progress) progress(++done, images.size());
  }
  return importer.take();
}

std::vector<LabelledImage> list_background(const std::filesystem::path& dir) {
  if (!std::filesystem::is_directory(dir))
    throw Error(ErrorCode::not_found, "'" + dir.string() + "' is not a folder of photographs");
  std::vector<LabelledImage> images;
  for (const auto& path : media::list_images({dir}))
    images.push_back({path.lexically_relative(dir).generic_string(), 0, 0, 0, {}});
  return images;
}

}  // namespace faceshot::data
