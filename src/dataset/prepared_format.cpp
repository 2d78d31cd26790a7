#include "dataset/prepared_format.hpp"

#include <algorithm>

namespace faceshot {

std::string box_fault(const Box& box, int width, int height) {
  constexpr float rounding = 0.01F;
  if (!finite(box)) return "the box is not finite";
  const auto text = [&] {
    return "the box " + std::to_string(box.x1) + "," + std::to_string(box.y1) + " - " +
           std::to_string(box.x2) + "," + std::to_string(box.y2);
  };
  if (box.x1 >= box.x2) return text() + " has x1 >= x2";
  if (box.y1 >= box.y2) return text() + " has y1 >= y2";
  if (box.x1 < -rounding || box.y1 < -rounding || box.x2 > static_cast<float>(width) + rounding ||
      box.y2 > static_cast<float>(height) + rounding)
    return text() + " is outside the image (" + std::to_string(width) + "x" +
           std::to_string(height) + ")";
  return {};
}

std::string image_path_fault(std::string_view image) {
  if (image.empty()) return "the image has no name";
  const std::filesystem::path path(image);
  if (path.is_absolute()) return "the image path '" + std::string(image) + "' is absolute";
  if (std::find(path.begin(), path.end(), "..") != path.end())
    return "the image path '" + std::string(image) + "' leads out of images/";
  return {};
}

std::filesystem::path label_path(const std::filesystem::path& dir) { return dir / "label.json"; }

}  // namespace faceshot
