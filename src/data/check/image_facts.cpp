#include "data/check/image_facts.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "data/check/image_hash.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"
#include "media/photographs/image_bytes.hpp"

namespace faceshot::data {

ImageFacts find_image_facts(const std::filesystem::path& path) {
  ImageFacts facts;
  try {
    const media::ImageBytes file = media::read_image_bytes(path);
    facts.content = content_hash(file.bytes);
    facts.bytes = file.bytes.size();
    facts.orientation = file.frame.orientation;
    const cv::Mat image = media::read_mat(path);
    facts.width = image.cols;
    facts.height = image.rows;
    facts.looks = difference_hash(image);
  } catch (const Error& e) {
    facts.missing = e.code() == ErrorCode::not_found;
    facts.damage = e.what();
  }
  return facts;
}

bool same_bytes(const std::filesystem::path& a, const std::filesystem::path& b) {
  if (std::filesystem::equivalent(a, b)) return true;
  if (std::filesystem::file_size(a) != std::filesystem::file_size(b)) return false;
  std::ifstream in_a(a, std::ios::binary);
  std::ifstream in_b(b, std::ios::binary);
  return std::equal(std::istreambuf_iterator<char>(in_a), {}, std::istreambuf_iterator<char>(in_b),
                    {});
}

}  // namespace faceshot::data
