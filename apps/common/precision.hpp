// The option --precision of commands that run networks.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "faceshot/network.hpp"

namespace faceshot::cli {

/// The user's choice.
enum class PrecisionChoice : std::uint8_t {
  fp32,
  bf16,
  automatic,  ///< whichever is faster with this network on this CPU
};

/// "fp32", "bf16" or "auto".
/// @param choice receives the choice; it must outlive the parsing
void add_precision_option(CLI::App& command, PrecisionChoice& choice);

/// "fp32" or "bf16", for results that must not depend on the machine.
void add_precision_option(CLI::App& command, Precision& precision);

/// The precision to use. The first time that "auto" is used, the network is run a few times in
/// both; the result is kept in the user's cache folder (precision_cache.hpp), for this CPU model,
/// file and version of FaceShot. fp32 if that fails, for example for a file that is not a network:
/// whatever runs the network will report it.
/// @param model path of the ONNX file
/// @param size  of the image, as "640x480"; networks of fixed size are measured at that size
[[nodiscard]] Precision precision_for(PrecisionChoice choice, const std::string& model,
                                      const std::string& size, int threads);

/// Says once on stderr if this CPU computes in fp32 although bf16 was requested.
void tell_if_missing(Precision precision);

/// Name of a precision: "fp32" or "bf16".
[[nodiscard]] const char* precision_name(Precision precision);

}  // namespace faceshot::cli
