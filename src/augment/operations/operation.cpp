#include "augment/operations/operation.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

#include "augment/operations/families.hpp"
#include "base/nearest_name.hpp"
#include "faceshot/error.hpp"

namespace faceshot::augment {

std::string number_text(float value) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

std::string value_text(const ParameterInfo& info, float value) {
  return info.words.empty() ? number_text(value)
                            : '"' + std::string(info.words[static_cast<std::size_t>(value)]) + '"';
}

const std::vector<OperationInfo>& operations() {
  static const std::vector<OperationInfo> table = [] {
    std::vector<OperationInfo> all;
    for (const auto family : {combinators, geometric_operations, crop_operations, color_operations,
                              pixel_operations, occlusion_operations, mixing_operations}) {
      auto part = family();
      std::move(part.begin(), part.end(), std::back_inserter(all));
    }
    return all;
  }();
  return table;
}

const OperationInfo& find_operation(std::string_view name) {
  const auto& all = operations();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& info) { return info.name == name; });
  if (found != all.end()) return *found;
  std::vector<std::string> names;
  for (const auto& info : all) names.emplace_back(info.name);
  throw Error(ErrorCode::invalid_argument,
              "unknown op '" + std::string(name) + "'; did you mean '" +
                  base::nearest_name(name, names) + "'? (faceshot augment ops lists all)");
}

Step::Step(const OperationInfo& info) : operation(&info) {
  for (const auto& parameter : info.parameters) parameters.push_back(parameter.initial);
}

const Parameter& Step::operator[](std::string_view name) const {
  const auto& infos = operation->parameters;
  const auto found =
      std::find_if(infos.begin(), infos.end(), [&](const auto& info) { return info.name == name; });
  if (found == infos.end())
    throw std::logic_error(std::string(operation->name) + " has no parameter " + std::string(name));
  return parameters[static_cast<std::size_t>(found - infos.begin())];
}

int Step::draw_whole(std::string_view name, base::Random& random) const {
  const Parameter& parameter = (*this)[name];
  if (parameter.kind() != Parameter::Kind::range)
    return static_cast<int>(std::lround(parameter.draw(random)));
  // Both ends included, all values equally likely.
  const auto low = static_cast<int>(std::lround(parameter.values()[0]));
  const auto high = static_cast<int>(std::lround(parameter.values()[1]));
  return low + static_cast<int>(random.below(static_cast<std::uint32_t>(high - low + 1)));
}

Step with_strength(const Step& step, float strength) {
  Step scaled = step;
  for (std::size_t i = 0; i < scaled.parameters.size(); ++i) {
    const ParameterInfo& info = step.operation->parameters[i];
    if (std::isnan(info.neutral)) continue;
    const auto move = [&](float value) {
      const float moved = info.neutral + (value - info.neutral) * strength;
      return std::clamp(info.is_integer ? std::round(moved) : moved, info.low, info.high);
    };
    const auto values = scaled.parameters[i].values();
    switch (scaled.parameters[i].kind()) {
      case Parameter::Kind::fixed:
        scaled.parameters[i] = move(values[0]);
        break;
      case Parameter::Kind::range:
        scaled.parameters[i] = {move(values[0]), move(values[1])};
        break;
      case Parameter::Kind::choice: {
        std::vector<float> moved;
        for (const float value : values) moved.push_back(move(value));
        scaled.parameters[i] = Parameter::choice(std::move(moved));
        break;
      }
    }
  }
  return scaled;
}

void run(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext& context) {
  if (step.chance < 1 && !random.chance(step.chance)) return;
  step.operation->apply(step, canvas, random, context);
}

}  // namespace faceshot::augment
