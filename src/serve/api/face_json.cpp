#include "serve/api/face_json.hpp"

#include <cmath>

namespace faceshot::serve {
namespace {

/// Hundredths of pixels, and scores to four places: what is behind is noise, and twice the bytes.
double rounded(float value, double steps) {
  return std::round(static_cast<double>(value) * steps) / steps;
}
double pixels(float value) { return rounded(value, 100); }

}  // namespace

nlohmann::ordered_json face_json(const Detection& face, const std::vector<std::string>& classes) {
  nlohmann::ordered_json json;
  const Box& box = face.box;
  json["x1"] = pixels(box.x1);
  json["y1"] = pixels(box.y1);
  json["x2"] = pixels(box.x2);
  json["y2"] = pixels(box.y2);
  json["score"] = rounded(face.score, 10000);
  const auto label = static_cast<std::size_t>(face.label);
  if (classes.size() > 1 && label < classes.size()) json["class"] = classes[label];
  if (face.landmarks)
    for (const Point& p : *face.landmarks) json["landmarks"].push_back({pixels(p.x), pixels(p.y)});
  return json;
}

nlohmann::ordered_json photograph_json(const media::PhotographInfo& info,
                                       std::span<const Detection> faces,
                                       const std::vector<std::string>& classes) {
  nlohmann::ordered_json json{{"width", info.width}, {"height", info.height}};
  json["faces"] = nlohmann::ordered_json::array();
  for (const Detection& face : faces) json["faces"].push_back(face_json(face, classes));
  if (!info.warning.empty()) json["warning"] = info.warning;
  return json;
}

}  // namespace faceshot::serve
