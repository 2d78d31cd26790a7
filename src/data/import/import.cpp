#include "data/import/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "data/import/image_names.hpp"
#include "data/prepared/splits.hpp"
#include "faceshot/error.hpp"
#include "geometry/move_landmarks.hpp"
#include "media/photographs/exif.hpp"
#include "media/photographs/image_list.hpp"
#include "media/photographs/image_size.hpp"
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
  if (a.landmarks) geometry::scale(*a.landmarks, width, height);
}

std::string size_text(ImageSize size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

/// Whether a box could consist of shares of the image's sides.
bool within_a_pixel(const Box& box) {
  return std::abs(box.x1) <= 1 && std::abs(box.y1) <= 1 && std::abs(box.x2) <= 1 &&
         std::abs(box.y2) <= 1;
}

/// Shares of the image's sides taken for pixels would give invisible boxes.
void refuse_shares(const std::vector<LabelledImage>& images, const std::string& source) {
  bool any = false;
  for (const LabelledImage& image : images)
    for (const geometry::Annotation& a : image.annotations) {
      if (!a.box.valid()) continue;
      if (image.normalised || !within_a_pixel(a.box)) return;
      any = true;
    }
  if (any)
    throw Error(ErrorCode::format, source +
                                       ": no box is larger than one pixel; if they are fractions "
                                       "of the image size, multiply them by its width and height");
}

/// Adds the box, unless it already exists.
/// @return whether it was added
bool join_box(std::vector<geometry::Annotation>& boxes, const geometry::Annotation& box) {
  const auto same =
      std::find_if(boxes.begin(), boxes.end(), [&](const geometry::Annotation& known) {
        return known.box == box.box && known.class_id == box.class_id && known.ignore == box.ignore;
      });
  if (same == boxes.end()) {
    boxes.push_back(box);
    return true;
  }
  if (!same->landmarks) same->landmarks = box.landmarks;
  return false;
}

/// Turns the annotations of images into records, one by one.
class Importer {
 public:
  Importer(const std::vector<LabelledImage>& images, const std::filesystem::path& images_dir,
           const std::filesystem::path& source, FlawLog& flaws, ExifBoxes exif)
      : images_dir_(images_dir), source_(source.string()), flaws_(flaws), exif_(exif) {
    refuse_shares(images, source_);
    find_images(images);
  }

  /// @param i index of the image
  void add(std::size_t i, LabelledImage& image) {
    const FoundImage found = found_of(i, image);
    if (!support::is_utf8(image.image) || !support::is_utf8(found.file))
      return flaws_.left_out(flaw::bad_name, place(image) + "the name '" + image.image +
                                                 "' is not UTF-8; rename the file, and in the "
                                                 "annotations");
    if (!found.fault.empty())
      return flaws_.left_out(flaw::bad_path, place(image) + found.fault +
                                                 "; give it relative to the folder of images");
    if (found.file.empty())
      return flaws_.left_out(flaw::missing_image, [&] {
        return place(image) + "'" + image.image + "' is not in '" + images_dir_.string() + "'";
      });
    const auto claimed = claims_.find(key_of(image, found.file));
    Claim* const claim = claimed == claims_.end() ? nullptr : &claimed->second;
    if (found.guessed && claim != nullptr && !claim->names.empty())
      return flaws_.left_out(flaw::unclear_image, place(image) + unclear(image, found, *claim));
    const auto file = find_size(image, found.file);
    if (!file) return;
    const auto orientation = orientation_of_boxes(image, *file);
    if (!orientation) return;
    if (found.renamed)
      flaws_.changed(flaw::renamed_image, [&] {
        return place(image) + "'" + image.image + "' is taken to be '" + found.file + "'";
      });
    if (claim == nullptr || claim->record == Claim::none)
      add_record(image, {found.file, file->size.width, file->size.height, {}}, *orientation, claim);
    else
      join(image, *orientation, *claim);
  }

  ImportedSet take() { return std::move(set_); }

 private:
  /// The annotations that refer to one file more than once.
  struct Claim {
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::size_t first = none;                                ///< index of the first image
    std::size_t count = 0;                                   ///< number of images
    std::vector<std::pair<std::string, std::string>> names;  ///< names and places, if they differ
    std::size_t record = none;
    std::string place;  ///< of the record
  };

  static std::string key_of(const LabelledImage& image, const std::string& file) {
    return std::string(image.split) + '\n' + file;
  }

  /// Of a million images almost all exist under their name and occur once: only the others are
  /// stored.
  void find_images(const std::vector<LabelledImage>& images) {
    ImageNames names(images_dir_);
    std::vector<std::size_t> hashes;
    hashes.reserve(images.size());
    const std::hash<std::string> hash;
    for (std::size_t i = 0; i < images.size(); ++i) {
      const LabelledImage& image = images[i];
      FoundImage found = names.find(image.image, image.width != 0);
      if (!found.file.empty()) hashes.push_back(hash(key_of(image, found.file)));
      if (found.file != image.image || found.renamed) odd_.emplace(i, std::move(found));
    }
    std::sort(hashes.begin(), hashes.end());
    std::unordered_set<std::size_t> doubles;
    for (auto at = hashes.begin(); at != hashes.end(); ++at) {
      at = std::adjacent_find(at, hashes.end());
      if (at == hashes.end()) break;
      doubles.insert(*at);
    }
    if (doubles.empty()) return;
    for (std::size_t i = 0; i < images.size(); ++i) {
      const std::string file = found_of(i, images[i]).file;
      if (file.empty()) continue;
      const std::string key = key_of(images[i], file);
      if (doubles.contains(hash(key))) claim(images, i, claims_[key]);
    }
  }

  /// Image i refers to a file too.
  void claim(const std::vector<LabelledImage>& images, std::size_t i, Claim& claim) const {
    if (claim.count++ == 0) {
      claim.first = i;
      return;
    }
    const LabelledImage& first = images[claim.first];
    if (plain_image_name(first.image) == plain_image_name(images[i].image)) return;
    if (claim.names.empty()) claim.names.emplace_back(first.image, place(first));
    claim.names.emplace_back(images[i].image, place(images[i]));
  }

  [[nodiscard]] FoundImage found_of(std::size_t i, const LabelledImage& image) const {
    const auto odd = odd_.find(i);
    return odd == odd_.end() ? FoundImage{image.image, {}} : odd->second;
  }

  [[nodiscard]] std::string place(const LabelledImage& image) const {
    const std::string& file = image.file.empty() ? source_ : image.file;
    const std::string line = std::to_string(image.line);
    const std::string record = image.list != nullptr ? image.list + ("[" + line + "]")
                               : image.line != 0     ? line
                                                     : "";
    return file + (record.empty() ? "" : ":" + record) + ": ";
  }

  /// "'B.jpg' may be 'b.jpg', and so could 'c\b.jpg' (FILE:LINE); ..."
  static std::string unclear(const LabelledImage& image, const FoundImage& found,
                             const Claim& claim) {
    const auto other =
        std::find_if(claim.names.begin(), claim.names.end(), [&](const auto& name_and_place) {
          return plain_image_name(name_and_place.first) != plain_image_name(image.image);
        });
    const auto& [name, where] = other == claim.names.end() ? claim.names.front() : *other;
    return "'" + image.image + "' may be '" + found.file + "', and so could '" + name + "' (" +
           where.substr(0, where.size() - 2) + "); use the exact file names";
  }

  /// The image's size; nothing, and a flaw, if it is damaged.
  std::optional<media::TurnedSize> find_size(const LabelledImage& image, const std::string& file) {
    try {
      return media::read_turned_size(images_dir_ / file);
    } catch (const Error& e) {
      flaws_.left_out(flaw::damaged_image, place(image) + e.what());
      return std::nullopt;
    }
  }

  /// The EXIF orientation by which the boxes have to be rotated, 1 if they fit the upright picture;
  /// nothing, and a flaw, if they fit neither.
  std::optional<int> orientation_of_boxes(const LabelledImage& image,
                                          const media::TurnedSize& file) {
    const ImageSize size = file.size;
    const int orientation = file.orientation;
    const ImageSize claimed{image.width, image.height};
    const bool claims = image.width != 0;
    const bool swapped = media::swaps_sides(orientation) && size.width != size.height;
    const auto what = [&] {
      return place(image) + "'" + image.image + "' claims to be " + size_text(claimed) +
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
        flaws_.left_out(
            flaw::lying,
            what() + by() + "; --exif turn rotates the boxes too, --exif as-is keeps them");
        return std::nullopt;
      }
      flaws_.changed(flaw::kept_as_is, what() + by());
      return 1;
    }
    const bool upright = claims && swapped && claimed == size;
    if (exif_ != ExifBoxes::turn || orientation == 1 || upright) return 1;
    if (!image.annotations.empty())
      flaws_.changed(flaw::turned,
                     [&] { return place(image) + "'" + image.image + "', turned" + by(); });
    return orientation;
  }

  void add_record(LabelledImage& image, geometry::ImageRecord record, int orientation,
                  Claim* claim) {
    record.annotations = boxes_of(image, record, orientation);
    for (const geometry::Annotation& a : record.annotations) count(a);
    if (claim != nullptr) {
      claim->record = set_.records.size();
      claim->place = place(image);
    }
    set_.records.push_back(std::move(record));
  }

  /// The image is already in the set.
  void join(LabelledImage& image, int orientation, const Claim& claim) {
    geometry::ImageRecord& record = set_.records[claim.record];
    const std::string before = claim.place.substr(0, claim.place.size() - 2);
    flaws_.changed(flaw::double_image,
                   place(image) + "'" + image.image + "' was already given (" + before + ")");
    for (const geometry::Annotation& a : boxes_of(image, record, orientation))
      if (join_box(record.annotations, a))
        count(a);
      else
        flaws_.changed(flaw::double_box, [&] {
          return place(image) + box_text(record, a.box) + ", was already given (" + before + ")";
        });
  }

  /// The image's boxes in pixels, upright and clipped to it.
  std::vector<geometry::Annotation> boxes_of(LabelledImage& image,
                                             const geometry::ImageRecord& record, int orientation) {
    const ImageSize size{record.width, record.height};
    const ImageSize stored = media::swaps_sides(orientation) ? media::sides_swapped(size) : size;
    std::vector<geometry::Annotation> boxes = std::move(image.annotations);
    std::size_t kept = 0;
    for (geometry::Annotation& a : boxes) {
      if (image.normalised) to_pixels(a, stored);
      if (orientation != 1) a = turn_upright(a, stored, orientation);
      const Box inside =
          clip(a.box, static_cast<float>(size.width), static_cast<float>(size.height));
      if (!a.box.valid() || !inside.valid()) {
        flaws_.left_out(flaw::outside, [&] { return place(image) + box_text(record, a.box); });
        continue;
      }
      if (differs(inside, a.box))
        flaws_.changed(flaw::clipped, [&] { return place(image) + box_text(record, a.box); });
      a.box = inside;
      boxes[kept++] = a;
    }
    boxes.resize(kept);
    boxes.shrink_to_fit();
    return boxes;
  }

  void count(const geometry::Annotation& a) { ++(a.ignore ? set_.ignored : set_.faces); }

  static std::string box_text(const geometry::ImageRecord& record, const Box& box) {
    return fmt::format("the box {:.6g}, {:.6g} to {:.6g}, {:.6g} of '{}', which is {}x{}", box.x1,
                       box.y1, box.x2, box.y2, record.image, record.width, record.height);
  }

  const std::filesystem::path& images_dir_;
  std::string source_;
  FlawLog& flaws_;
  ExifBoxes exif_;
  std::unordered_map<std::size_t, FoundImage> odd_;  ///< images whose file differs from their name
  std::unordered_map<std::string, Claim> claims_;  ///< by split and file; without those that occur
                                                   ///< once
  ImportedSet set_;
};

}  // namespace

ImportedSet import_images(std::vector<LabelledImage> images,
                          const std::filesystem::path& images_dir,
                          const std::filesystem::path& source, FlawLog& flaws,
                          const ImportProgress& progress, ExifBoxes exif) {
  Importer importer(images, images_dir, source, flaws, exif);
  for (std::size_t i = 0; i < images.size(); ++i) {
    importer.add(i, images[i]);
    images[i] = {};
    if (progress) progress(i + 1, images.size());
  }
  return importer.take();
}

void set_splits_by_folder(LabelledSet& set) {
  const auto split = [](const LabelledImage& image) {
    const std::size_t slash = image.image.find('/');
    return split_named(
        std::string_view(image.image).substr(0, slash == std::string::npos ? 0 : slash));
  };
  if (std::any_of(set.images.begin(), set.images.end(),
                  [&](const LabelledImage& image) { return split(image).empty(); }))
    return;
  for (LabelledImage& image : set.images) image.split = split(image);
}

std::vector<LabelledImage> list_background(const std::filesystem::path& dir) {
  if (!std::filesystem::is_directory(dir))
    throw Error(ErrorCode::not_found, "'" + dir.string() + "' is not a folder of photographs");
  std::vector<LabelledImage> images;
  for (const auto& path : media::list_images({dir}))
    if (!is_apple_double(path))
      images.push_back({path.lexically_relative(dir).generic_string(), 0, 0, 0, {}});
  return images;
}

}  // namespace faceshot::data
