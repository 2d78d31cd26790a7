#include "network/backbones/backbone.hpp"

#include <algorithm>
#include <cmath>

#include "base/nearest_name.hpp"
#include "faceshot/error.hpp"
#include "network/backbones/faceshot.hpp"
#include "network/backbones/inception_v3.hpp"
#include "network/backbones/mobilenet_v1.hpp"
#include "network/backbones/mobilenet_v2.hpp"
#include "network/backbones/resnet.hpp"
#include "network/backbones/vgg16.hpp"

namespace faceshot::network {
namespace {

constexpr const char* own = "docs/networks.md";
constexpr const char* resnet = "He et al. 2016, Deep Residual Learning";

const std::vector<Backbone>& table() {
  static const std::vector<Backbone> all{
      {"faceshot_nano",
       own,
       320,
       {"faceshot"},
       true,
       {"C3", "C4", "C5", "C6"},
       "tfpn",
       build_faceshot_nano},
      {"faceshot_small",
       own,
       320,
       {"faceshot"},
       true,
       {"C3", "C4", "C5", "C6"},
       "tfpn",
       build_faceshot_small},
      {"mobilenet_v1",
       "Howard et al. 2017, MobileNets",
       224,
       {"keras"},
       true,
       {"C3", "C4", "C5"},
       "none",
       build_mobilenet_v1},
      {"mobilenet_v2",
       "Sandler et al. 2018, MobileNetV2",
       224,
       {"torchvision", "keras"},
       true,
       {"C3", "C4", "C5"},
       "none",
       build_mobilenet_v2},
      {"vgg16",
       "Simonyan and Zisserman 2015; Liu et al. 2016, SSD",
       300,
       {"torchvision"},
       false,
       {"C3", "C4"},
       "none",
       build_vgg16},
      {"resnet18", resnet, 224, {"torchvision"}, true, {"C3", "C4", "C5"}, "none", build_resnet18},
      {"resnet34", resnet, 224, {"torchvision"}, true, {"C3", "C4", "C5"}, "none", build_resnet34},
      {"resnet50", resnet, 224, {"torchvision"}, true, {"C3", "C4", "C5"}, "none", build_resnet50},
      {"inception_v3",
       "Szegedy et al. 2016, Rethinking Inception",
       299,
       {"torchvision"},
       true,
       {"C3", "C4", "C5"},
       "none",
       build_inception_v3},
  };
  return all;
}

}  // namespace

std::span<const Backbone> backbones() { return table(); }

const Backbone& find_backbone(const std::string& name) {
  const auto& all = table();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Backbone& b) { return name == b.name; });
  if (found != all.end()) return *found;
  std::vector<std::string> names;
  std::string list;
  for (const Backbone& b : all) {
    names.emplace_back(b.name);
    list += (list.empty() ? "" : ", ") + names.back();
  }
  throw Error(ErrorCode::not_found, "there is no backbone '" + name + "'; did you mean '" +
                                        base::nearest_name(name, names) + "'? Available: " + list);
}

std::string tap_name(int stride) {
  std::string name = "C0";
  while (stride > 1) {
    stride /= 2;
    ++name[1];
  }
  return name;
}

int scaled_channels(int channels, float alpha, int divisor) {
  // In double, like the reference implementations: 0.35 * 160 must not fall below 56.
  const double wanted =
      static_cast<double>(channels) * std::round(static_cast<double>(alpha) * 1e6) / 1e6;
  int rounded = std::max(
      divisor, static_cast<int>(wanted + static_cast<double>(divisor) / 2) / divisor * divisor);
  if (static_cast<double>(rounded) < 0.9 * wanted) rounded += divisor;
  return rounded;
}

}  // namespace faceshot::network
