// The subset of MATLAB .mat files that WIDER FACE uses: cell arrays of cell arrays of strings or of
// numeric matrices.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct _mat_t;
struct matvar_t;

namespace faceshot::matfile {

/// One value inside a .mat file; a view, valid as long as its MatFile and MatVariable.
class MatValue {
 public:
  MatValue(const matvar_t* value, std::string place) : value_(value), place_(std::move(place)) {}

  /// Number of cells. @throws Error(format) if this is not a cell array
  [[nodiscard]] std::size_t cells() const;
  /// Cell `i` in column-major order. @pre i < cells()
  [[nodiscard]] MatValue cell(std::size_t i) const;
  /// @throws Error(format) if this is not a string
  [[nodiscard]] std::string text() const;

  [[nodiscard]] std::size_t rows() const;
  [[nodiscard]] std::size_t columns() const;
  /// All elements of a real numeric matrix, column by column. @throws Error(format) otherwise
  [[nodiscard]] std::vector<double> numbers() const;

  /// Location of this value: "FILE: variable{3}{7}", for messages.
  [[nodiscard]] const std::string& place() const { return place_; }

 private:
  const matvar_t* value_;
  std::string place_;
};

/// An open .mat file (version 5 or 7.3). Not thread safe.
class MatFile {
 public:
  /// @throws Error(not_found) no such file; Error(format) not a .mat file
  explicit MatFile(const std::filesystem::path& path);

  /// Whether the file has a variable of this name.
  [[nodiscard]] bool has(const std::string& name) const;

  /// Reads a whole variable; it stays in memory as long as this object.
  /// @throws Error(format) if it does not exist or is damaged
  [[nodiscard]] MatValue read(const std::string& name);

 private:
  struct Close {
    void operator()(_mat_t* file) const;
  };
  struct Free {
    void operator()(matvar_t* variable) const;
  };
  std::filesystem::path path_;
  std::unique_ptr<_mat_t, Close> file_;
  std::vector<std::unique_ptr<matvar_t, Free>> variables_;
};

}  // namespace faceshot::matfile
