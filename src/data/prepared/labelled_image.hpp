// The content of a foreign annotation file for one image, before the image is read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "geometry/annotation.hpp"

namespace faceshot::data {

struct LabelledImage {
  std::string image;          ///< path as the file names it, relative to the folder of images
  std::size_t line = 0;       ///< of the annotation file; 0: there is no such file
  int width = 0, height = 0;  ///< as the file claims; 0: it does not say
  std::vector<geometry::Annotation> annotations;  ///< boxes may be empty or reach beyond the image
  bool normalised = false;   ///< boxes and landmarks are shares of the image's sides, not pixels
  std::string file{};        ///< the annotation file, where each image has its own; else empty
  std::string_view split{};  ///< one of split_names (splits.hpp) where the source says; else empty
  const char* list = nullptr;  ///< a literal: `line` counts the entries of this list, from 0
};

/// All that a file says that knows more than one class.
struct LabelledSet {
  std::vector<std::string> classes{"face"};  ///< by class id
  std::vector<LabelledImage> images;
  std::vector<std::string> unused{};  ///< classes that the file names and no box bears
  std::size_t unlabelled = 0;         ///< images that nothing says anything about: background
};

}  // namespace faceshot::data
