#include "synth/synthetic_set.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <mutex>

#include "base/parallel.hpp"
#include "data/prepared/prepared.hpp"
#include "data/prepared/staging.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"

namespace faceshot::synth {
namespace {

namespace fs = std::filesystem;

std::string image_name(std::size_t index) { return fmt::format("{:06}.jpg", index); }

SyntheticSetReport report_of(const data::PreparedSet& set) {
  SyntheticSetReport report;
  report.images = set.records.size();
  report.faces_of_class.resize(set.classes.size());
  for (const geometry::ImageRecord& record : set.records) {
    for (const geometry::Annotation& a : record.annotations)
      if (!a.ignore) ++report.faces_of_class[static_cast<std::size_t>(a.class_id)];
    const auto ignored = static_cast<std::size_t>(
        std::count_if(record.annotations.begin(), record.annotations.end(),
                      [](const geometry::Annotation& a) { return a.ignore; }));
    report.ignored += ignored;
    report.faces += record.annotations.size() - ignored;
    if (record.annotations.size() == ignored) ++report.images_without_faces;
  }
  return report;
}

}  // namespace

SyntheticSetReport write_synthetic_set(const fs::path& dir, const MakeScene& make,
                                       const SyntheticSetOptions& options,
                                       const data::ImportProgress& progress) {
  constexpr std::size_t most = 1'000'000;
  if (options.count < 1 || options.count > most)
    throw Error(ErrorCode::invalid_argument, "the number of images must be 1 to a million");
  data::require_new_folder(dir);
  try {
    const fs::path target = data::real_folder(dir);
    const data::StagingFolder staging(target);
    const fs::path images = staging.path() / "images";
    fs::create_directory(images);
    data::PreparedSet set;
    set.classes = options.classes;
    set.records.resize(options.count);
    std::mutex mutex;
    std::size_t done = 0;
    base::parallel_for(options.count, options.threads, [&](std::size_t i) {
      base::Random random(options.seed, 0, static_cast<std::uint32_t>(i));
      SyntheticScene scene = make(random);
      const std::string name = image_name(i);
      media::write_mat(images / name, scene.image);
      set.records[i] = {name, scene.image.cols, scene.image.rows, std::move(scene.annotations)};
      const std::lock_guard lock(mutex);
      if (progress) progress(++done, options.count);
    });
    data::write_prepared(staging.path(), options.split, set, options.source);
    fs::rename(staging.path(), target);
    return report_of(set);
  } catch (const fs::filesystem_error& e) {
    throw Error(ErrorCode::io, "cannot write '" + dir.string() + "': " + e.code().message() +
                                   " ('" + e.path1().string() + "')");
  }
}

}  // namespace faceshot::synth
