// The option --precision of commands that run networks.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "faceshot/network.hpp"

namespace faceshot::cli {

/// What is asked for.
enum class PrecisionChoice : std::uint8_t {
  fp32,
  bf16,
  automatic,  ///< whichever is faster with this network on this CPU
};

/// "fp32", "bf16" or "auto".
/// @param choice receives what was asked for; it must outlive the parsing
void add_precision_option(CLI::App& command, PrecisionChoice& choice);

/// "fp32" or "bf16", where results must not depend on the machine.
void add_precision_option(CLI::App& command, Precision& precision);

/// The precision to compute in. The first time that the faster one is asked for, the network is run
/// a few times in both; what came of it is kept in the user's cache folder (precision_cache.hpp),
/// for this CPU model, file and version of FaceShot. fp32 where that cannot be found out, as with a
/// file that is not a network: it is for whoever runs it to say so.
/// @param model path of the ONNX file
/// @param size  of the image, as "640x480"; networks made for one size are measured at that
[[nodiscard]] Precision precision_for(PrecisionChoice choice, const std::string& model,
                                      const std::string& size, int threads);

/// Says once on stderr if this CPU computes in fp32 although bf16 was asked for.
void tell_if_missing(Precision precision);

/// What is computed in: "fp32" or "bf16".
[[nodiscard]] const char* precision_name(Precision precision);

}  // namespace faceshot::cli
