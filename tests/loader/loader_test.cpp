#include "loader/loader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "augment/image_folder.hpp"
#include "faceshot/error.hpp"

namespace faceshot::loader {
namespace {

using augment::AugmentOptions;

AugmentOptions small() {
  AugmentOptions options;
  options.size = 48;
  return options;
}

LoaderOptions with_workers(int workers) {
  LoaderOptions options;
  options.batch_size = 4;
  options.workers = workers;
  options.prefetch = 3;
  return options;
}

Loader make_loader(const data::PreparedSet& set, const LoaderOptions& options) {
  return Loader({set}, {}, options, small());
}

std::vector<Batch> rest_of_epoch(Loader& loader) {
  std::vector<Batch> batches;
  Batch batch;
  while (loader.next(batch)) batches.push_back(std::exchange(batch, {}));
  return batches;
}

void expect_equal(const std::vector<Batch>& a, const std::vector<Batch>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].count, b[i].count);
    EXPECT_EQ(a[i].size, b[i].size);
    EXPECT_TRUE(a[i].pixels == b[i].pixels) << "pixels of batch " << i;
    EXPECT_EQ(a[i].annotations, b[i].annotations);
    EXPECT_EQ(a[i].records, b[i].records);
  }
}

TEST(Loader, SameBatchesWithOneAndThreeWorkers) {
  const auto set = test::make_image_folder("loader_workers", 23);
  Loader one = make_loader(set, with_workers(1));
  Loader three = make_loader(set, with_workers(3));
  ASSERT_EQ(one.batches_per_epoch(), 5U);
  for (std::uint32_t epoch = 0; epoch < 2; ++epoch) {
    one.start(epoch);
    three.start(epoch);
    const auto batches = rest_of_epoch(one);
    ASSERT_EQ(batches.size(), 5U);
    EXPECT_EQ(batches[0].count, 4);
    EXPECT_EQ(batches[0].size, 48);
    EXPECT_EQ(batches[0].pixels.size(), 4U * 48 * 48 * 3);
    expect_equal(batches, rest_of_epoch(three));
  }
}

TEST(Loader, SameBatchesWithoutWorkers) {
  const auto set = test::make_image_folder("loader_no_workers", 23);
  LoaderOptions alone = with_workers(0);
  alone.threads = 3;
  Loader worker = make_loader(set, with_workers(1));
  Loader caller = make_loader(set, alone);
  for (const std::size_t first : {std::size_t{0}, std::size_t{3}}) {
    worker.start(1, first);
    caller.start(1, first);
    expect_equal(rest_of_epoch(worker), rest_of_epoch(caller));
  }
}

TEST(Loader, PoliciesChangeAsTrainingGoesOn) {
  const auto set = test::make_image_folder("loader_schedule", 8);
  const auto batch_of = [&](const std::string& policy, std::uint32_t epoch, int epochs) {
    AugmentOptions options = small();
    options.policy = augment::parse_policy("policy = [" + policy + "]", "test");
    LoaderOptions how = with_workers(1);
    how.epochs = epochs;
    Loader loader({set}, {}, how, options);
    loader.start(epoch);
    return rest_of_epoch(loader);
  };
  const std::string schedule =
      "{op='schedule', until=[0.5, 1], steps=[{op='flipud'}, {op='brightness', by=[50, 50]}]}";
  for (const std::uint32_t epoch : {0U, 1U})
    expect_equal(batch_of(schedule, epoch, 4), batch_of("{op='flipud'}", epoch, 4));
  for (const std::uint32_t epoch : {2U, 3U})
    expect_equal(batch_of(schedule, epoch, 4), batch_of("{op='brightness', by=[50,50]}", epoch, 4));
  expect_equal(batch_of(schedule, 0, 0), batch_of("{op='brightness', by=[50,50]}", 0, 0));
}

TEST(Loader, OperationsThatMixDoNotDependOnTheWorkersEither) {
  const auto set = test::make_image_folder("loader_mix", 17);
  AugmentOptions mixing = small();
  mixing.policy = augment::parse_policy(
      "policy = [{op='mosaic', p=0.5}, {op='mixup', p=0.3}, {op='copy_paste', p=0.5}, "
      "{op='rand_augment', n=2}, {op='iso_noise'}, {op='rain'}, {op='cutout'}]",
      "mixing");
  Loader one({set}, {}, with_workers(1), mixing);
  Loader three({set}, {}, with_workers(3), mixing);
  one.start(4);
  three.start(4);
  expect_equal(rest_of_epoch(one), rest_of_epoch(three));
}

TEST(Loader, ResumesInMidEpochWithTheSameBatches) {
  const auto set = test::make_image_folder("loader_resume", 23);
  Loader whole = make_loader(set, with_workers(2));
  whole.start(3);
  const auto expected = rest_of_epoch(whole);
  for (const std::size_t first : {std::size_t{2}, std::size_t{4}, std::size_t{5}}) {
    Loader resumed = make_loader(set, with_workers(3));
    resumed.start(3, first);
    expect_equal({expected.begin() + static_cast<std::ptrdiff_t>(first), expected.end()},
                 rest_of_epoch(resumed));
  }
  // The same loader, restarted while batches are being prepared.
  Batch batch;
  whole.start(7);
  ASSERT_TRUE(whole.next(batch));
  whole.start(3, 1);
  expect_equal({expected.begin() + 1, expected.end()}, rest_of_epoch(whole));
}

TEST(Loader, SomeBatchesHoldFewerAndLargerSamples) {
  const auto set = test::make_image_folder("loader_large", 23);
  AugmentOptions options = small();
  options.large_size = 96;
  options.large_share = 0.5F;
  const auto load = [&](int workers, std::uint32_t epoch, std::size_t first) {
    Loader loader({set}, {}, with_workers(workers), options);
    loader.start(epoch, first);
    return rest_of_epoch(loader);
  };
  std::map<int, int> seen;
  for (std::uint32_t epoch = 0; epoch < 8; ++epoch) {
    const auto batches = load(1, epoch, 0);
    ASSERT_EQ(batches.size(), 5U);
    for (const Batch& b : batches) {
      ++seen[b.size];
      EXPECT_EQ(b.count, b.size == 96 ? 1 : 4) << "as many pixels";
      EXPECT_EQ(b.annotations.size(), static_cast<std::size_t>(b.count));
      EXPECT_EQ(b.pixels.size(), static_cast<std::size_t>(b.count * b.size * b.size * 3));
    }
    expect_equal(batches, load(3, epoch, 0));
    expect_equal(batches, load(0, epoch, 0));
    expect_equal({batches.begin() + 2, batches.end()}, load(2, epoch, 2));
  }
  EXPECT_EQ(seen.size(), 2U);
  EXPECT_NEAR(seen[96], 20, 13);  // four standard deviations

  options.large_share = 0;
  expect_equal(load(1, 3, 0), [&] {
    Loader plain = make_loader(set, with_workers(1));
    plain.start(3);
    return rest_of_epoch(plain);
  }());
  options.large_size = 32;
  EXPECT_THROW(Loader({set}, {}, with_workers(1), options), Error) << "smaller than the others";
}

TEST(Loader, ShardsTogetherGiveTheBatchesOfOneLoader) {
  const auto set = test::make_image_folder("loader_shards", 27);
  auto options = with_workers(2);
  options.batch_size = 6;
  Loader whole = make_loader(set, options);
  options.batch_size = 2;
  options.shards = 3;
  std::vector<std::vector<Batch>> parts;
  for (options.shard = 0; options.shard < 3; ++options.shard) {
    Loader part = make_loader(set, options);
    EXPECT_EQ(part.batches_per_epoch(), whole.batches_per_epoch());
    part.start(2, 1);  // in mid-epoch, as after a resume
    parts.push_back(rest_of_epoch(part));
  }
  whole.start(2, 1);
  std::vector<Batch> joined(parts[0].size());
  for (const auto& part : parts) {
    ASSERT_EQ(part.size(), joined.size());
    for (std::size_t b = 0; b < part.size(); ++b) {
      joined[b].count += part[b].count;
      joined[b].size = part[b].size;
      const auto append = [](auto& to, const auto& from) {
        to.insert(to.end(), from.begin(), from.end());
      };
      append(joined[b].pixels, part[b].pixels);
      append(joined[b].annotations, part[b].annotations);
      append(joined[b].records, part[b].records);
    }
  }
  ASSERT_EQ(joined.size(), 3U);
  expect_equal(joined, rest_of_epoch(whole));
}

TEST(Loader, ShardsThatAreNoneAreErrors) {
  const auto set = test::make_image_folder("loader_no_shard", 12);
  auto options = with_workers(1);
  for (const auto& [shard, shards] : {std::pair{2, 2}, {-1, 2}, {0, 0}}) {
    options.shard = shard;
    options.shards = shards;
    EXPECT_THROW(make_loader(set, options), Error) << shard << " of " << shards;
  }
  options.shard = 0;
  options.shards = 4;  // 16 samples per batch, but only 12 records
  EXPECT_THROW(make_loader(set, options), Error);
}

TEST(Loader, SeedsAndEpochsDiffer) {
  const auto set = test::make_image_folder("loader_seeds", 12);
  auto options = with_workers(1);
  Loader a = make_loader(set, options);
  options.seed = 2;
  Loader b = make_loader(set, options);
  a.start(0);
  b.start(0);
  const auto first = rest_of_epoch(a);
  EXPECT_FALSE(first[0].pixels == rest_of_epoch(b)[0].pixels);
  a.start(1);
  EXPECT_FALSE(first[0].pixels == rest_of_epoch(a)[0].pixels);
}

TEST(Loader, SamplesAreThoseOfTheirRecordAndPosition) {
  const auto set = test::make_image_folder("loader_position", 12);
  Loader loader = make_loader(set, with_workers(2));
  loader.start(5);
  const auto batches = rest_of_epoch(loader);
  for (std::uint32_t position = 0; position < 12; ++position) {
    const Batch& batch = batches[position / 4];
    const geometry::ImageRecord& record = set.records[batch.records[position % 4]];
    base::Random random(1, 5, position);
    const augment::Sample sample = augment::augment(
        cv::imread((set.images_dir / record.image).string()), record.annotations, small(), random);
    const std::size_t bytes = 48 * 48 * 3;
    EXPECT_TRUE(
        std::equal(sample.image.data, sample.image.data + bytes,
                   batch.pixels.begin() + static_cast<std::ptrdiff_t>(position % 4 * bytes)));
    EXPECT_EQ(sample.annotations, batch.annotations[position % 4]);
  }
}

TEST(Loader, EveryRecordOnceAnEpochAndSetsByWeight) {
  const auto first = test::make_image_folder("loader_first", 8);
  const auto second = test::make_image_folder("loader_second", 16);
  auto options = with_workers(2);
  Loader loader({first, second}, {1.0F, 0.5F}, options, small());
  ASSERT_EQ(loader.batches_per_epoch(), 4U);
  std::map<std::uint32_t, int> seen;
  for (std::uint32_t epoch = 0; epoch < 2; ++epoch) {
    loader.start(epoch);
    for (const auto& batch : rest_of_epoch(loader)) {
      for (const auto record : batch.records) ++seen[record];
    }
  }
  ASSERT_EQ(seen.size(), 24U);
  for (const auto& [record, times] : seen) EXPECT_EQ(times, record < 8 ? 2 : 1) << record;
}

TEST(Loader, EpochsMayBeLongerThanTheSet) {
  const auto set = test::make_image_folder("loader_long", 5);
  auto options = with_workers(2);
  options.samples_per_epoch = 42;
  Loader loader = make_loader(set, options);
  EXPECT_EQ(loader.batches_per_epoch(), 10U);
  loader.start(0);
  EXPECT_EQ(rest_of_epoch(loader).size(), 10U);
  EXPECT_GE(loader.waited_seconds(), 0);
}

TEST(Loader, ReusesTheBuffersOfTheBatch) {
  const auto set = test::make_image_folder("loader_buffers", 40);
  Loader loader = make_loader(set, with_workers(1));
  loader.start(0);
  Batch batch;
  std::map<const void*, int> buffers;
  while (loader.next(batch)) ++buffers[batch.pixels.data()];
  EXPECT_LE(buffers.size(), 4U);  // three in the ring, one with the consumer
}

TEST(Loader, ACacheTooSmallChangesNothing) {
  const auto set = test::make_image_folder("loader_cache", 12);
  auto options = with_workers(2);
  Loader cached = make_loader(set, options);
  options.cache_mb = 0;
  Loader uncached = make_loader(set, options);
  for (std::uint32_t epoch = 0; epoch < 2; ++epoch) {
    cached.start(epoch);
    uncached.start(epoch);
    expect_equal(rest_of_epoch(cached), rest_of_epoch(uncached));
  }
}

TEST(Loader, AMissingImageIsNamedAndTheRestGoesOn) {
  auto set = test::make_image_folder("loader_missing", 12);
  std::filesystem::remove(set.images_dir / "7.png");
  for (const int workers : {1, 3}) {
    Loader loader = make_loader(set, with_workers(workers));
    loader.start(0);
    int errors = 0;
    int batches = 0;
    Batch batch;
    for (std::size_t i = 0; i < 3; ++i) {
      try {
        ASSERT_TRUE(loader.next(batch));
        ++batches;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::not_found);
        EXPECT_NE(std::string(error.what()).find("7.png"), std::string::npos) << error.what();
        ++errors;
      }
    }
    EXPECT_EQ(errors, 1);
    EXPECT_EQ(batches, 2);
    EXPECT_FALSE(loader.next(batch));
  }
}

TEST(Loader, AnImageOfAnotherSizeThanItsRecordIsAnError) {
  auto set = test::make_image_folder("loader_size", 4);
  std::swap(set.records[2].width, set.records[2].height);
  Loader loader = make_loader(set, with_workers(1));
  loader.start(0);
  Batch batch;
  try {
    loader.next(batch);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::format);
    EXPECT_NE(std::string(error.what()).find("2.png"), std::string::npos) << error.what();
  }
}

TEST(Loader, EndsAndStartsAnewAtAnyMoment) {
  const auto set = test::make_image_folder("loader_ends", 23);
  for (int trial = 0; trial < 60; ++trial) {
    Loader loader = make_loader(set, with_workers(1 + trial % 3));
    Batch batch;
    if (trial % 4 > 0) loader.start(0);
    if (trial % 4 > 1) {
      ASSERT_TRUE(loader.next(batch));
    }
    if (trial % 4 > 2) {
      for (std::uint32_t epoch = 1; epoch < 10; ++epoch) loader.start(epoch);
    }
  }
}

TEST(Loader, RejectsWrongUse) {
  const auto set = test::make_image_folder("loader_wrong", 5);
  const auto rejects = [&](auto change) {
    LoaderOptions options = with_workers(1);
    change(options);
    EXPECT_THROW(make_loader(set, options), Error);
  };
  rejects([](LoaderOptions& o) { o.batch_size = 0; });
  rejects([](LoaderOptions& o) { o.batch_size = 6; });
  rejects([](LoaderOptions& o) { o.workers = -1; });
  rejects([](LoaderOptions& o) { o.prefetch = 0; });
  auto other = set;
  other.classes = {"face", "mask"};
  EXPECT_THROW(Loader({set, other}, {}, with_workers(1), small()), Error);
  AugmentOptions impossible = small();
  impossible.min_visible = -1;
  EXPECT_THROW(Loader({set}, {}, with_workers(1), impossible), Error);

  Loader loader = make_loader(set, with_workers(1));
  Batch batch;
  EXPECT_THROW(loader.next(batch), Error);  // no epoch started
  EXPECT_THROW(loader.start(0, 2), Error);
  loader.start(0, 1);
  EXPECT_FALSE(loader.next(batch));
}

}  // namespace
}  // namespace faceshot::loader
