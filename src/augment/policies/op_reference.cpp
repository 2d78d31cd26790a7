#include "augment/policies/op_reference.hpp"

#include <algorithm>
#include <charconv>
#include <opencv2/imgproc.hpp>

#include "augment/policies/augmenter.hpp"
#include "data/stats/annotation_sheet.hpp"

namespace faceshot::augment {
std::string default_text(const ParameterInfo& info) {
  const auto values = info.initial.values();
  if (info.initial.kind() == Parameter::Kind::fixed) return value_text(info, values[0]);
  std::string text;
  for (const float value : values) text += (text.empty() ? "" : ", ") + value_text(info, value);
  return "[" + text + "]";
}

std::string limits_text(const ParameterInfo& info) {
  if (info.words.empty()) return number_text(info.low) + " to " + number_text(info.high);
  std::string text;
  for (const auto& word : info.words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

std::string describe(const OperationInfo& info) {
  std::string text = std::string(info.name) + ": " + std::string(info.meaning) + "\n";
  for (const auto& parameter : info.parameters)
    text += "    " + std::string(parameter.name) + " = " + default_text(parameter) + "  (" +
            limits_text(parameter) + ")  " + std::string(parameter.meaning) + "\n";
  return text;
}

std::string operations_markdown() {
  std::string text =
      "# Augmentation operations\n\n"
      "Written by `faceshot augment ops --markdown` from the table in `src/augment`; do not edit.\n"
      "Every operation takes `p`, the probability that it is applied (default 1). A parameter is "
      "a\n"
      "number, a range `[low, high]`, or a choice: a list of three or more, or\n"
      "`{choice = [a, b]}`. Where the default is a range about 0, a single number x means\n"
      "`[-x, x]`.\n";
  std::string_view family;
  for (const auto& info : operations()) {
    if (info.family != family) {
      family = info.family;
      text += "\n## " + std::string(family) + "\n";
    }
    text += "\n**`" + std::string(info.name) + "`**: " + std::string(info.meaning) + ".\n";
    if (info.parameters.empty()) continue;
    text += "\n| parameter | default | limits | |\n|---|---|---|---|\n";
    for (const auto& parameter : info.parameters)
      text += "| `" + std::string(parameter.name) + "` | `" + default_text(parameter) + "` | " +
              limits_text(parameter) + " | " + std::string(parameter.meaning) + " |\n";
  }
  return text;
}

std::vector<PicturedOperation> picture_operations(const Scene& scene, const ScenePool& pool,
                                                  std::uint64_t seed) {
  constexpr int caption = 22;
  std::vector<PicturedOperation> pictures;
  for (const auto& info : operations()) {
    if (info.combines) continue;
    AugmentOptions options;
    options.square = false;
    options.min_face = 0;
    Step step(info);
    // Operations with a probability are always applied in the picture.
    for (std::size_t i = 0; i < info.parameters.size(); ++i)
      if (info.parameters[i].name == "each") step.parameters[i] = 1;
    options.policy = {step};
    base::Random random(seed);
    Sample sample = augment(scene.image, scene.annotations, options, random, &pool);
    data::draw_annotations(sample.image, sample.annotations, 1);
    cv::Mat framed;
    const double scale = 320.0 / std::max(sample.image.cols, sample.image.rows);
    cv::resize(sample.image, framed, {}, scale, scale,
               scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    cv::copyMakeBorder(framed, framed, caption, 0, 0, std::max(0, 320 - framed.cols),
                       cv::BORDER_CONSTANT, cv::Scalar::all(255));
    cv::putText(framed, std::string(info.name), {4, caption - 7}, cv::FONT_HERSHEY_SIMPLEX, 0.5, {},
                1, cv::LINE_AA);
    pictures.push_back({std::string(info.name), framed});
  }
  return pictures;
}

}  // namespace faceshot::augment
