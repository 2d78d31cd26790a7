#include "train/start/training_data.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "faceshot/error.hpp"
#include "faceshot/random.hpp"

namespace faceshot::train {
namespace {

using data::PreparedSet;
using data::read_prepared;
using geometry::ImageRecord;

constexpr std::uint32_t hold_out_stream = 3;

void append_absolute(PreparedSet& into, const PreparedSet& from, ImageRecord record) {
  record.image = (from.images_dir / record.image).string();
  into.records.push_back(std::move(record));
}

/// Sets without faces, of which nothing is trained on.
void read_negatives(const DataOptions& options, PreparedSet& into) {
  for (const std::string& csv : options.negatives) {
    for (const std::string& trained : options.train) {
      std::error_code ignored;
      if (std::filesystem::equivalent(csv, trained, ignored))
        throw Error(ErrorCode::invalid_argument,
                    "data.negatives names '" + csv +
                        "', which is trained on: keep a set out to count false alarms on");
    }
    const PreparedSet set = read_prepared(csv);
    for (const ImageRecord& record : set.records) {
      if (std::any_of(record.annotations.begin(), record.annotations.end(),
                      [](const geometry::Annotation& a) { return !a.ignore; }))
        throw Error(ErrorCode::invalid_argument,
                    "data.negatives: '" + csv + "' has a face in " + record.image +
                        "; false alarms are counted on sets without faces");
      append_absolute(into, set, record);
    }
  }
}

}  // namespace

std::size_t TrainingData::train_images() const {
  std::size_t count = 0;
  for (const PreparedSet& set : train) count += set.records.size();
  return count;
}

TrainingData load_training_data(const Config& config) {
  if (config.data.train.empty())
    throw Error(ErrorCode::invalid_argument,
                "data.train names no set; give the train.csv of a prepared set, as in "
                "data.train=data/wider/train.csv");
  TrainingData data;
  for (const std::string& csv : config.data.train) data.train.push_back(read_prepared(csv));
  const auto read_all = [](const std::vector<std::string>& files, PreparedSet& into) {
    for (const std::string& csv : files) {
      const PreparedSet set = read_prepared(csv);
      for (const ImageRecord& record : set.records) append_absolute(into, set, record);
    }
  };
  read_all(config.data.test, data.test);
  read_all(config.data.val, data.val);
  read_negatives(config.data, data.negatives);
  if (!config.data.val.empty()) return data;

  for (std::size_t s = 0; s < data.train.size(); ++s) {
    PreparedSet& set = data.train[s];
    Random random(config.train.seed, 0, static_cast<std::uint32_t>(s), hold_out_stream);
    std::vector<ImageRecord> kept;
    for (ImageRecord& record : set.records) {
      if (random.chance(config.data.val_fraction))
        append_absolute(data.val, set, std::move(record));
      else
        kept.push_back(std::move(record));
    }
    set.records = std::move(kept);
  }
  return data;
}

}  // namespace faceshot::train
