// Processes one photograph, from its file to its faces and the pictures written.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/detect/arguments.hpp"
#include "cli/detect/photograph_names.hpp"
#include "faceshot/detector.hpp"
#include "media/photographs/image_file.hpp"

namespace faceshot::cli {

/// The result for a photograph.
struct Look {
  std::string error;          ///< empty: none
  std::string warning;        ///< of the decoder; empty: none
  int width = 0, height = 0;  ///< pixels, upright according to its file
  int turned = 0;             ///< degrees clockwise that bring the faces upright; only if `turns`
                              ///< is 4
  std::vector<Detection> faces;    ///< in pixels of the whole photograph
  std::vector<std::string> crops;  ///< paths by face, empty for faces without a crop; or an empty
                                   ///< list
  double milliseconds = 0;         ///< of detection, without creating a session, reading and
                                   ///< writing
  media::Image thumbnail;          ///< for the sheet
};

/// Size of a sheet's cell, pixels.
inline constexpr int sheet_cell_width = 480;
inline constexpr int sheet_cell_height = 360;

/// Processes photographs. Thread safe.
class Looker {
 public:
  /// The arguments, the detector and the inputs must outlive it.
  /// @throws Error as Detector
  Looker(const DetectArguments& arguments, const Detector& detector, const Inputs& inputs);
  ~Looker();
  Looker(const Looker&) = delete;
  Looker& operator=(const Looker&) = delete;

  /// A photograph that cannot be read is reported in Look::error.
  /// @throws Error(io) for a picture that cannot be written
  [[nodiscard]] Look look(const Job& job) const;

 private:
  void find_all(const media::Photograph& photograph, Look& look) const;
  [[nodiscard]] std::vector<Detection> find(const media::Photograph& photograph, Look& look) const;
  [[nodiscard]] std::vector<Detection> find_in(const media::Image& image, Look& look) const;
  [[nodiscard]] int way_up(const media::Image& image) const;
  void write_crops(const Job& job, const media::Image& image, Look& look) const;
  void write_pictures(const Job& job, media::Image& image, Look& look) const;

  const DetectArguments& arguments_;
  const Detector& detector_;
  const Inputs& inputs_;
  std::unique_ptr<Detector> glance_;  ///< at half the size, for the four orientations
  int reduced_side_ = 0;              ///< photographs may be decoded down to this size; 0: not
};

}  // namespace faceshot::cli
