#include "train/start/training_data.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/random.hpp"
#include "data/prepared/classes.hpp"
#include "faceshot/error.hpp"
#include "train/start/class_names.hpp"

namespace faceshot::train {
namespace {

using data::PreparedSet;
using data::read_prepared;
using data::use_classes;
using geometry::ImageRecord;

constexpr std::uint32_t hold_out_stream = 3;

void append_absolute(PreparedSet& into, const PreparedSet& from, ImageRecord record) {
  record.image = (from.images_dir / record.image).string();
  into.records.push_back(std::move(record));
}

/// Reads sets without faces, which must not be trained on.
void read_negatives(const DataOptions& options, PreparedSet& into) {
  for (const std::string& csv : options.negatives) {
    for (const std::string& trained : options.train) {
      std::error_code ignored;
      if (std::filesystem::equivalent(csv, trained, ignored))
        throw Error(
            ErrorCode::invalid_argument,
            "data.negatives names '" + csv +
                "', which is used for training: hold out a set to count false positives on");
    }
    const PreparedSet set = read_prepared(csv);
    for (const ImageRecord& record : set.records) {
      if (std::any_of(record.annotations.begin(), record.annotations.end(),
                      [](const geometry::Annotation& a) { return !a.ignore; }))
        throw Error(ErrorCode::invalid_argument,
                    "data.negatives: '" + csv + "' has a face in " + record.image +
                        "; false positives are counted on sets without faces");
      append_absolute(into, set, record);
    }
  }
}

/// A network that only sees background learns to detect nothing.
void demand_boxes(const Config& config, const TrainingData& data) {
  const std::vector<std::size_t> boxes = boxes_of_classes(data.train, data.classes.size());
  if (config.data.allow_empty ||
      std::any_of(boxes.begin(), boxes.end(), [](std::size_t count) { return count > 0; }))
    return;
  throw Error(ErrorCode::invalid_argument,
              fmt::format("no image of '{}' has a box of {}: was the set prepared from the right "
                          "annotations? (data.allow_empty=true trains anyway)",
                          fmt::join(config.data.train, "', '"), fmt::join(data.classes, ", ")));
}

}  // namespace

std::size_t TrainingData::train_images() const {
  std::size_t count = 0;
  for (const PreparedSet& set : train) count += set.records.size();
  return count;
}

std::string TrainingData::class_line() const {
  const std::vector<std::size_t> boxes = boxes_of_classes(train, classes.size());
  std::string line = "classes:";
  for (std::size_t c = 0; c < classes.size(); ++c)
    line += fmt::format("{} {} ({} boxes)", c == 0 ? "" : ",", classes[c], boxes[c]);
  return line;
}

TrainingData load_training_data(const Config& config) {
  if (config.data.train.empty())
    throw Error(ErrorCode::invalid_argument,
                "data.train is empty; give the train.csv of a prepared set, as in "
                "data.train=data/wider/train.csv");
  TrainingData data;
  for (const std::string& csv : config.data.train) data.train.push_back(read_prepared(csv));
  data.classes = trained_classes(config.model.classes, data.train);
  for (PreparedSet& set : data.train) use_classes(set, data.classes);
  demand_boxes(config, data);
  for (PreparedSet* const set : {&data.val, &data.test, &data.negatives})
    set->classes = data.classes;
  const auto read_all = [&](const std::vector<std::string>& files, PreparedSet& into) {
    for (const std::string& csv : files) {
      PreparedSet set = read_prepared(csv);
      use_classes(set, data.classes);
      for (const ImageRecord& record : set.records) append_absolute(into, set, record);
    }
  };
  read_all(config.data.test, data.test);
  read_all(config.data.val, data.val);
  read_negatives(config.data, data.negatives);
  if (!config.data.val.empty()) return data;

  for (std::size_t s = 0; s < data.train.size(); ++s) {
    PreparedSet& set = data.train[s];
    base::Random random(config.train.seed, 0, static_cast<std::uint32_t>(s), hold_out_stream);
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
