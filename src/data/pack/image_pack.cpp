#include "data/pack/image_pack.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <unordered_map>
#include <vector>

#include "data/prepared/staging.hpp"
#include "data/prepared/text_file.hpp"
#include "faceshot/error.hpp"
#include "geometry/move_landmarks.hpp"
#include "media/opencv.hpp"

namespace faceshot::data {
namespace {

using geometry::ImageRecord;

namespace fs = std::filesystem;

constexpr std::size_t alignment = 64;
constexpr int format = 1;

fs::path pixels_path(const fs::path& dir) { return dir / "images.pack"; }
fs::path index_path(const fs::path& dir) { return dir / "images.json"; }

/// Requests all pages of an image at once; otherwise there is one page fault per sixteen of them.
/// Only a hint: kernels before Linux 5.14 do not support it.
void populate([[maybe_unused]] std::uint8_t* pixels, [[maybe_unused]] std::size_t size) {
#ifdef MADV_POPULATE_READ
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t before = reinterpret_cast<std::uintptr_t>(pixels) % page;
  ::madvise(pixels - before, size + before, MADV_POPULATE_READ);
#endif
}

}  // namespace

// --- reading -----------------------------------------------------------------------------------

struct ImagePack::Impl {
  struct Place {
    std::size_t offset = 0;
    int width = 0, height = 0;
  };
  std::unordered_map<std::string, Place> places;
  void* memory = MAP_FAILED;
  std::size_t size = 0;

  ~Impl() {
    if (memory != MAP_FAILED) ::munmap(memory, size);
  }

  void map(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) throw Error(ErrorCode::io, "cannot read '" + path.string() + "'");
    size = static_cast<std::size_t>(fs::file_size(path));
    if (size > 0) memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
    ::close(file);
    if (size > 0 && memory == MAP_FAILED)
      throw Error(ErrorCode::io, "cannot map '" + path.string() + "' into memory");
  }

  void read_index(const fs::path& path) {
    const auto fail = [&] {
      throw Error(ErrorCode::format,
                  path.string() + ": does not match its images.pack; make the pack again");
    };
    const auto index = nlohmann::json::parse(read_text_file(path), nullptr, false);
    if (!index.is_object() || index.value("format", 0) != format || !index.contains("images"))
      fail();
    for (const auto& entry : index["images"]) {
      if (!entry.is_array() || entry.size() != 4 || !entry[0].is_string()) fail();
      for (std::size_t i = 1; i < 4; ++i)
        if (!entry[i].is_number_unsigned()) fail();
      constexpr std::size_t most_side = std::size_t{1} << 20;
      const auto offset = entry[1].get<std::size_t>();
      const auto width = entry[2].get<std::size_t>(), height = entry[3].get<std::size_t>();
      if (width == 0 || height == 0 || width > most_side || height > most_side || offset > size ||
          width * height * 3 > size - offset)
        fail();
      places[entry[0].get<std::string>()] = {offset, static_cast<int>(width),
                                             static_cast<int>(height)};
    }
  }
};

ImagePack::ImagePack() : impl_(std::make_unique<Impl>()) {}
ImagePack::~ImagePack() = default;

std::shared_ptr<const ImagePack> ImagePack::open(const fs::path& dir) {
  if (!fs::exists(index_path(dir))) return nullptr;
  const std::shared_ptr<ImagePack> pack(new ImagePack);
  pack->impl_->map(pixels_path(dir));
  pack->impl_->read_index(index_path(dir));
  return pack;
}

cv::Mat ImagePack::find(const std::string& name) const {
  const auto found = impl_->places.find(name);
  if (found == impl_->places.end()) return {};
  const auto& place = found->second;
  auto* const pixels = static_cast<std::uint8_t*>(impl_->memory) + place.offset;
  populate(pixels,
           static_cast<std::size_t>(place.width) * static_cast<std::size_t>(place.height) * 3);
  return {place.height, place.width, CV_8UC3, pixels};
}

// --- writing -----------------------------------------------------------------------------------

namespace {

/// Adds images and their pixels to a folder under construction.
class Packer {
 public:
  Packer(const fs::path& dir, int max_side, const std::vector<ImageRecord>& records)
      : dir_(dir), max_side_(max_side), pixels_(pixels_path(dir), std::ios::binary) {
    for (const ImageRecord& record : records) names_.insert(record.image);
  }

  ImageRecord add(const ImageRecord& record, const fs::path& images_dir) {
    const fs::path original = images_dir / record.image;
    cv::Mat image = media::read_mat(original);
    ImageRecord packed = record;
    const int side = std::max(image.cols, image.rows);
    if (max_side_ > 0 && side > max_side_) {
      const double scale = static_cast<double>(max_side_) / side;
      cv::Mat reduced;
      cv::resize(image, reduced,
                 {std::max(1, static_cast<int>(std::lround(image.cols * scale))),
                  std::max(1, static_cast<int>(std::lround(image.rows * scale)))},
                 0, 0, cv::INTER_AREA);
      packed.image = free_name(record.image);
      fs::create_directories((dir_ / "images" / packed.image).parent_path());
      media::write_mat(dir_ / "images" / packed.image, reduced);
      image = media::read_mat(dir_ / "images" / packed.image);  // the actual content of the file
      scale_annotations(packed, image);
    } else {
      link_image(original, dir_ / "images" / packed.image, LinkMode::hard);
    }
    append(packed.image, image);
    return packed;
  }

  void close() {
    pixels_.close();
    std::ofstream index(index_path(dir_), std::ios::binary);
    index << nlohmann::json{{"format", format}, {"images", index_}}.dump() << '\n';
    index.close();
    if (!pixels_ || !index)
      throw Error(ErrorCode::io, "cannot write '" + pixels_path(dir_).string() + "'");
  }

 private:
  /// The image's name with the extension .jpg, or with .jpg appended if that name is taken.
  std::string free_name(const std::string& name) {
    std::string jpeg = fs::path(name).replace_extension(".jpg").generic_string();
    if (jpeg == name || names_.insert(jpeg).second) return jpeg;
    names_.insert(jpeg = name + ".jpg");
    return jpeg;
  }

  static void scale_annotations(ImageRecord& record, const cv::Mat& image) {
    const float x = static_cast<float>(image.cols) / static_cast<float>(record.width);
    const float y = static_cast<float>(image.rows) / static_cast<float>(record.height);
    record.width = image.cols;
    record.height = image.rows;
    for (geometry::Annotation& a : record.annotations) {
      a.box = clip({a.box.x1 * x, a.box.y1 * y, a.box.x2 * x, a.box.y2 * y},
                   static_cast<float>(image.cols), static_cast<float>(image.rows));
      if (a.landmarks) geometry::scale(*a.landmarks, x, y);
    }
  }

  void append(const std::string& name, const cv::Mat& image) {
    const std::size_t padding = (alignment - at_ % alignment) % alignment;
    pixels_.write(std::string(padding, '\0').data(), static_cast<std::streamsize>(padding));
    at_ += padding;
    index_.push_back({name, at_, image.cols, image.rows});
    for (int y = 0; y < image.rows; ++y)
      pixels_.write(image.ptr<char>(y), static_cast<std::streamsize>(image.cols) * 3);
    at_ += static_cast<std::size_t>(image.cols) * static_cast<std::size_t>(image.rows) * 3;
    if (!pixels_) throw Error(ErrorCode::io, "cannot write '" + pixels_path(dir_).string() + "'");
  }

  fs::path dir_;
  int max_side_;
  std::ofstream pixels_;
  std::size_t at_ = 0;
  std::set<std::string> names_;  ///< of all images, old and new
  nlohmann::json index_ = nlohmann::json::array();
};

}  // namespace

void pack_set(const PreparedSet& set, const std::string& split, const fs::path& dir, int max_side,
              const ImportProgress& progress) {
  require_new_folder(dir);
  try {
    const fs::path target = real_folder(dir);
    const StagingFolder staging(target);
    fs::create_directory(staging.path() / "images");
    Packer packer(staging.path(), max_side, set.records);
    PreparedSet packed;
    packed.classes = set.classes;
    for (const ImageRecord& record : set.records) {
      packed.records.push_back(packer.add(record, set.images_dir));
      if (progress) progress(packed.records.size(), set.records.size());
    }
    packer.close();
    write_prepared(staging.path(), split, packed,
                   max_side > 0 ? "packed, longer side " + std::to_string(max_side) : "packed");
    fs::rename(staging.path(), target);
  } catch (const fs::filesystem_error& e) {
    throw Error(ErrorCode::io, "cannot pack '" + dir.string() + "': " + e.code().message() + " ('" +
                                   e.path1().string() + "')");
  }
}

}  // namespace faceshot::data
