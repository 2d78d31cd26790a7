// What is known about a photograph: its size and its boxes, whatever the source.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "faceshot/box.hpp"
#include "faceshot/landmarks.hpp"

namespace faceshot::geometry {

/// Annotation::source: who labelled it.
inline constexpr std::int8_t source_unknown = -1;
inline constexpr std::int8_t source_person = 0;
inline constexpr std::int8_t source_detector = 1;  ///< data/pseudo_label/

/// Annotation::class_id of a region that is ignored for every class.
inline constexpr int any_class = -1;

/// One labelled box. Attributes are WIDER FACE's; -1 if the source does not say.
struct Annotation {
  Box box;              ///< pixels of the upright image
  int class_id = 0;     ///< index into the class names; any_class only where `ignore` is set
  bool ignore = false;  ///< neither of its class nor background (crowds, WIDER's `invalid`, small)
  std::int8_t blur = -1;          ///< 0 clear, 1 normal, 2 heavy
  std::int8_t expression = -1;    ///< 0 typical, 1 exaggerated
  std::int8_t illumination = -1;  ///< 0 normal, 1 extreme
  std::int8_t occlusion = -1;     ///< 0 none, 1 partial, 2 heavy
  std::int8_t pose = -1;          ///< 0 typical, 1 atypical
  std::optional<Landmarks> landmarks;
  std::int8_t source = source_unknown;

  /// Whether it is relevant to this class.
  [[nodiscard]] constexpr bool concerns(int id) const {
    return class_id == id || class_id == any_class;
  }

  friend bool operator==(const Annotation&, const Annotation&) = default;
};

/// One image with all its boxes (none: a photograph without faces).
struct ImageRecord {
  std::string image;  ///< path relative to DIR/images, with '/'
  int width = 0, height = 0;
  std::vector<Annotation> annotations;

  friend bool operator==(const ImageRecord&, const ImageRecord&) = default;
};

}  // namespace faceshot::geometry
