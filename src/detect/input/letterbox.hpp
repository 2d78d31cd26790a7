// From 8-bit pixels to a network's input, in one go: scaling, channel order, normalisation,
// padding.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "detect/input/pixel_kernels.hpp"
#include "faceshot/image_view.hpp"
#include "faceshot/input_rows.hpp"
#include "faceshot/model_info.hpp"

namespace faceshot::detect {

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

/// Scales and normalises. Keeps its tables and row buffers from call to call.
///
/// Each output pixel is the mean of the source over its own area when shrinking (as cv::INTER_AREA,
/// with which the training images were made), and linear interpolation when enlarging.
class Letterbox final : public InputRows {
 public:
  /// Gets ready for the rows of this image's input. Not thread safe.
  /// @param image which must live as long as rows are asked for
  /// @param workers that will ask for rows at once
  void start(const ImageView& image, const LetterboxSize& size, const ModelInfo& model,
             int workers = 1);

  /// In the model's channel order (pixel - mean) * scale; 0, which is the mean colour, in the
  /// padding.
  void row(int y, int worker, const Planes& planes) const override;

  /// All rows. @param output 3 planes of size.height x size.width floats
  void run(const ImageView& image, const LetterboxSize& size, const ModelInfo& model,
           float* output);

 private:
  /// Which source pixels an output pixel is made of, and how much of each: as many for all, of
  /// which some count nothing.
  struct Taps {
    std::vector<int> first;
    std::vector<float> weights;  ///< `count` a pixel
    std::size_t count = 1;
    int source = -1, target = -1;  ///< sizes that the table was made for
    void make(int source_size, int target_size);
  };

  /// What a part works in.
  struct Buffers {
    std::vector<pixels::WeightedRow> rows;
    std::vector<float> row;  ///< of pixels
    /// Of gray, NV12 and I420 images, before they become pixels. Red differences of I420 alone.
    std::vector<float> luma, chroma, red;
    std::vector<float> scaled_luma, scaled_chroma, scaled_red;  ///< of row_of_planes()
  };

  struct SourcePlane {
    const std::uint8_t* data;
    std::ptrdiff_t stride;
    int half;  ///< 2: it has a row for two of the image
  };
  void sum_source(int y, const SourcePlane& plane, std::size_t values,
                  std::vector<pixels::WeightedRow>& rows, std::vector<float>& into) const;

  /// A row of an I420 image that shrinks: its planes are scaled, and then become pixels, of which
  /// there are fewer.
  void row_of_planes(int y, Buffers& buffers, const pixels::Planes& planes) const;

  /// The source rows behind an output row, summed up: bytes_per_pixel() floats a pixel, at least 3.
  const float* scaled_row(int y, Buffers& buffers) const;

  ImageView image_;
  LetterboxSize size_;
  Taps horizontal_, vertical_, of_chroma_;
  pixels::Planes planes_{};               ///< gain and offset of each channel in memory
  std::array<std::size_t, 3> channel_{};  ///< of the output, for each in memory
  bool as_it_is_ = false;                 ///< neither scaled nor converted
  bool planes_first_ = false;             ///< by row_of_planes()
  mutable std::vector<Buffers> buffers_;  ///< a part each
};

}  // namespace faceshot::detect
