#include "train/distributed/same_run.hpp"

#include <array>
#include <cstdint>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::train {
namespace {

/// FNV-1a (Fowler, Noll and Vo), 64 bits.
std::uint64_t hash(const std::string& text) {
  std::uint64_t h = 14695981039346656037U;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return h;
}

}  // namespace

void demand_same_run(ProcessGroup& group, const std::string& what) {
  std::array<std::uint8_t, 8> own{};
  for (std::size_t i = 0; i < own.size(); ++i)
    own[i] = static_cast<std::uint8_t>(hash(what) >> (8 * i));
  auto first = own;
  group.broadcast(first);
  std::vector<float> differs(static_cast<std::size_t>(group.size()));
  differs[static_cast<std::size_t>(group.rank())] = own == first ? 0 : 1;
  group.sum(differs);
  std::string ranks;
  for (std::size_t rank = 0; rank < differs.size(); ++rank)
    if (differs[rank] > 0) ranks.append(ranks.empty() ? "" : ", ").append(std::to_string(rank));
  if (!ranks.empty())
    throw Error(ErrorCode::invalid_argument,
                "several processes: the config, the data or the checkpoint of rank " + ranks +
                    " differs from rank 0's: give all processes the same command, the same data "
                    "under the same paths and, to resume, the same last.pt");
}

}  // namespace faceshot::train
