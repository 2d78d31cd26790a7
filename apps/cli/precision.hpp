// The option --precision, where networks run.
#pragma once

#include <CLI/CLI.hpp>

#include "faceshot/network.hpp"

namespace faceshot::cli {

/// "fp32", "bf16" or "auto", which is bf16 where the CPU has it.
/// @param precision receives what was asked for; it must outlive the parsing
void add_precision_option(CLI::App& command, Precision& precision);

/// Says once on stderr if this CPU computes in fp32 although bf16 was asked for.
void tell_if_missing(Precision precision);

/// What is computed in: "fp32" or "bf16".
[[nodiscard]] const char* precision_name(Precision precision);

}  // namespace faceshot::cli
