#include "cli/precision.hpp"

#include <cstdio>
#include <string>

namespace faceshot::cli {

void add_precision_option(CLI::App& command, Precision& precision) {
  command
      .add_option_function<std::string>(
          "--precision",
          [&precision](const std::string& word) {
            const bool narrow = word == "bf16" || (word == "auto" && has_bf16());
            precision = narrow ? Precision::bf16 : Precision::fp32;
          },
          "fp32; bf16, faster on CPUs that multiply bfloat16; auto: bf16 on those")
      ->check(CLI::IsMember({"fp32", "bf16", "auto"}))
      ->default_str("fp32");
}

void tell_if_missing(Precision precision) {
  if (precision == Precision::bf16 && !has_bf16())
    std::fprintf(
        stderr, "faceshot: this CPU does not multiply bfloat16 (AVX512_BF16): computing in fp32\n");
}

const char* precision_name(Precision precision) {
  return precision == Precision::bf16 && has_bf16() ? "bf16" : "fp32";
}

}  // namespace faceshot::cli
