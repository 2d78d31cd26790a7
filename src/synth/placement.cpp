#include "synth/placement.hpp"

#include <algorithm>
#include <cmath>

#include "faceshot/error.hpp"

namespace faceshot::synth {
namespace {

int draw_count(const SceneOptions& o, base::Random& random) {
  if (o.max_faces == 0 || (o.min_faces == 0 && random.chance(0.1F))) return 0;
  int count = std::max(1, o.min_faces);
  while (count < o.max_faces && random.chance(0.68F)) ++count;
  return count;
}

float draw_height(float low, float high, base::Random& random) {
  return std::clamp(std::exp(random.uniform(std::log(low), std::log(high))), low, high);
}

/// An approximation of the face's box: the real one is known only when the face is.
Box box_of(const FacePlace& place) {
  return {place.center.x - 0.4F * place.height, place.center.y - 0.5F * place.height,
          place.center.x + 0.4F * place.height, place.center.y + 0.5F * place.height};
}

}  // namespace

void validate(const SceneOptions& o) {
  const auto require = [](bool holds, const char* what) {
    if (!holds) throw Error(ErrorCode::invalid_argument, what);
  };
  require(
      o.size.width >= 16 && o.size.height >= 16 && o.size.width <= 16384 && o.size.height <= 16384,
      "the image's sides must be 16 to 16384 px");
  require(o.min_face >= 4 && o.min_face <= static_cast<float>(o.size.height),
          "the smallest face must be at least 4 px high and fit into the image");
  require(o.masks >= 0 && o.masks <= 1, "the share of masks must be 0 to 1");
  require(o.max_face_share > 0 && o.max_face_share <= 1,
          "the largest face must be above 0 and at most 1 times the image's height");
  require(o.min_faces >= 0 && o.min_faces <= o.max_faces && o.max_faces <= 200,
          "the number of faces per image must be 0 to 200");
  require(o.overlap > 0 && o.overlap < 1, "the overlap of faces must be between 0 and 1");
}

std::vector<FacePlace> place_faces(const SceneOptions& o, base::Random& random) {
  const auto w = static_cast<float>(o.size.width);
  const auto h = static_cast<float>(o.size.height);
  const float most = std::max(o.min_face, o.max_face_share * h);
  const int count = draw_count(o, random);
  const float common = draw_height(o.min_face, most, random);
  const bool group = random.chance(0.5F);
  std::vector<FacePlace> places;
  constexpr int tries = 12;
  for (int i = 0; i < count; ++i)
    for (int attempt = 0; attempt < tries; ++attempt) {
      FacePlace place;
      place.height = group ? std::clamp(common * std::exp(0.2F * random.normal()), o.min_face, most)
                           : draw_height(o.min_face, most, random);
      const float margin_x = std::min(0.25F * place.height, 0.45F * w);
      const float margin_y = std::min(0.3F * place.height, 0.45F * h);
      place.center = {random.uniform(margin_x, w - margin_x),
                      random.uniform(margin_y, h - margin_y)};
      // Hair and turned heads need room too.
      const float room = 0.6F * o.overlap;
      const bool free = std::all_of(places.begin(), places.end(), [&](const FacePlace& other) {
        return iou(box_of(place), box_of(other)) < room;
      });
      if (!free) continue;
      places.push_back(place);
      break;
    }
  std::stable_sort(places.begin(), places.end(),
                   [](const FacePlace& a, const FacePlace& b) { return a.height < b.height; });
  return places;
}

bool collides(const Box& box, const std::vector<geometry::Annotation>& others, float overlap) {
  return std::any_of(others.begin(), others.end(), [&](const geometry::Annotation& other) {
    return iou(box, other.box) >= overlap || coverage(other.box, box) > 0.5F;
  });
}

}  // namespace faceshot::synth
