// The content of a foreign annotation file for one image, before the image is read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "geometry/annotation.hpp"

namespace faceshot::data {

struct LabelledImage {
  std::string image;          ///< path as in the file, relative to the folder of images
  std::size_t line = 0;       ///< of the annotation file; 0: there is none
  int width = 0, height = 0;  ///< as stated in the file; 0: unknown
  std::vector<geometry::Annotation> annotations;  ///< boxes may be empty or reach beyond the image
  bool normalised = false;   ///< boxes and landmarks are shares of the image's sides, not pixels
  std::string file{};        ///< the annotation file, if each image has its own; otherwise empty
  std::string_view split{};  ///< one of split_names (splits.hpp) if the source states it; otherwise
                             ///< empty
  const char* list = nullptr;  ///< a string literal: `line` is the index into this list
};

/// The content of an annotation file with several classes.
struct LabelledSet {
  std::vector<std::string> classes{"face"};  ///< by class id
  std::vector<LabelledImage> images;
  std::vector<std::string> unused{};  ///< classes that the file lists and no box has
  std::size_t unlabelled = 0;         ///< images without any annotation: background
};

}  // namespace faceshot::data
