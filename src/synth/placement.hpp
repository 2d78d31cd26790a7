// The number, sizes and positions of a picture's faces.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "base/random.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::synth {

struct SceneOptions {
  cv::Size size{640, 480};
  float min_face = 12;          ///< height of the smallest face, pixels
  float max_face_share = 0.6F;  ///< height of the largest, as a share of the picture's height
  int min_faces = 0;            ///< 0: a tenth of the pictures have none
  int max_faces = 12;           ///< most pictures have few
  float overlap = 0.2F;         ///< maximum IoU of two faces
  float masks = 0;              ///< share of drawn faces with a mask; above 0: three classes
};

/// @throws Error(invalid_argument) naming the option
void validate(const SceneOptions& options);

struct FacePlace {
  cv::Point2f center;
  float height = 0;  ///< of the face's box, pixels
};

/// Draws positions, the smallest (farthest) first: between min_faces and max_faces if there is
/// room, otherwise fewer. The number is geometric: half the pictures with faces have one or two.
/// Sizes are log-uniform: as many from 10 to 20 px as from 100 to 200; in every other picture all
/// are similar, as in groups. Centres keep away from the edges, so that at most a fifth of a face
/// is cut. Thread safe with separate `random`s.
/// @pre validate(options) passes
[[nodiscard]] std::vector<FacePlace> place_faces(const SceneOptions& options, base::Random& random);

/// True if a face's box overlaps one of the others with an IoU of at least `overlap`, or covers
/// more than half of one: a large face can hide a whole small one at an IoU near zero.
[[nodiscard]] bool collides(const Box& box, const std::vector<geometry::Annotation>& others,
                            float overlap);

}  // namespace faceshot::synth
