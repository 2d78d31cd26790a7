#include "media/photographs/image_tags.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "media/photographs/exif.hpp"
#include "media/photographs/image_bytes.hpp"
#include "media/photographs/image_file.hpp"

namespace faceshot::media {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// A TIFF structure as cameras write it, in either byte order.
class ExifWriter {
 public:
  explicit ExifWriter(bool little) : little_(little) {
    text(little ? "II" : "MM");
    put(42, 2);
    put(8, 4);
  }
  void put(std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
      out_.push_back(static_cast<std::uint8_t>(value >> 8 * (little_ ? i : bytes - 1 - i)));
  }
  void entry(std::uint32_t tag, std::uint32_t type, std::uint32_t count, std::uint32_t value) {
    put(tag, 2);
    put(type, 2);
    put(count, 4);
    const bool is_short = type == 3 && count == 1;
    put(value, is_short ? 2 : 4);
    if (is_short) put(0, 2);
  }
  void text(const std::string& s) { out_.insert(out_.end(), s.begin(), s.end()); }
  void pad_to(std::size_t size) {
    ASSERT_LE(out_.size(), size);
    out_.resize(size, 0);
  }
  [[nodiscard]] const Bytes& bytes() const { return out_; }

 private:
  bool little_;
  Bytes out_;
};

constexpr const char* face_bytes = "THUMBNAIL-WITH-A-FACE";

/// Orientation 6, camera name, location, a maker note with a preview, a thumbnail.
Bytes camera_exif(bool little) {
  ExifWriter w(little);
  // The main directory, at 8: 4 entries.
  w.put(4, 2);
  w.entry(0x010F, 2, 10, 200);  // make
  w.entry(0x0112, 3, 1, 6);     // orientation
  w.entry(0x8769, 4, 1, 80);    // camera directory
  w.entry(0x8825, 4, 1, 120);   // location directory
  w.put(160, 4);                // thumbnail directory
  w.pad_to(80);
  w.put(2, 2);
  w.entry(0x829A, 5, 1, 220);   // exposure time
  w.entry(0x927C, 7, 21, 240);  // maker note
  w.put(0, 4);
  w.pad_to(120);
  w.put(1, 2);
  w.entry(0x0002, 5, 3, 270);  // latitude
  w.put(0, 4);
  w.pad_to(160);
  w.put(2, 2);
  w.entry(0x0201, 4, 1, 300);  // thumbnail
  w.entry(0x0202, 4, 1, 21);
  w.put(0, 4);
  w.pad_to(200);
  w.text("FaceCam 1");
  w.pad_to(220);
  w.put(1, 4);
  w.put(125, 4);
  w.pad_to(240);
  w.text(face_bytes);
  w.pad_to(270);
  for (const std::uint32_t part : {48U, 1U, 8U, 1U, 0U, 1U}) w.put(part, 4);
  w.pad_to(300);
  w.text(face_bytes);
  return w.bytes();
}

Bytes segment(std::uint8_t marker, const std::string& name, const Bytes& content) {
  const std::size_t length = 2 + name.size() + content.size();
  Bytes s{0xFF, marker, static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
  s.insert(s.end(), name.begin(), name.end());
  s.insert(s.end(), content.begin(), content.end());
  return s;
}

Bytes icc_profile() {
  Bytes profile(64, 7);
  std::memcpy(profile.data() + 16, "RGB XYZ ", 8);
  return profile;
}

/// A JPEG with all of that, a second picture (MPF) and a film after its end.
class PhotographFile {
 public:
  PhotographFile() : path_(std::filesystem::path(::testing::TempDir()) / "tags_test.jpg") {
    Image image(16, 8);
    std::memset(image.row(0), 100, image.stride() * 8);
    write_image(path_, image.view());
    Bytes plain = read_image_bytes(path_).bytes;
    const std::string exif("Exif\0\0", 6), icc("ICC_PROFILE\0\1\1", 14), mpf("MPF\0", 4);
    Bytes extra = segment(0xE1, exif, camera_exif(true));
    const std::string face = face_bytes;
    for (const Bytes& more :
         {segment(0xE2, icc, icc_profile()), segment(0xE2, mpf, Bytes(face.begin(), face.end())),
          segment(0xE1, std::string("http://ns.adobe.com/xap/1.0/\0", 29),
                  Bytes(face.begin(), face.end()))})
      extra.insert(extra.end(), more.begin(), more.end());
    plain.insert(plain.begin() + 2, extra.begin(), extra.end());
    plain.insert(plain.end(), face.begin(), face.end());
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(plain.data()),
               static_cast<std::streamsize>(plain.size()));
  }
  ~PhotographFile() { std::filesystem::remove(path_); }

  /// Rewritten with the metadata that is kept.
  [[nodiscard]] Bytes copied(bool exif) const {
    const ImageBytes file = read_image_bytes(path_);
    const Photograph photograph = decode_photograph(file.bytes, "a");
    const auto out = path_.parent_path() / "tags_test_out.jpg";
    write_image(out, photograph.image.view(), image_tags(file.bytes, file.frame, exif));
    Bytes bytes = read_image_bytes(out).bytes;
    std::filesystem::remove(out);
    return bytes;
  }

 private:
  std::filesystem::path path_;
};

bool holds(const Bytes& bytes, const std::string& text) {
  return std::string(bytes.begin(), bytes.end()).find(text) != std::string::npos;
}

TEST(ImageTags, NothingButTheColoursMeaningIsKeptUnlessAskedFor) {
  const Bytes copy = PhotographFile().copied(false);
  EXPECT_FALSE(holds(copy, face_bytes));
  EXPECT_FALSE(holds(copy, "FaceCam"));
  EXPECT_FALSE(holds(copy, "Exif"));
  EXPECT_TRUE(holds(copy, "ICC_PROFILE"));
}

TEST(ImageTags, ExifIsKeptWithoutItsPictures) {
  const Bytes copy = PhotographFile().copied(true);
  EXPECT_FALSE(holds(copy, face_bytes)) << "thumbnail, maker's note, MPF, XMP or appended film";
  EXPECT_TRUE(holds(copy, "FaceCam"));
  // The pixels are upright now: readers that obey the tag must not rotate them again.
  const ImageFrame frame = checked_frame(copy, "copy", Tail::required);
  EXPECT_EQ(frame.orientation, 1);
  EXPECT_EQ(frame.width, 8);
  EXPECT_EQ(frame.height, 16);
}

TEST(ImageTags, BothByteOrdersComeOutTheSame) {
  const auto copy_of = [](bool little) {
    Bytes jpeg{0xFF, 0xD8};
    const Bytes exif = segment(0xE1, std::string("Exif\0\0", 6), camera_exif(little));
    jpeg.insert(jpeg.end(), exif.begin(), exif.end());
    jpeg.insert(jpeg.end(), {0xFF, 0xDA, 0, 2});
    return image_tags(jpeg, {.format = ImageFormat::jpeg}, true).bytes;
  };
  EXPECT_EQ(copy_of(true), copy_of(false));
  // The location: 48 degrees, 8 minutes.
  const std::string place("\0\0\0\x30\0\0\0\1\0\0\0\x08\0\0\0\1", 16);
  EXPECT_TRUE(holds(copy_of(true), place));
}

TEST(ImageTags, DamagedBlocksGiveNothingOrLess) {
  const Bytes whole = camera_exif(false);
  for (std::size_t size = 0; size < whole.size(); ++size)
    for (const int flip : {-1, 0x55}) {
      Bytes exif(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      if (flip >= 0 && size > 8) exif[size - 1] = static_cast<std::uint8_t>(flip);
      Bytes jpeg{0xFF, 0xD8};
      const Bytes block = segment(0xE1, std::string("Exif\0\0", 6), exif);
      jpeg.insert(jpeg.end(), block.begin(), block.end());
      const ImageTags tags = image_tags(jpeg, {.format = ImageFormat::jpeg}, true);
      EXPECT_FALSE(holds(tags.bytes, face_bytes));
      EXPECT_LT(tags.bytes.size(), 70000U);
    }
}

TEST(ImageTags, ProfilesForOtherColoursAreLeftOut) {
  Bytes inks = icc_profile();
  std::memcpy(inks.data() + 16, "CMYK", 4);
  Bytes jpeg{0xFF, 0xD8};
  const Bytes block = segment(0xE2, std::string("ICC_PROFILE\0\1\1", 14), inks);
  jpeg.insert(jpeg.end(), block.begin(), block.end());
  EXPECT_TRUE(image_tags(jpeg, {.format = ImageFormat::jpeg}, false).bytes.empty());
}

}  // namespace
}  // namespace faceshot::media
