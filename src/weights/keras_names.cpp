#include "weights/keras_names.hpp"

#include <charconv>
#include <functional>
#include <map>

namespace faceshot::weights {
namespace {

/// PREFIX NUMBER SUFFIX, the number from 1 to `most`.
std::optional<int> number_between(std::string_view text, std::string_view prefix,
                                  std::string_view suffix, int most) {
  if (text.size() <= prefix.size() + suffix.size() || !text.starts_with(prefix) ||
      !text.ends_with(suffix))
    return std::nullopt;
  text.remove_prefix(prefix.size());
  text.remove_suffix(suffix.size());
  int number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || number < 1 || number > most)
    return std::nullopt;
  return number;
}

using Members = std::map<std::string_view, std::string_view>;

std::optional<std::string> mobilenet_v1(std::string_view layer) {
  constexpr int blocks = 13;
  if (layer == "conv1") return "features.0.0";
  if (layer == "conv1_bn") return "features.0.1";
  static const Members depthwise{{"", ".0"}, {"_bn", ".1"}};
  static const Members pointwise{{"", ".3"}, {"_bn", ".4"}};
  for (const auto& [suffix, member] : depthwise)
    if (const auto block = number_between(layer, "conv_dw_", suffix, blocks))
      return "features." + std::to_string(*block) + std::string(member);
  for (const auto& [suffix, member] : pointwise)
    if (const auto block = number_between(layer, "conv_pw_", suffix, blocks))
      return "features." + std::to_string(*block) + std::string(member);
  return std::nullopt;
}

std::optional<std::string> mobilenet_v2(std::string_view layer) {
  constexpr int blocks = 16;
  static const std::map<std::string, std::string, std::less<>> singles{
      // The first block has no expansion, so its members' indices are one lower.
      {"Conv1", "features.0.0"},
      {"bn_Conv1", "features.0.1"},
      {"expanded_conv_depthwise", "features.1.conv.0.0"},
      {"expanded_conv_depthwise_BN", "features.1.conv.0.1"},
      {"expanded_conv_project", "features.1.conv.1"},
      {"expanded_conv_project_BN", "features.1.conv.2"},
      {"Conv_1", "features.18.0"},
      {"Conv_1_bn", "features.18.1"},
      {"Logits", "classifier.1"},
      {"predictions", "classifier.1"}};
  if (const auto found = singles.find(layer); found != singles.end()) return found->second;
  static const Members members{{"_expand", ".conv.0.0"},    {"_expand_BN", ".conv.0.1"},
                               {"_depthwise", ".conv.1.0"}, {"_depthwise_BN", ".conv.1.1"},
                               {"_project", ".conv.2"},     {"_project_BN", ".conv.3"}};
  for (const auto& [suffix, member] : members)
    if (const auto block = number_between(layer, "block_", suffix, blocks))
      return "features." + std::to_string(*block + 1) + std::string(member);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> keras_layer(std::string_view layer) {
  if (auto v1 = mobilenet_v1(layer)) return v1;
  return mobilenet_v2(layer);
}

std::optional<KerasTarget> keras_target(std::string_view name, std::size_t rank) {
  const auto slash = name.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  std::string_view layer = name.substr(0, slash);
  std::string_view variable = name.substr(slash + 1);
  if (const auto outer = layer.rfind('/'); outer != std::string_view::npos)
    layer.remove_prefix(outer + 1);
  if (variable.ends_with(":0")) variable.remove_suffix(2);
  const auto here = keras_layer(layer);
  const auto member = keras_variable(variable, rank);
  if (!here || !member) return std::nullopt;
  return KerasTarget{*here + "." + member->member, member->layout};
}

}  // namespace faceshot::weights
