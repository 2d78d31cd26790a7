#include "data/import/import.hpp"

#include <cmath>
#include <optional>
#include <utility>

#include "data/prepared/prepared_format.hpp"
#include "faceshot/error.hpp"
#include "media/image_file.hpp"
#include "media/image_size.hpp"

namespace faceshot::data {
namespace {

using media::ImageSize;

bool differs(const Box& a, const Box& b) {
  constexpr float rounding = 0.01F;
  return std::abs(a.x1 - b.x1) > rounding || std::abs(a.y1 - b.y1) > rounding ||
         std::abs(a.x2 - b.x2) > rounding || std::abs(a.y2 - b.y2) > rounding;
}

Box to_pixels(const Box& shares, ImageSize size) {
  const auto width = static_cast<float>(size.width), height = static_cast<float>(size.height);
  return {shares.x1 * width, shares.y1 * height, shares.x2 * width, shares.y2 * height};
}

/// The image's record; its boxes are counted.
geometry::ImageRecord record_of(LabelledImage& image, ImageSize size, ImportReport& report) {
  geometry::ImageRecord record{std::move(image.image), size.width, size.height,
                               std::move(image.annotations)};
  std::size_t kept = 0;
  for (geometry::Annotation& a : record.annotations) {
    if (image.normalised) a.box = to_pixels(a.box, size);
    const Box inside = clip(a.box, static_cast<float>(size.width), static_cast<float>(size.height));
    if (!a.box.valid() || !inside.valid()) {
      ++report.dropped;
      continue;
    }
    if (differs(inside, a.box)) ++report.clipped;
    ++(a.ignore ? report.ignored : report.faces);
    a.box = inside;
    record.annotations[kept++] = a;
  }
  record.annotations.resize(kept);
  record.annotations.shrink_to_fit();
  return record;
}

/// The image's size; nothing, and an entry in the report, if it is missing or damaged.
std::optional<ImageSize> find_size(const std::filesystem::path& path, const std::string& name,
                                   ImportReport& report) {
  try {
    return media::read_image_size(path);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::not_found)
      report.missing.push_back(name);
    else
      report.damaged.emplace_back(e.what());
    return std::nullopt;
  }
}

std::string size_text(ImageSize size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

}  // namespace

ImportedSet import_images(std::vector<LabelledImage> images,
                          const std::filesystem::path& images_dir,
                          const std::filesystem::path& source, const ImportProgress& progress) {
  ImportedSet set;
  std::size_t done = 0;
  for (LabelledImage& image : images) {
    const auto fail = [&](const std::string& what) {
      const std::string line = image.line == 0 ? "" : ":" + std::to_string(image.line);
      throw Error(ErrorCode::format, source.string() + line + ": " + what);
    };
    if (const auto fault = image_path_fault(image.image); !fault.empty())
      fail(fault + "; give it relative to the folder of images");
    if (const auto size = find_size(images_dir / image.image, image.image, set.report)) {
      if (image.width != 0 && ImageSize{image.width, image.height} != *size)
        fail("'" + image.image + "' is said to be " + size_text({image.width, image.height}) +
             " but is " + size_text(*size) +
             "; scale the boxes, or remove width and height if they fit");
      set.records.push_back(record_of(image, *size, set.report));
    }
    image = {};
    if (progress) progress(++done, images.size());
  }
  set.report.images = set.records.size();
  return set;
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
