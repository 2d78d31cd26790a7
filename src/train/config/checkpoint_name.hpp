// Names of checkpoints that hold an epoch each: "epoch-{epoch:03}.pt" -> "epoch-007.pt".
#pragma once

#include <string>
#include <string_view>

namespace faceshot::train {

/// Puts the epoch for {epoch}, or filled up with zeros to a width for {epoch:WIDTH}.
/// @param pattern as check_checkpoint_pattern() accepts it
[[nodiscard]] std::string checkpoint_name(std::string_view pattern, int epoch);

/// @throws Error(invalid_argument) for a pattern without {epoch}, with a folder in it, with another
///         ending than .pt, or a width of more than one digit
void check_checkpoint_pattern(std::string_view pattern);

}  // namespace faceshot::train
