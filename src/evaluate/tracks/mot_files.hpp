// Tracks in the text format of MOTChallenge (Milan et al., "MOT16", arXiv:1603.00831): one line
// per box, "frame,id,left,top,width,height,confidence,class,visibility", frames from 1.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "faceshot/box.hpp"

namespace faceshot::evaluate {

struct MotBox {
  int frame = 1;
  std::int64_t id = 0;
  double left = 0, top = 0, width = 0, height = 0;  ///< pixels, continuous
  double confidence = 1;  ///< in ground truth: 0 if it is not to be considered
  int type = 1;           ///< class: 1 is tracked; see mot_distractor()
  double visibility = 1;  ///< in ground truth: visible share, in [0, 1]

  [[nodiscard]] Box box() const noexcept {
    return {static_cast<float>(left), static_cast<float>(top), static_cast<float>(left + width),
            static_cast<float>(top + height)};
  }
};

/// One film: the ground truth, and what a tracker found.
struct MotSequence {
  std::string name;
  std::vector<MotBox> truth, found;  ///< by frame, then in the order of the file
};

/// Classes that do not count: a box that matches one is neither right nor wrong (2, 7, 8, 12).
[[nodiscard]] constexpr bool mot_distractor(int type) noexcept {
  return type == 2 || type == 7 || type == 8 || type == 12;
}

/// Fields are separated by commas or blanks; empty lines are skipped. At least six fields; missing
/// or empty others have the defaults above. A confidence of -1 or less counts as 1.
/// @throws Error(not_found) no such file; Error(format) "FILE:LINE: what" for a line that is not a
/// box,
///         a frame below 1, a negative size, a class other than 1 in a result, an id twice in a
///         frame
[[nodiscard]] std::vector<MotBox> read_mot_file(const std::filesystem::path& path, bool truth);

/// @param truth a file; or a folder with SEQUENCE/gt/gt.txt, MOTChallenge's layout
/// @param found a file; or a folder with SEQUENCE.txt. A sequence without a result has no
/// detections
/// @return by name
/// @throws Error as read_mot_file; Error(not_found) for a folder without ground truth;
///         Error(invalid_argument) for a file on one side and a folder on the other, or if no
///         result
///         belongs to a sequence
[[nodiscard]] std::vector<MotSequence> read_mot_sequences(const std::filesystem::path& truth,
                                                          const std::filesystem::path& found);

}  // namespace faceshot::evaluate
