// From the weights of a network to those of a wider and deeper one that computes the same, so that
// what the small one has learned is kept. No Torch here.
#pragma once

#include <string>
#include <vector>

#include "network/network_spec.hpp"
#include "weights/match_report.hpp"
#include "weights/weights.hpp"

namespace faceshot::train {

/// Enlarges the arrays of a file that are smaller than the network's of the same name: the file's
/// values come first in each dimension; new elements have the values in `own`, except that they are
/// zero where an old output would read a new input. So the old channels are unchanged, whatever the
/// new ones contain. (Chen et al. 2016, "Net2Net", preserve the function by duplicating channels,
/// which noise then has to separate.)
/// @param own  the network's initial weights and BatchNorm statistics
/// @param arrays  of the file; arrays with another number of dimensions, or larger in one, stay
/// @return the enlarged arrays, in the order of `arrays`
/// @throws Error(invalid_argument) for a network with concatenated maps or max-out, whose old
///   channels would not come first
std::vector<weights::MatchReport::Grown> grow_arrays(const network::NetworkSpec& spec,
                                                     const weights::Weights& own,
                                                     std::vector<weights::NamedArray>& arrays);

/// The BatchNorm layers at the end of residual branches that the file lacks entirely. With a weight
/// of zero such a branch adds nothing at first, but its gradient is not zero.
[[nodiscard]] std::vector<std::string> new_branches(const network::NetworkSpec& spec,
                                                    const std::vector<weights::NamedArray>& arrays);

/// Refuses a start that would not compute what the file does.
/// @param report  of match_weights() on the enlarged arrays
/// @param branches  of new_branches(), whose layers alone may be missing in the file
/// @throws Error(invalid_argument) if a part of the file does not fit, or another layer is missing;
///   names the first such array
void require_whole_function(const network::NetworkSpec& spec, const weights::MatchReport& report,
                            const std::vector<std::string>& branches);

}  // namespace faceshot::train
