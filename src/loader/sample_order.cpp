#include "loader/sample_order.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "base/random.hpp"
#include "faceshot/error.hpp"

namespace faceshot::loader {
namespace {

// Random streams; 0 is the augmentation's.
constexpr std::uint32_t deck_stream = 1;
constexpr std::uint32_t round_stream = 2;

/// Fisher-Yates.
void shuffle(std::span<std::uint32_t> items, base::Random random) {
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[random.below(static_cast<std::uint32_t>(i))]);
  }
}

/// Each set's records, one after the other.
std::vector<std::vector<std::uint32_t>> whole_decks(const std::vector<std::size_t>& sizes) {
  std::vector<std::vector<std::uint32_t>> decks;
  std::uint32_t first = 0;
  for (const std::size_t size : sizes) {
    std::vector<std::uint32_t>& deck = decks.emplace_back(size);
    std::iota(deck.begin(), deck.end(), first);
    first += static_cast<std::uint32_t>(size);
  }
  return decks;
}

}  // namespace

SampleOrder::SampleOrder(const std::vector<std::size_t>& sizes, std::vector<float> weights,
                         std::uint64_t seed)
    : SampleOrder(Decks{whole_decks(sizes)}, std::move(weights), seed) {}

SampleOrder SampleOrder::of_decks(std::vector<std::vector<std::uint32_t>> decks,
                                  std::vector<float> weights, std::uint64_t seed) {
  return {Decks{std::move(decks)}, std::move(weights), seed};
}

SampleOrder::SampleOrder(Decks decks, std::vector<float> weights, std::uint64_t seed)
    : decks_(std::move(decks.of)), seed_(seed) {
  if (weights.empty()) weights.assign(decks_.size(), 1.0F);
  if (weights.size() != decks_.size()) {
    throw Error(ErrorCode::invalid_argument, "loader: " + std::to_string(weights.size()) +
                                                 " weights for " + std::to_string(decks_.size()) +
                                                 " data sets; give one per set, or none");
  }
  for (std::size_t set = 0; set < decks_.size(); ++set) {
    const std::size_t size = decks_[set].size();
    const float weight = weights[set];
    const std::string name =
        "loader: weight " + std::to_string(weight) + " of data set " + std::to_string(set + 1);
    if (!(weight >= 0 && weight <= 1e6F)) {
      throw Error(ErrorCode::invalid_argument, name + " must be between 0 and 1000000");
    }
    const auto quota = static_cast<std::size_t>(
        std::llround(static_cast<double>(weight) * static_cast<double>(size)));
    if (quota == 0 && weight > 0 && size > 0) {
      throw Error(ErrorCode::invalid_argument, name + " rounds to 0 of its " +
                                                   std::to_string(size) +
                                                   " records; raise it, or set it to 0");
    }
    quotas_.push_back(quota);
    round_size_ += quota;
  }
  if (round_size_ == 0) {
    throw Error(ErrorCode::invalid_argument, "loader: the data sets hold no record to train on");
  }
}

std::vector<std::uint32_t> SampleOrder::round(std::uint32_t number) const {
  std::vector<std::uint32_t> result;
  result.reserve(round_size_);
  for (std::size_t set = 0; set < decks_.size(); ++set) {
    const std::size_t size = decks_[set].size();
    std::uint64_t position = std::uint64_t{number} * quotas_[set];
    const std::uint64_t end = position + quotas_[set];
    while (position < end) {
      const std::uint64_t pass = position / size;
      std::vector<std::uint32_t> deck = decks_[set];
      shuffle(deck, base::Random(seed_, static_cast<std::uint32_t>(pass),
                                 static_cast<std::uint32_t>(set), deck_stream));
      const std::uint64_t upto = std::min(end, (pass + 1) * size);
      const auto from = deck.begin() + static_cast<std::ptrdiff_t>(position % size);
      result.insert(result.end(), from, from + static_cast<std::ptrdiff_t>(upto - position));
      position = upto;
    }
  }
  shuffle(result, base::Random(seed_, number, 0, round_stream));
  return result;
}

std::vector<std::uint32_t> SampleOrder::epoch(std::uint32_t epoch, std::size_t length) const {
  std::vector<std::uint32_t> result;
  result.reserve(length);
  std::uint64_t position = std::uint64_t{epoch} * length;
  while (result.size() < length) {
    const auto number = static_cast<std::uint32_t>(position / round_size_);
    const auto records = round(number);
    const std::size_t skip = position % round_size_;
    const std::size_t take = std::min(round_size_ - skip, length - result.size());
    const auto from = records.begin() + static_cast<std::ptrdiff_t>(skip);
    result.insert(result.end(), from, from + static_cast<std::ptrdiff_t>(take));
    position += take;
  }
  return result;
}

}  // namespace faceshot::loader
