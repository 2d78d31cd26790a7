// Opens any bytes as a film, and converts its first frames as for the detector.
#pragma once

#include <filesystem>

#include "video/reading/film_reader.hpp"
#include "video/reading/upright_view.hpp"

inline int read_film(const std::filesystem::path& path) {
  using namespace faceshot::video;
  constexpr std::int64_t enough_pixels = 2'000'000, enough_frames = 8;
  FilmReader reader(path);
  const Placement& placement = reader.info().placement;
  // Large frames are slow, and no different from small ones.
  if (std::int64_t{placement.width()} * placement.height() > enough_pixels) return 0;
  UprightView upright;
  int sum = 0;
  for (Frame frame; reader.next(frame) && frame.index() < enough_frames;) {
    const faceshot::ImageView view = upright.of(frame, reader.info().placement);
    sum += view.row(view.height - 1)[view.width - 1];
  }
  reader.finish();
  return sum + static_cast<int>(reader.warnings().size());
}
