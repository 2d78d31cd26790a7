// Names of checkpoints of single epochs: "epoch-{epoch:03}.pt" -> "epoch-007.pt".
#pragma once

#include <string>
#include <string_view>

namespace faceshot::train {

/// Replaces {epoch} by the epoch, and {epoch:WIDTH} by the epoch with leading zeros.
/// @param pattern accepted by check_checkpoint_pattern()
[[nodiscard]] std::string checkpoint_name(std::string_view pattern, int epoch);

/// @throws Error(invalid_argument) for a pattern without {epoch}, with a folder, with an extension
///         other than .pt, or a width of more than one digit
void check_checkpoint_pattern(std::string_view pattern);

}  // namespace faceshot::train
