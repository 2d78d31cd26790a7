// From 8-bit pixels to a network's input, in one go: scaling, channel order, normalisation,
// padding.
#pragma once

#include <vector>

#include "faceshot/image_view.hpp"
#include "faceshot/model_info.hpp"

namespace faceshot {

/// Geometry of an image inside a network's input: scaled, at the top left, the rest padding.
struct LetterboxSize {
  int width = 0, height = 0;  ///< of the input: multiples of the model's size_divisor
  int content_width = 0, content_height = 0;  ///< of the scaled image
};

/// @param max_side wanted longer side of the scaled image; 0: native size
/// @param upscale whether smaller images are enlarged to it
[[nodiscard]] LetterboxSize letterbox_size(int image_width, int image_height, int max_side,
                                           bool upscale, int size_divisor);

/// For a network that takes inputs of one size alone: the image as large as fits.
/// @param upscale whether smaller images are enlarged
[[nodiscard]] LetterboxSize letterbox_into(int image_width, int image_height, int width, int height,
                                           bool upscale);

/// Scales and normalises. Keeps its tables and row buffers from call to call. Not thread safe.
///
/// Each output pixel is the mean of the source over its own area when shrinking (as cv::INTER_AREA,
/// with which the training images were made), and linear interpolation when enlarging.
class Letterbox {
 public:
  /// @param output 3 planes of size.height x size.width floats, in the model's channel order:
  ///        (pixel - mean) * scale; 0, which is the mean colour, in the padding
  void run(const ImageView& image, const LetterboxSize& size, const ModelInfo& model,
           float* output);

 private:
  /// Which source pixels an output pixel is made of, and how much of each.
  struct Taps {
    std::vector<int> first, count;
    std::vector<float> weights;  ///< `stride` a pixel
    int stride = 0;
    int source = -1, target = -1;  ///< sizes that the table was made for
    void make(int source_size, int target_size);
  };

  Taps horizontal_, vertical_;
  std::vector<float> source_row_;   ///< three planes of one source row
  std::vector<float> scaled_rows_;  ///< horizontally scaled rows, a ring
};

}  // namespace faceshot
