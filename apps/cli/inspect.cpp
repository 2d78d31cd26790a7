// faceshot inspect
#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "common/console.hpp"
#include "common/model_file.hpp"
#include "common/network_input.hpp"
#include "engine/graph/graph_summary.hpp"
#include "engine/onnx/onnx_reader.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"
#include "faceshot/model_info.hpp"
#include "faceshot/network.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct InspectArguments {
  std::string model, size;
  bool graph = false, json = false;
};

struct NamedShape {
  std::string name;
  std::vector<std::int64_t> declared, shape;  ///< shape: at the inspected size
};

struct LevelSummary {
  PriorLevel level;
  FeatureSize feature;
  std::size_t count = 0;
};

struct Inspection {
  fs::path file;
  std::uintmax_t file_bytes = 0;
  std::string graph_name;
  NamedShape input;
  std::vector<NamedShape> outputs;
  std::map<std::string, std::string> metadata;
  std::vector<engine::NodeSummary> nodes;
  std::size_t parameters = 0, memory = 0, steps = 0;
  double flop = 0;
  std::optional<ModelInfo> info;
  std::vector<LevelSummary> levels;
};

std::vector<std::byte> bytes_of(const fs::path& file) {
  if (fs::is_directory(file))
    throw Error(ErrorCode::invalid_argument,
                "'" + file.string() + "' is a folder; give an ONNX file");
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error(ErrorCode::not_found, "model file '" + file.string() + "' cannot be read");
  std::vector<char> text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// Advice for a file of another kind, recognised by its name.
std::string advice_for(const fs::path& file) {
  const std::string extension = file.extension().string();
  if (extension == ".pt" || extension == ".pth")
    return "; `faceshot export` converts a checkpoint to ONNX, `faceshot weights` lists its "
           "weights";
  if (extension == ".h5" || extension == ".hdf5" || extension == ".safetensors" ||
      extension == ".npz" || extension == ".npy")
    return "; `faceshot weights` lists the arrays in such files";
  return "; give an ONNX file written by `faceshot export`, PyTorch or another program";
}

/// Grid size of a level: its map's or, if the network names none, size / step rounded up.
FeatureSize feature_size(const ModelInfo& info, std::size_t level, const Session& session,
                         const std::vector<std::int64_t>& input) {
  if (info.features.empty()) {
    const auto step = static_cast<std::int64_t>(info.priors.levels[level].step);
    return {static_cast<int>((input[3] + step - 1) / step),
            static_cast<int>((input[2] + step - 1) / step)};
  }
  const auto map = session.tensor_shape(info.features[level]);
  if (map.size() != 4)
    throw Error(ErrorCode::format,
                "the model's feature '" + info.features[level] + "' is not a feature map");
  return {static_cast<int>(map[3]), static_cast<int>(map[2])};
}

Inspection inspect(const InspectArguments& a) {
  Inspection result;
  result.file = model_file(a.model);
  const auto bytes = bytes_of(result.file);
  result.file_bytes = bytes.size();
  engine::Graph graph;
  try {
    graph = engine::read_onnx(bytes, {result.file.string(), result.file.parent_path()});
  } catch (const Error& e) {
    if (e.code() != ErrorCode::format) throw;
    throw Error(e.code(), e.what() + advice_for(result.file));
  }
  const Network network = Network::from_bytes(bytes, result.file.string());
  const auto shape = image_shape(network, a.size);
  const Session session(network, shape);
  result.graph_name = graph.name;
  result.metadata = network.metadata();
  const std::string& input = network.inputs().front();
  result.input = {input, network.input_shape(input), shape};
  for (const std::string& name : network.outputs()) {
    const auto of_output = session.output(name).shape;
    result.outputs.push_back({name, {}, {of_output.begin(), of_output.end()}});
  }
  result.nodes = engine::summarise(graph, shape);
  for (const engine::NodeSummary& node : result.nodes) {
    result.parameters += node.parameters;
    result.flop += node.flop;
  }
  result.memory = session.memory_bytes();
  result.steps = session.steps().size();
  try {
    result.info = ModelInfo::of(network, result.file.string());
  } catch (const Error& e) {
    // Any file may be inspected, unless it claims to be ours.
    if (result.metadata.contains("faceshot.name")) throw;
    return result;
  }
  for (std::size_t l = 0; l < result.info->priors.levels.size(); ++l) {
    LevelSummary& level = result.levels.emplace_back();
    level.level = result.info->priors.levels[l];
    level.feature = feature_size(*result.info, l, session, shape);
    level.count = static_cast<std::size_t>(level.feature.width) *
                  static_cast<std::size_t>(level.feature.height) * level.level.priors_per_cell();
  }
  return result;
}

/// "1x3x?x?": an unknown dimension is a question mark.
std::string text_of(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const auto d : shape) text += (text.empty() ? "" : "x") + (d < 0 ? "?" : std::to_string(d));
  return text.empty() ? "number" : text;
}

std::string text_of(const std::vector<float>& values) {
  std::string text;
  for (const float v : values)
    text += fmt::format("{}{:g}", text.empty() ? "" : " ", static_cast<double>(v));
  return text;
}

/// Metadata may be long (a whole training config) and have several lines.
std::string one_line(std::string text) {
  constexpr std::size_t most = 76;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text.size() <= most ? text : text.substr(0, most - 3) + "...";
}

struct OperatorSummary {
  std::size_t nodes = 0, parameters = 0;
  double flop = 0;
};

std::map<std::string, OperatorSummary> by_operator(const Inspection& r) {
  std::map<std::string, OperatorSummary> operators;
  for (const engine::NodeSummary& node : r.nodes) {
    OperatorSummary& sum = operators[node.kind];
    ++sum.nodes;
    sum.parameters += node.parameters;
    sum.flop += node.flop;
  }
  return operators;
}

const char* head_text(HeadType head) {
  switch (head) {
    case HeadType::ssd:
      return "SSD, boxes from priors";
    case HeadType::yunet:
      return "YuNet";
    case HeadType::scrfd:
      return "SCRFD";
    case HeadType::ultraface:
      return "UltraFace";
  }
  return "";
}

/// A detector's default threshold; the lowest if each class has its own.
float threshold_of(const ModelInfo& info) {
  if (!info.class_thresholds.empty())
    return *std::min_element(info.class_thresholds.begin(), info.class_thresholds.end());
  return info.default_threshold.value_or(default_score_threshold);
}

/// The float nearest to 0.45 is not 0.45 in double.
double rounded(float threshold) { return std::round(1e6 * static_cast<double>(threshold)) / 1e6; }

void print_detector(const ModelInfo& info) {
  const bool by_class = !info.class_thresholds.empty();
  std::printf("\ndetector: %s%s, score threshold %g%s\n", head_text(info.head),
              info.has_landmarks() ? ", with landmarks" : "",
              static_cast<double>(threshold_of(info)),
              by_class                 ? " and up, by class"
              : info.default_threshold ? ""
                                       : " (not set in the file)");
  if (info.classes.size() < 2) return;
  std::string names;
  for (std::size_t c = 0; c < info.classes.size(); ++c) {
    names += (c == 0 ? "" : ", ") + info.classes[c];
    if (by_class) names += fmt::format(" ({:g})", rounded(info.class_thresholds[c]));
  }
  std::printf("classes: %s%s\n", names.c_str(), info.one_label ? "; one class per box" : "");
}

void print_priors(const Inspection& r) {
  const ModelInfo& info = *r.info;
  std::printf(
      "\npriors: offset %g, variances %g %g %g %g%s\n", static_cast<double>(info.priors.offset),
      static_cast<double>(info.priors.variances[0]), static_cast<double>(info.priors.variances[1]),
      static_cast<double>(info.priors.variances[2]), static_cast<double>(info.priors.variances[3]),
      info.priors.clip ? ", clipped" : "");
  std::printf("  %5s %9s %6s %8s  %s\n", "level", "map", "step", "priors", "sizes");
  std::size_t all = 0;
  for (std::size_t l = 0; l < r.levels.size(); ++l) {
    const LevelSummary& level = r.levels[l];
    all += level.count;
    std::string sizes = text_of(level.level.min_sizes);
    if (!level.level.max_sizes.empty()) sizes += ", up to " + text_of(level.level.max_sizes);
    if (!level.level.aspect_ratios.empty())
      sizes += ", aspect ratios " + text_of(level.level.aspect_ratios) +
               (level.level.flip ? " and inverse" : "");
    // A step of 0 means that of the map's cells.
    const double step = level.level.step > 0
                            ? static_cast<double>(level.level.step)
                            : static_cast<double>(r.input.shape[3]) / level.feature.width;
    std::printf("  %5zu %4dx%-4d %6g %8zu  %s\n", l + 1, level.feature.width, level.feature.height,
                step, level.count, sizes.c_str());
  }
  std::printf("  %5s %9s %6s %8zu\n", "all", "", "", all);
}

void print_graph(const Inspection& r) {
  std::size_t width = 8;
  for (const engine::NodeSummary& node : r.nodes) width = std::max(width, node.operation.size());
  std::printf("\nnodes:\n");
  for (std::size_t n = 0; n < r.nodes.size(); ++n) {
    const engine::NodeSummary& node = r.nodes[n];
    std::string from;
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      from += (i == 0 ? "" : ", ") + node.inputs[i] + " " + text_of(node.input_shapes[i]);
    std::printf("%4zu  %-*s  %s -> %s %s  (%s)\n", n + 1, static_cast<int>(width),
                node.operation.c_str(), from.c_str(), node.output.c_str(),
                text_of(node.output_shape).c_str(), node.name.c_str());
  }
}

void print(const Inspection& r, bool graph) {
  std::printf("%s: %.1f kB, graph '%s'\n\n", r.file.c_str(),
              static_cast<double>(r.file_bytes) * 1e-3, r.graph_name.c_str());
  std::printf("input   %s  %s\n", r.input.name.c_str(), text_of(r.input.declared).c_str());
  std::printf("at      %lldx%lld (width x height)\n", static_cast<long long>(r.input.shape[3]),
              static_cast<long long>(r.input.shape[2]));
  for (const NamedShape& output : r.outputs)
    std::printf("output  %s  %s\n", output.name.c_str(), text_of(output.shape).c_str());

  std::printf("\n  %-20s %6s %11s %10s\n", "operator", "nodes", "parameters", "MFLOP");
  const auto row = [](const std::string& name, const OperatorSummary& sum) {
    std::printf("  %-20s %6zu %11zu %10.2f\n", name.c_str(), sum.nodes, sum.parameters,
                sum.flop * 1e-6);
  };
  for (const auto& [name, sum] : by_operator(r)) row(name, sum);
  row("all", {r.nodes.size(), r.parameters, r.flop});
  std::printf(
      "\n%.2f million multiply-adds (a FLOP counts each multiplication and addition); planned as "
      "%zu steps\nin %.1f MB of memory on one thread.\n",
      r.flop * 0.5e-6, r.steps, static_cast<double>(r.memory) * 1e-6);

  if (!r.metadata.empty()) std::printf("\nmetadata:\n");
  for (const auto& [key, value] : r.metadata)
    std::printf("  %-24s %s\n", one_line(key).c_str(), one_line(value).c_str());
  if (r.info) print_detector(*r.info);
  if (!r.levels.empty()) print_priors(r);
  if (graph) print_graph(r);
}

ordered_json json_of(const Inspection& r, bool graph) {
  ordered_json document{
      {"file", r.file.string()},
      {"bytes", r.file_bytes},
      {"graph", r.graph_name},
      {"input",
       {{"name", r.input.name}, {"declared", r.input.declared}, {"shape", r.input.shape}}}};
  for (const NamedShape& output : r.outputs)
    document["outputs"].push_back({{"name", output.name}, {"shape", output.shape}});
  for (const auto& [name, sum] : by_operator(r))
    document["operators"][name] = {
        {"nodes", sum.nodes}, {"parameters", sum.parameters}, {"flop", sum.flop}};
  document["parameters"] = r.parameters;
  document["flop"] = r.flop;
  document["multiply_adds"] = r.flop / 2;
  document["steps"] = r.steps;
  document["memory_bytes"] = r.memory;
  document["metadata"] = r.metadata;
  if (r.info) {
    document["detector"] = head_text(r.info->head);
    document["score_threshold"] = rounded(threshold_of(*r.info));
    for (const float threshold : r.info->class_thresholds)
      document["class_thresholds"].push_back(rounded(threshold));
  }
  if (r.info && r.info->classes.size() > 1) document["classes"] = r.info->classes;
  for (const LevelSummary& level : r.levels)
    document["priors"].push_back({{"width", level.feature.width},
                                  {"height", level.feature.height},
                                  {"step", level.level.step},
                                  {"min_sizes", level.level.min_sizes},
                                  {"max_sizes", level.level.max_sizes},
                                  {"aspect_ratios", level.level.aspect_ratios},
                                  {"count", level.count}});
  if (graph)
    for (const engine::NodeSummary& node : r.nodes)
      document["nodes"].push_back({{"operator", node.operation},
                                   {"name", node.name},
                                   {"inputs", node.inputs},
                                   {"input_shapes", node.input_shapes},
                                   {"output", node.output},
                                   {"output_shape", node.output_shape},
                                   {"parameters", node.parameters},
                                   {"flop", node.flop}});
  return document;
}

int run(const InspectArguments& a) {
  const Inspection result = inspect(a);
  if (a.json)
    std::cout
        << json_of(result, a.graph).dump(1, ' ', false, ordered_json::error_handler_t::replace)
        << "\n";
  else
    print(result, a.graph);
  return exit_ok;
}

}  // namespace

void add_inspect(CLI::App& app, int& exit_code) {
  auto a = std::make_shared<InspectArguments>();
  CLI::App* const command = app.add_subcommand("inspect", "Show what is in an ONNX file");
  command->add_option("model", a->model, model_help);
  command->add_option(
      "--size", a->size,
      "Input size to report for, WIDTHxHEIGHT; default: the file's own, or 640x480");
  command->add_flag("--graph", a->graph, "List every node with its shapes");
  command->add_flag("--json", a->json, "Print JSON instead of text");
  command->footer(
      "Inputs, outputs, operators, parameters, multiply-adds, memory, metadata and priors.\n"
      "Example:\n  faceshot inspect model.onnx --size 320x240 --graph");
  command->callback([a, &exit_code] { exit_code = guarded([&] { return run(*a); }); });
}

}  // namespace faceshot::cli
