// The few HDF5 functions that are needed, with errors as exceptions. Internal to keras_file.cpp.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "weights/input_file.hpp"
#include "weights/weights.hpp"

namespace faceshot::weights {

/// Owns an HDF5 identifier.
class Hdf5Object {
 public:
  using Close = herr_t (*)(hid_t);
  Hdf5Object(hid_t id, Close close) : id_(id), close_(close) {}
  ~Hdf5Object() {
    if (id_ >= 0) close_(id_);
  }
  Hdf5Object(Hdf5Object&& other) noexcept : id_(other.id_), close_(other.close_) { other.id_ = -1; }
  Hdf5Object(const Hdf5Object&) = delete;
  Hdf5Object& operator=(const Hdf5Object&) = delete;

  [[nodiscard]] hid_t id() const { return id_; }
  [[nodiscard]] bool valid() const { return id_ >= 0; }

 private:
  hid_t id_;
  Close close_;
};

/// A file opened for reading. Nothing outside it is accessed: external links, external and virtual
/// data sets and filter plug-ins are refused. Not thread safe, even for distinct objects.
class Hdf5File {
 public:
  /// @throws Error(format) if it is not an HDF5 file
  explicit Hdf5File(const std::filesystem::path& path);

  /// Whether there is an object at this path ("model_weights", "conv1/kernel:0").
  [[nodiscard]] bool has(const std::string& at) const;

  /// Whether the group or data set at this path has this attribute.
  [[nodiscard]] bool has_attribute(const std::string& at, const std::string& name) const;

  /// An attribute that is a list of strings; an empty list of any type is accepted.
  /// @throws Error(format)
  [[nodiscard]] std::vector<std::string> texts(const std::string& at,
                                               const std::string& name) const;

  /// Paths of all data sets, by name, except string and compound ones.
  [[nodiscard]] std::vector<std::string> numeric_datasets() const;

  /// A data set of integers or real numbers, of any size and byte order.
  /// @throws Error(format), Error(unsupported)
  [[nodiscard]] NamedArray read(const std::string& at, const std::string& name,
                                MemoryBudget& budget) const;

 private:
  [[nodiscard]] Hdf5Object open(const std::string& at) const;
  void list(const std::string& at, int depth, std::vector<std::string>& paths) const;

  std::filesystem::path path_;
  Hdf5Object file_;
  Hdf5Object access_;
};

}  // namespace faceshot::weights
