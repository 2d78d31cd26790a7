#include "augment/policies/augmented_set.hpp"

#include <algorithm>
#include <set>

#include "augment/policies/file_pool.hpp"
#include "base/parallel.hpp"
#include "data/export/npz.hpp"
#include "data/prepared/staging.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"

namespace faceshot::augment {
namespace {

using data::PreparedSet;
using geometry::ImageRecord;

namespace fs = std::filesystem;

/// Samples made in parallel between two progress reports, and held in memory at once.
constexpr std::size_t chunk = 64;

class Maker {
 public:
  Maker(const PreparedSet& set, const AugmentedSetOptions& options)
      : set_(set), options_(options), pool_(set) {
    validate(options.augment);
    if (options.times < 1)
      throw Error(ErrorCode::invalid_argument, "each image must be used at least once");
    if (set.records.empty())
      throw Error(ErrorCode::invalid_argument, "the set holds no images to augment");
  }

  [[nodiscard]] std::size_t count() const {
    return set_.records.size() * static_cast<std::size_t>(options_.times);
  }

  [[nodiscard]] Sample make(std::size_t index) const {
    const std::size_t image = index / static_cast<std::size_t>(options_.times);
    const std::size_t time = index % static_cast<std::size_t>(options_.times);
    const Scene scene = pool_.scene(static_cast<std::uint32_t>(image));
    base::Random random(options_.seed, static_cast<std::uint32_t>(time),
                        static_cast<std::uint32_t>(image));
    return augment(scene.image, scene.annotations, options_.augment, random, &pool_);
  }

  /// Names for all samples: NAME_K.jpg, or another stem if two images differ only in their
  /// extension.
  [[nodiscard]] PreparedSet unlabelled() const {
    PreparedSet result;
    result.classes = set_.classes;
    std::set<std::string> stems;
    for (const ImageRecord& record : set_.records) {
      std::string stem = fs::path(record.image).replace_extension().string();
      while (!stems.insert(stem).second) stem += "_";
      for (int k = 0; k < options_.times; ++k) {
        ImageRecord sample;
        sample.image = stem + "_" + std::to_string(k) + ".jpg";
        result.records.push_back(std::move(sample));
      }
    }
    return result;
  }

 private:
  const PreparedSet& set_;
  const AugmentedSetOptions& options_;
  const FilePool pool_;
};

void complete(ImageRecord& record, Sample& sample) {
  record.width = sample.image.cols;
  record.height = sample.image.rows;
  record.annotations = std::move(sample.annotations);
}

}  // namespace

void write_augmented_set(const fs::path& dir, const std::string& split, const PreparedSet& set,
                         const AugmentedSetOptions& options, const data::ImportProgress& progress) {
  const Maker maker(set, options);
  data::require_new_folder(dir);
  const fs::path target = data::real_folder(dir);
  const data::StagingFolder staging(target);
  PreparedSet result = maker.unlabelled();
  result.images_dir = staging.path() / "images";
  for (std::size_t first = 0; first < maker.count(); first += chunk) {
    const std::size_t count = std::min(chunk, maker.count() - first);
    base::parallel_for(count, options.threads, [&](std::size_t i) {
      ImageRecord& record = result.records[first + i];
      Sample sample = maker.make(first + i);
      const fs::path file = result.images_dir / record.image;
      fs::create_directories(file.parent_path());
      media::write_mat(file, sample.image);
      complete(record, sample);
    });
    if (progress) progress(first + count, maker.count());
  }
  data::write_prepared(
      staging.path(), split, result,
      "augmented, seed " + std::to_string(options.seed) + ": " + to_toml(options.augment.policy));
  fs::rename(staging.path(), target);
}

void write_augmented_npz(const fs::path& path, const PreparedSet& set,
                         const AugmentedSetOptions& options, const data::ImportProgress& progress) {
  AugmentedSetOptions squares = options;
  squares.augment.square = true;
  const Maker maker(set, squares);
  PreparedSet result = maker.unlabelled();
  std::vector<Sample> made(chunk);
  const auto image = [&](std::size_t index) {
    const std::size_t place = index % chunk;
    if (place == 0) {
      const std::size_t count = std::min(chunk, maker.count() - index);
      base::parallel_for(count, options.threads,
                         [&](std::size_t i) { made[i] = maker.make(index + i); });
    }
    complete(result.records[index], made[place]);
    if (progress) progress(index + 1, maker.count());
    return made[place].image;
  };
  const int side = squares.augment.size;
  data::write_npz(path, result, {side, side, image});
}

}  // namespace faceshot::augment
