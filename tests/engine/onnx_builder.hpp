// Writes small ONNX files for tests.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace faceshot::testing {

/// One ONNX model, opset 13, node by node. Every node has the name of its output.
class OnnxBuilder {
 public:
  explicit OnnxBuilder(std::int64_t opset = 13);

  /// Dimensions are numbers, or names if they are dynamic.
  void input(const std::string& name, const std::vector<std::string>& dimensions);
  void output(const std::string& name);
  void weights(const std::string& name, const std::vector<std::int64_t>& shape,
               const std::vector<float>& values);
  void integers(const std::string& name, const std::vector<std::int64_t>& values);
  /// @return the node, for attributes
  onnx::NodeProto& node(const std::string& op, const std::vector<std::string>& inputs,
                        const std::string& output);
  void metadata(const std::map<std::string, std::string>& entries);

  [[nodiscard]] onnx::ModelProto& model() { return model_; }
  [[nodiscard]] std::string bytes() const { return model_.SerializeAsString(); }

 private:
  onnx::ModelProto model_;
};

void set_ints(onnx::NodeProto& node, const std::string& name,
              const std::vector<std::int64_t>& values);
void set_int(onnx::NodeProto& node, const std::string& name, std::int64_t value);
void set_float(onnx::NodeProto& node, const std::string& name, float value);
void set_text(onnx::NodeProto& node, const std::string& name, const std::string& value);

}  // namespace faceshot::testing
