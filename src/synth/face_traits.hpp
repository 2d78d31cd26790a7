// The appearance of a drawn face, in numbers.
//
// Lengths are in units of half the height of a face, from the top of the forehead (-1) to the chin
// (+1), about 9 cm; angles in radians; colours linear in sRGB values, BGR, 0..255.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>

#include "base/random.hpp"

namespace faceshot::synth {

enum class HairStyle { bald, short_cut, medium, long_cut, curly, scarf };
enum class Glasses { none, clear, sun };
/// Over mouth and nose; none; or incorrectly, below the nose.
enum class Mask { worn, none, under_nose };

struct FaceTraits {
  // Shape.
  float half_width = 0.77F;  ///< from the centre of the face to an ear
  float jaw = 0;             ///< -0.2 pointed .. 0.2 square
  float eye_distance = 0.34F, eye_size = 1, nose_size = 1, mouth_width = 0.26F, lip_size = 1;

  // Pose.
  float yaw = 0;    ///< > 0: looks to the viewer's right
  float pitch = 0;  ///< > 0: looks down
  float roll = 0;   ///< > 0: rotated clockwise, as seen

  // Colour and skin.
  cv::Vec3f skin{120, 150, 200}, hair{25, 35, 50}, iris{40, 60, 90}, lips{95, 95, 175};
  float age = 0.2F;         ///< 0 smooth to 1 wrinkled
  float freckles = 0;       ///< 0 .. 1
  std::uint32_t grain = 1;  ///< seed of all texture

  // Hair.
  HairStyle hair_style = HairStyle::short_cut;
  float hair_volume = 0.12F;                     ///< how far it protrudes from the head
  float fringe = 0;                              ///< how far it hangs over the forehead, 0 .. 0.45
  float beard = 0, moustache = 0, brows = 0.8F;  ///< density, 0 .. 1

  // Expression.
  float eyes_open = 1;              ///< 0 shut to 1.3 wide
  float gaze_x = 0, gaze_y = 0;     ///< -1 .. 1
  float mouth_open = 0, smile = 0;  ///< 0 .. 1; smile from -0.5

  // Accessories.
  Glasses glasses = Glasses::none;
  Mask mask = Mask::none;
  cv::Vec3f mask_color{210, 190, 140};
  bool hat = false;
  cv::Vec3f cloth{110, 80, 60}, headwear{60, 60, 150};
  float body_length = 2.5F;  ///< from the chin down

  // Light.
  cv::Vec3f light{-0.3F, -0.5F, 0.8F};  ///< towards the lamp: x right, y down, z to the viewer
  float light_strength = 0.6F;          ///< 0 uniform to 1 only the lamp
};

/// A random face: all human skin tones equally often; most look roughly straight ahead, a fifth
/// clearly aside; hair turns grey and skin wrinkles with age. Thread safe with separate `random`s.
[[nodiscard]] FaceTraits draw_traits(base::Random& random);

/// Puts a mask on a face with this probability; one in six is worn incorrectly. Thread safe with
/// separate `random`s.
void draw_mask(float probability, FaceTraits& traits, base::Random& random);

}  // namespace faceshot::synth
