// Makes .mat files with matio itself.
#pragma once

#include <gtest/gtest.h>
#include <matio.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace faceshot::testing {

using Mat = std::shared_ptr<matvar_t>;

/// @param values column after column
inline Mat matrix(std::size_t rows, std::size_t columns, std::vector<double> values) {
  std::size_t dims[2] = {rows, columns};
  return {Mat_VarCreate(nullptr, MAT_C_DOUBLE, MAT_T_DOUBLE, 2, dims, values.data(), 0),
          Mat_VarFree};
}

inline Mat text(std::string value) {
  std::size_t dims[2] = {1, value.size()};
  return {Mat_VarCreate(nullptr, MAT_C_CHAR, MAT_T_UINT8, 2, dims, value.data(), 0), Mat_VarFree};
}

/// A column of cells; copies what is in them.
inline Mat cell(const std::vector<Mat>& values) {
  std::size_t dims[2] = {values.size(), 1};
  Mat result{Mat_VarCreate(nullptr, MAT_C_CELL, MAT_T_CELL, 2, dims, nullptr, 0), Mat_VarFree};
  for (std::size_t i = 0; i < values.size(); ++i)
    Mat_VarSetCell(result.get(), static_cast<int>(i), Mat_VarDuplicate(values[i].get(), 1));
  return result;
}

/// An uncompressed version 5 file of these variables.
inline void save_mat(const std::filesystem::path& path,
                     const std::vector<std::pair<std::string, Mat>>& values) {
  mat_t* mat = Mat_CreateVer(path.c_str(), nullptr, MAT_FT_MAT5);
  ASSERT_NE(mat, nullptr);
  for (const auto& [name, value] : values) {
    matvar_t* named = Mat_VarDuplicate(value.get(), 1);
    named->name = strdup(name.c_str());
    EXPECT_EQ(Mat_VarWrite(mat, named, MAT_COMPRESSION_NONE), 0);
    Mat_VarFree(named);
  }
  Mat_Close(mat);
}

}  // namespace faceshot::testing
