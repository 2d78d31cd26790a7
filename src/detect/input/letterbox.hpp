// From 8-bit pixels to a network's input, in one pass: scaling, channel order, normalisation,
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

/// Geometry of an image inside a network's input: scaled, in the top-left corner, the rest is
/// padding.
struct LetterboxSize {
  int width = 0, height = 0;  ///< of the input: multiples of the model's size_divisor
  int content_width = 0, content_height = 0;  ///< of the scaled image
};

/// @param max_side wanted longer side of the scaled image; 0: native size
/// @param upscale whether smaller images are enlarged to it
[[nodiscard]] LetterboxSize letterbox_size(int image_width, int image_height, int max_side,
                                           bool upscale, int size_divisor);

/// For a network with a fixed input size: the image as large as fits.
/// @param upscale whether smaller images are enlarged
[[nodiscard]] LetterboxSize letterbox_into(int image_width, int image_height, int width, int height,
                                           bool upscale);

/// Scales and normalises. Reuses its tables and row buffers between calls.
///
/// When shrinking, each output pixel is the mean of the source over its area (like cv::INTER_AREA,
/// with which the training images were made); when enlarging, it is interpolated linearly.
class Letterbox final : public InputRows {
 public:
  /// Prepares for the rows of this image's input. Not thread safe.
  /// @param image must live as long as rows are requested
  /// @param workers that will request rows at once
  void start(const ImageView& image, const LetterboxSize& size, const ModelInfo& model,
             int workers = 1);

  /// In the model's channel order: (pixel - mean) * scale; 0, which is the mean colour, in the
  /// padding.
  void row(int y, int worker, const Planes& planes) const override;

  /// All rows. @param output 3 planes of size.height x size.width floats
  void run(const ImageView& image, const LetterboxSize& size, const ModelInfo& model,
           float* output);

 private:
  /// The source pixels of each output pixel and their weights. All output pixels have the same
  /// number of taps; some weights are 0.
  struct Taps {
    std::vector<int> first;
    std::vector<float> weights;  ///< `count` per pixel
    std::size_t count = 1;
    int source = -1, target = -1;  ///< sizes that the table is for
    void make(int source_size, int target_size);
  };

  /// Working memory of one worker.
  struct Buffers {
    std::vector<pixels::WeightedRow> rows;
    std::vector<float> row;  ///< of pixels
    /// Of gray, NV12 and I420 images, before conversion to BGR. `red` is for I420 only.
    std::vector<float> luma, chroma, red;
    std::vector<float> scaled_luma, scaled_chroma, scaled_red;  ///< for row_of_planes()
  };

  struct SourcePlane {
    const std::uint8_t* data;
    std::ptrdiff_t stride;
    int half;  ///< 2: it has a row for two of the image
  };
  void sum_source(int y, const SourcePlane& plane, std::size_t values,
                  std::vector<pixels::WeightedRow>& rows, std::vector<float>& into) const;
  void prefetch_source(int y, const SourcePlane& plane, std::size_t values) const;

  /// A row of an I420 image that is shrunk: its planes are scaled first and then converted, since
  /// that leaves fewer pixels to convert.
  void row_of_planes(int y, Buffers& buffers, const pixels::Planes& planes) const;

  /// The weighted sum of the source rows of an output row: bytes_per_pixel() floats per pixel, at
  /// least 3.
  const float* scaled_row(int y, Buffers& buffers) const;

  ImageView image_;
  LetterboxSize size_;
  Taps horizontal_, vertical_, of_chroma_;
  pixels::Planes planes_{};               ///< gain and offset of each channel in memory
  std::array<std::size_t, 3> channel_{};  ///< output channel of each channel in memory
  bool as_it_is_ = false;                 ///< neither scaled nor converted
  bool planes_first_ = false;             ///< uses row_of_planes()
  bool halves_ = false;                   ///< there, both width and height
  mutable std::vector<Buffers> buffers_;  ///< one per worker
};

}  // namespace faceshot::detect
