#include "common/precision.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <limits>
#include <map>
#include <vector>

#include "common/network_input.hpp"
#include "common/precision_cache.hpp"
#include "faceshot/error.hpp"
#include "faceshot/version.hpp"

namespace faceshot::cli {
namespace {

/// Processor time of this process's threads in milliseconds: other programs do not count.
double processor_time() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

/// The shortest run of each, alternating, so that both run under the same conditions.
PrecisionTimes measure(const std::string& model, const std::string& size, int threads) {
  constexpr int fewest_runs = 3, most_runs = 12;
  constexpr double enough_ms = 500;
  const Network network = Network::load(model);
  const auto declared = network.input_shape(network.inputs().front());
  const bool fixed = declared.size() == 4 && declared[2] > 0 && declared[3] > 0;
  const auto shape = image_shape(network, fixed ? "" : size);
  Session fp32(network, shape, {.threads = threads});
  Session bf16(network, shape, {.threads = threads, .precision = Precision::bf16});
  constexpr double none = std::numeric_limits<double>::infinity();
  PrecisionTimes best{none, none};
  const auto run = [](Session& session, double& shortest) {
    const double start = processor_time();
    session.run();
    shortest = std::min(shortest, processor_time() - start);
  };
  for (Session* const session : {&fp32, &bf16}) {
    fill_with_noise(*session);
    session->run();
  }
  const double start = processor_time();
  for (int i = 0; i < most_runs && (i < fewest_runs || processor_time() - start < enough_ms); ++i) {
    run(fp32, best.fp32);
    run(bf16, best.bf16);
  }
  return best;
}

template <class Choice>
void add_option(CLI::App& command, Choice& choice, const std::map<std::string, Choice>& words,
                const std::string& help) {
  std::vector<std::string> names;
  std::string default_value;
  for (const auto& [name, value] : words) {
    names.push_back(name);
    if (value == choice) default_value = name;
  }
  command
      .add_option_function<std::string>(
          "--precision", [&choice, words](const std::string& word) { choice = words.at(word); },
          help)
      ->check(CLI::IsMember(names))
      ->default_str(default_value);
}

}  // namespace

void add_precision_option(CLI::App& command, PrecisionChoice& choice) {
  add_option<PrecisionChoice>(
      command, choice,
      {{"fp32", PrecisionChoice::fp32},
       {"bf16", PrecisionChoice::bf16},
       {"auto", PrecisionChoice::automatic}},
      "fp32; bf16, for CPUs with bfloat16 instructions; auto: whichever is faster, measured once");
}

void add_precision_option(CLI::App& command, Precision& precision) {
  add_option<Precision>(command, precision, {{"fp32", Precision::fp32}, {"bf16", Precision::bf16}},
                        "fp32; bf16, for CPUs with bfloat16 instructions");
}

Precision precision_for(PrecisionChoice choice, const std::string& model, const std::string& size,
                        int threads) {
  if (choice != PrecisionChoice::automatic)
    return choice == PrecisionChoice::bf16 ? Precision::bf16 : Precision::fp32;
  try {
    if (!has_bf16()) return Precision::fp32;
    return remembered_precision(cache_folder(),
                                {cpu_model(), file_identity(model), FACESHOT_VERSION},
                                [&] { return measure(model, size, threads); });
  } catch (const Error&) {
    return Precision::fp32;
  }
}

void tell_if_missing(Precision precision) {
  if (precision == Precision::bf16 && !has_bf16())
    std::fprintf(
        stderr,
        "faceshot: this CPU has no bfloat16 instructions (AVX512_BF16); computing in fp32\n");
}

const char* precision_name(Precision precision) {
  return precision == Precision::bf16 && has_bf16() ? "bf16" : "fp32";
}

}  // namespace faceshot::cli
