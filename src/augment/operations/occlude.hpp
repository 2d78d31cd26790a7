// Occlusions of faces: a rectangle, a medical mask, sunglasses.
//
// All draw into 8-bit BGR of any size, which may be a part of a larger picture (coordinates are
// relative to the part); nothing outside it is read or written. Thread safe (each thread with its
// own Random).
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>

#include "base/random.hpp"
#include "faceshot/box.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::augment {

/// What a cut-out rectangle is filled with.
enum class CutoutFill : std::uint8_t {
  gray,   ///< mid-grey, 128
  mean,   ///< the mean of what it hides: keeps the colour, removes the shape
  noise,  ///< normal noise about 128, with the deviation of uniformly distributed values (74)
};

/// Fills a rectangle (Cutout, arXiv:1708.04552; Random Erasing, arXiv:1708.04896).
/// @param box in pixels, rounded to integers; clipped to the image
/// @param random used by CutoutFill::noise only
void cutout(cv::Mat& image, const Box& box, CutoutFill fill, base::Random& random);

/// Draws a pleated medical mask from the nose to the chin, with its ear loops. It follows the
/// head's roll and turn, and is as bright as the skin that it covers.
/// @param landmarks of the face in pixels; nothing is drawn if eyes and mouth are less than 4 px
/// apart
/// @param face its box, for the width of the face
/// @param color of the cloth in neutral light; B, G, R
void medical_mask(cv::Mat& image, const Landmarks& landmarks, const Box& face,
                  const cv::Vec3b& color);

/// The appearance of sunglasses.
struct SunglassesStyle {
  cv::Vec3b lens{30, 25, 25};   ///< B, G, R
  cv::Vec3b frame{15, 15, 20};  ///< B, G, R
  float opacity = 0.9F;         ///< of the lenses, 0 (clear) to 1; the frame is opaque
};

/// Draws sunglasses over the eyes, with bridge and temples, following the head's roll and turn.
/// @param landmarks, face as for medical_mask()
void sunglasses(cv::Mat& image, const Landmarks& landmarks, const Box& face,
                const SunglassesStyle& style);

}  // namespace faceshot::augment
