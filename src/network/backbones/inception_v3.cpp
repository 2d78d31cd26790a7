#include "network/backbones/inception_v3.hpp"

namespace faceshot::network {
namespace {

constexpr Padding no_padding{};

/// Writes the blocks of torchvision's file, in its order and with its names.
class InceptionWriter {
 public:
  InceptionWriter(NetworkBuilder& net, float alpha) : net_(net), alpha_(alpha) {}

  std::vector<BackboneTap> write() {
    Feature x = unit("Conv2d_1a_3x3", net_.input(), valid(32, 3, 2));
    x = unit("Conv2d_2a_3x3", x, valid(32, 3, 1));
    x = unit("Conv2d_2b_3x3", x, same(64, 3, 3));
    x = net_.max_pool("backbone.maxpool1", x, 3, 2);
    x = unit("Conv2d_3b_1x1", x, same(80, 1, 1));
    x = unit("Conv2d_4a_3x3", x, valid(192, 3, 1));
    x = net_.max_pool("backbone.maxpool2", x, 3, 2);
    x = block_a("Mixed_5b", x, 32);
    x = block_a("Mixed_5c", x, 64);
    const Feature c3 = x = block_a("Mixed_5d", x, 64);
    x = block_b("Mixed_6a", x);
    x = block_c("Mixed_6b", x, 128);
    x = block_c("Mixed_6c", x, 160);
    x = block_c("Mixed_6d", x, 160);
    const Feature c4 = x = block_c("Mixed_6e", x, 192);
    x = block_d("Mixed_7a", x);
    x = block_e("Mixed_7b", x);
    x = block_e("Mixed_7c", x);
    return {{"C3", c3, 8}, {"C4", c4, 16}, {"C5", x, 32}};
  }

 private:
  [[nodiscard]] ConvShape same(int channels, int height, int width) const {
    return {.channels = scaled_channels(channels, alpha_), .kernel = {height, width}};
  }
  [[nodiscard]] ConvShape valid(int channels, int kernel, int stride) const {
    return {.channels = scaled_channels(channels, alpha_),
            .kernel = {kernel, kernel},
            .stride = stride,
            .padding = no_padding};
  }

  /// torchvision's BasicConv2d.
  Feature unit(const std::string& name, const Feature& in, const ConvShape& shape) {
    const std::string full = "backbone." + name;
    const Feature convolved = net_.conv(full + ".conv", in, shape);
    return net_.relu(full + ".relu", net_.batch_norm(full + ".bn", convolved, 1e-3F));
  }

  /// The branch with pooling.
  Feature pooled(const std::string& name, const Feature& in, int channels) {
    const Feature x = net_.avg_pool("backbone." + name + ".avgpool", in, 3, 1, 1);
    return unit(name + ".branch_pool", x, same(channels, 1, 1));
  }

  Feature block_a(const std::string& name, const Feature& in, int pool_channels) {
    const Feature b1 = unit(name + ".branch1x1", in, same(64, 1, 1));
    Feature b5 = unit(name + ".branch5x5_1", in, same(48, 1, 1));
    b5 = unit(name + ".branch5x5_2", b5, same(64, 5, 5));
    Feature b3 = unit(name + ".branch3x3dbl_1", in, same(64, 1, 1));
    b3 = unit(name + ".branch3x3dbl_2", b3, same(96, 3, 3));
    b3 = unit(name + ".branch3x3dbl_3", b3, same(96, 3, 3));
    return net_.concat("backbone." + name, {b1, b5, b3, pooled(name, in, pool_channels)});
  }

  Feature block_b(const std::string& name, const Feature& in) {
    const Feature b3 = unit(name + ".branch3x3", in, valid(384, 3, 2));
    Feature twice = unit(name + ".branch3x3dbl_1", in, same(64, 1, 1));
    twice = unit(name + ".branch3x3dbl_2", twice, same(96, 3, 3));
    twice = unit(name + ".branch3x3dbl_3", twice, valid(96, 3, 2));
    const Feature pool = net_.max_pool("backbone." + name + ".maxpool", in, 3, 2);
    return net_.concat("backbone." + name, {b3, twice, pool});
  }

  Feature block_c(const std::string& name, const Feature& in, int c7) {
    const Feature b1 = unit(name + ".branch1x1", in, same(192, 1, 1));
    Feature b7 = unit(name + ".branch7x7_1", in, same(c7, 1, 1));
    b7 = unit(name + ".branch7x7_2", b7, same(c7, 1, 7));
    b7 = unit(name + ".branch7x7_3", b7, same(192, 7, 1));
    Feature twice = unit(name + ".branch7x7dbl_1", in, same(c7, 1, 1));
    twice = unit(name + ".branch7x7dbl_2", twice, same(c7, 7, 1));
    twice = unit(name + ".branch7x7dbl_3", twice, same(c7, 1, 7));
    twice = unit(name + ".branch7x7dbl_4", twice, same(c7, 7, 1));
    twice = unit(name + ".branch7x7dbl_5", twice, same(192, 1, 7));
    return net_.concat("backbone." + name, {b1, b7, twice, pooled(name, in, 192)});
  }

  Feature block_d(const std::string& name, const Feature& in) {
    Feature b3 = unit(name + ".branch3x3_1", in, same(192, 1, 1));
    b3 = unit(name + ".branch3x3_2", b3, valid(320, 3, 2));
    Feature b7 = unit(name + ".branch7x7x3_1", in, same(192, 1, 1));
    b7 = unit(name + ".branch7x7x3_2", b7, same(192, 1, 7));
    b7 = unit(name + ".branch7x7x3_3", b7, same(192, 7, 1));
    b7 = unit(name + ".branch7x7x3_4", b7, valid(192, 3, 2));
    const Feature pool = net_.max_pool("backbone." + name + ".maxpool", in, 3, 2);
    return net_.concat("backbone." + name, {b3, b7, pool});
  }

  Feature block_e(const std::string& name, const Feature& in) {
    const Feature b1 = unit(name + ".branch1x1", in, same(320, 1, 1));
    const Feature b3 = unit(name + ".branch3x3_1", in, same(384, 1, 1));
    const Feature b3a = unit(name + ".branch3x3_2a", b3, same(384, 1, 3));
    const Feature b3b = unit(name + ".branch3x3_2b", b3, same(384, 3, 1));
    Feature twice = unit(name + ".branch3x3dbl_1", in, same(448, 1, 1));
    twice = unit(name + ".branch3x3dbl_2", twice, same(384, 3, 3));
    const Feature twice_a = unit(name + ".branch3x3dbl_3a", twice, same(384, 1, 3));
    const Feature twice_b = unit(name + ".branch3x3dbl_3b", twice, same(384, 3, 1));
    return net_.concat("backbone." + name, {b1, b3a, b3b, twice_a, twice_b, pooled(name, in, 192)});
  }

  NetworkBuilder& net_;
  float alpha_;
};

}  // namespace

std::vector<BackboneTap> build_inception_v3(NetworkBuilder& net, const BackboneOptions& options) {
  return InceptionWriter(net, options.alpha).write();
}

}  // namespace faceshot::network
