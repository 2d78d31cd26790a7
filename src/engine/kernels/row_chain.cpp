#include "engine/kernels/row_chain.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "engine/kernels/row_kernels.hpp"

namespace faceshot::engine {
namespace {

/// Rings and the rows around them should fit into the second-level cache, with room to spare.
constexpr std::int64_t ring_budget_floats = 96 * 1024;
constexpr std::int64_t largest_band = 8;

/// Maximum number of links in walk(); the pass that makes chains keeps them shorter.
constexpr std::size_t most_links = 32;

/// Leaves AMX's tiles as it found them, also if making a row throws.
class TileRelease {
 public:
  explicit TileRelease(const RowKernels& kernels) : release_(kernels.release_tiles) {}
  ~TileRelease() {
    if (release_ != nullptr) release_();
  }
  TileRelease(const TileRelease&) = delete;
  TileRelease& operator=(const TileRelease&) = delete;

 private:
  void (*release_)();
};

std::size_t on_cache_lines(std::int64_t floats) {
  return (static_cast<std::size_t>(floats) + 15) / 16 * 16;
}

}  // namespace

RowChain::RowChain(std::vector<Link> links, std::int64_t in_row_floats, int parts, base::Isa level)
    : links_(std::move(links)), in_row_floats_(in_row_floats), parts_(parts), level_(level) {
  assert(!links_.empty() && links_.size() <= most_links);
  assert(parts_ >= 1);
  for (const Link& link : links_)
    stage_scratch_ = std::max(
        stage_scratch_, on_cache_lines(static_cast<std::int64_t>(link.stage->scratch_floats())));
  choose_band();
  scratch_floats_ = stage_scratch_;
  for (std::size_t l = 0; l < rings_.size(); ++l) {
    offsets_.push_back(scratch_floats_);
    scratch_floats_ += on_cache_lines(rings_[l] * links_[l].out_row_floats);
  }
}

template <class Compute>
void RowChain::walk(int part, std::int64_t band, const Compute& compute) const {
  const std::size_t count = links_.size();
  const std::int64_t height = links_.back().stage->walk().out_height;
  const std::int64_t begin = height * part / parts_, end = height * (part + 1) / parts_;
  if (begin == end) return;
  std::int64_t done[most_links], wanted[most_links];
  done[count - 1] = begin;
  for (std::size_t l = count - 1; l > 0; --l)
    done[l - 1] = links_[l].stage->needs({done[l], links_[l].stage->walk().out_height}).begin;
  for (std::int64_t y = begin; y < end; y += band) {
    wanted[count - 1] = std::min(y + band, end);
    for (std::size_t l = count - 1; l > 0; --l)
      wanted[l - 1] = std::max(done[l - 1], links_[l].stage->needs({done[l], wanted[l]}).end);
    for (std::size_t l = 0; l < count; ++l) {
      if (wanted[l] > done[l]) compute(l, RowRange{done[l], wanted[l]});
      done[l] = wanted[l];
    }
  }
}

std::vector<std::int64_t> RowChain::ring_rows(std::int64_t band) const {
  std::vector<std::int64_t> rings(links_.size() - 1, 1);
  for (int part = 0; part < parts_; ++part)
    walk(part, band, [&](std::size_t l, RowRange rows) {
      if (l == 0) return;
      // The end of the previous stage's last rows is at or beyond the end of what this one needs.
      const RowRange needs = links_[l].stage->needs(rows);
      rings[l - 1] = std::max(rings[l - 1], needs.end - needs.begin);
    });
  return rings;
}

void RowChain::choose_band() {
  for (band_ = largest_band;; band_ /= 2) {
    rings_ = ring_rows(band_);
    std::int64_t floats = 0;
    for (std::size_t l = 0; l < rings_.size(); ++l) floats += rings_[l] * links_[l].out_row_floats;
    if (floats <= ring_budget_floats || band_ == 1) return;
  }
}

void RowChain::run(const Buffers& buffers, int part, int worker) const {
  assert(part >= 0 && part < parts_);
  const TileRelease release(row_kernels(level_));
  float* const scratch = buffers.scratch + static_cast<std::size_t>(worker) * scratch_floats_;
  const auto ring = [&](std::size_t l) {
    return RowBuffer<float>{scratch + offsets_[l], links_[l].out_row_floats, rings_[l]};
  };
  walk(part, links_.size() == 1 ? links_.front().stage->walk().out_height : band_,
       [&](std::size_t l, RowRange rows) {
         const RowStage& stage = *links_[l].stage;
         assert(rows.begin < rows.end && rows.end <= stage.walk().out_height);
         // The rows that the stage reads are in the ring before it: computed, and not yet
         // overwritten.
         assert(l == 0 || stage.needs(rows).end - stage.needs(rows).begin <= rings_[l - 1]);
         RowStage::Buffers b;
         b.scratch = scratch;
         if (l == 0) {
           b.in = {buffers.in, in_row_floats_, stage.walk().in_height};
           b.rows = buffers.rows == nullptr ? nullptr : *buffers.rows;
           b.worker = worker;
         } else {
           const RowBuffer<float> before = ring(l - 1);
           b.in = {before.base, before.row_floats, before.kept};
         }
         if (links_[l].adds == Link::Adds::input) b.addend = b.in;
         if (links_[l].adds == Link::Adds::outside)
           b.addend = {buffers.addends[l], links_[l].addend_row_floats, links_[l].addend_height};
         if (l + 1 == links_.size())
           b.out = {buffers.out, links_[l].out_row_floats, stage.walk().out_height};
         else
           b.out = ring(l);
         stage.run(b, rows);
       });
}

std::size_t RowChain::weight_bytes() const {
  std::size_t sum = 0;
  for (const Link& link : links_) sum += link.stage->weight_bytes();
  return sum;
}

std::string RowChain::kernel() const {
  const char* const levels[] = {"baseline", "avx2", "avx512", "avx512"};
  const bool narrow = std::any_of(links_.begin(), links_.end(), [](const Link& link) {
    return link.stage->multiplies_bfloat16();
  });
  if (narrow && row_kernels(level_).release_tiles != nullptr) return "rows:amx_bf16";
  return std::string("rows:") + levels[static_cast<int>(level_)] + (narrow ? "_bf16" : "");
}

}  // namespace faceshot::engine
