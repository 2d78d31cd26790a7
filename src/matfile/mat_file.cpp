#include "matfile/mat_file.hpp"

#include <matio.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <utility>

#include "faceshot/error.hpp"

namespace faceshot::matfile {
namespace {

[[noreturn]] void damaged(const std::string& place, const std::string& what) {
  throw Error(ErrorCode::format, place + ": " + what);
}

/// No annotation has nearly as many elements in one place. matio trusts the dimensions in the file
/// and allocates memory for them, whether the file has the data or not.
constexpr std::size_t most_elements = std::size_t{1} << 24;

/// Product of the dimensions.
std::size_t element_count(const matvar_t& value, const std::string& place) {
  std::size_t count = 1;
  for (int i = 0; i < value.rank; ++i) {
    const std::size_t n = value.dims[i];
    if (n != 0 && count > most_elements / n)
      damaged(place, "impossible dimensions; the file is damaged");
    count *= n;
  }
  return count;
}

/// A version 5 file is a sequence of elements, each preceded by its length. matio does not notice a
/// truncated last one, and returns zeros for what is missing.
void require_whole(const std::filesystem::path& path) {
  constexpr std::size_t header_bytes = 128;
  constexpr std::size_t tag_bytes = 8;
  std::ifstream file(path, std::ios::binary);
  std::array<char, header_bytes> header{};
  file.read(header.data(), header.size());
  const std::string_view order(header.data() + 126, 2);
  if (!file || (order != "IM" && order != "MI")) damaged(path.string(), "not a MATLAB .mat file");
  const bool little_endian = order == "IM";
  if (header[little_endian ? 125 : 124] != 1) return;  // version 7.3: HDF5 has its own checks
  const std::uintmax_t size = std::filesystem::file_size(path);
  std::uintmax_t at = header_bytes;
  while (at < size) {
    std::array<unsigned char, tag_bytes> tag{};
    file.seekg(static_cast<std::streamoff>(at));
    file.read(reinterpret_cast<char*>(tag.data()), tag.size());
    std::uintmax_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) length = length * 256 + tag[little_endian ? 7 - i : 4 + i];
    at += tag_bytes + length;
    if (!file || at > size) damaged(path.string(), "truncated; copy the file again");
  }
}

template <class T>
void append(const matvar_t& value, std::size_t count, std::vector<double>& out) {
  const auto* data = static_cast<const T*>(value.data);
  for (std::size_t i = 0; i < count; ++i) out.push_back(static_cast<double>(data[i]));
}

}  // namespace

std::size_t MatValue::cells() const {
  if (value_->class_type != MAT_C_CELL) damaged(place_, "expected a cell array");
  const std::size_t count = element_count(*value_, place_);
  if (value_->data == nullptr ? count != 0 : value_->nbytes < count * sizeof(matvar_t*))
    damaged(place_, "truncated; the file is damaged");
  return count;
}

MatValue MatValue::cell(std::size_t i) const {
  const std::string place = place_ + "{" + std::to_string(i + 1) + "}";
  const auto* inner = static_cast<matvar_t* const*>(value_->data)[i];
  if (inner == nullptr) damaged(place, "truncated; the file is damaged");
  return {inner, place};
}

std::string MatValue::text() const {
  if (value_->class_type != MAT_C_CHAR) damaged(place_, "expected a string");
  const std::size_t count = element_count(*value_, place_);
  const std::size_t width = Mat_SizeOf(value_->data_type);
  if (width == 0 || width > 2 || value_->nbytes < count * width ||
      (count > 0 && value_->data == nullptr))
    damaged(place_, "the string is truncated or in an unknown encoding; the file is damaged");
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned c = width == 1 ? static_cast<const unsigned char*>(value_->data)[i]
                                  : static_cast<const mat_uint16_t*>(value_->data)[i];
    if (c == 0 || c > 127) damaged(place_, "the string contains a non-ASCII character");
    text.push_back(static_cast<char>(c));
  }
  return text;
}

std::size_t MatValue::rows() const { return value_->rank > 0 ? value_->dims[0] : 0; }

std::size_t MatValue::columns() const { return value_->rank > 1 ? value_->dims[1] : 0; }

std::vector<double> MatValue::numbers() const {
  std::vector<double> out;
  const std::size_t count = element_count(*value_, place_);
  // MATLAB can store an empty matrix with any class, and matio reads one without data.
  if (count == 0 && value_->class_type != MAT_C_CELL) return out;
  const std::size_t size = Mat_SizeOfClass(value_->class_type);
  if (size == 0 || value_->isComplex != 0) damaged(place_, "expected a matrix of real numbers");
  if (value_->data == nullptr || value_->nbytes / size < count)
    damaged(place_, "truncated; the file is damaged");
  out.reserve(count);
  switch (value_->class_type) {
    case MAT_C_DOUBLE:
      append<double>(*value_, count, out);
      break;
    case MAT_C_SINGLE:
      append<float>(*value_, count, out);
      break;
    case MAT_C_INT8:
      append<mat_int8_t>(*value_, count, out);
      break;
    case MAT_C_UINT8:
      append<mat_uint8_t>(*value_, count, out);
      break;
    case MAT_C_INT16:
      append<mat_int16_t>(*value_, count, out);
      break;
    case MAT_C_UINT16:
      append<mat_uint16_t>(*value_, count, out);
      break;
    case MAT_C_INT32:
      append<mat_int32_t>(*value_, count, out);
      break;
    case MAT_C_UINT32:
      append<mat_uint32_t>(*value_, count, out);
      break;
    case MAT_C_INT64:
      append<mat_int64_t>(*value_, count, out);
      break;
    case MAT_C_UINT64:
      append<mat_uint64_t>(*value_, count, out);
      break;
    default:
      damaged(place_, "expected a matrix of real numbers");
  }
  for (const double number : out)
    if (!std::isfinite(number)) damaged(place_, "a number is not finite");
  return out;
}

void MatFile::Close::operator()(_mat_t* file) const { Mat_Close(file); }

void MatFile::Free::operator()(matvar_t* variable) const { Mat_VarFree(variable); }

MatFile::MatFile(const std::filesystem::path& path) : path_(path) {
  if (!std::filesystem::is_regular_file(path))
    throw Error(ErrorCode::not_found, path.string() + ": no such file");
  require_whole(path);
  file_.reset(Mat_Open(path.c_str(), MAT_ACC_RDONLY));
  if (!file_) damaged(path_.string(), "not a MATLAB .mat file, or damaged");
}

bool MatFile::has(const std::string& name) const {
  const std::unique_ptr<matvar_t, Free> info(Mat_VarReadInfo(file_.get(), name.c_str()));
  return info != nullptr;
}

MatValue MatFile::read(const std::string& name) {
  variables_.emplace_back(Mat_VarRead(file_.get(), name.c_str()));
  if (!variables_.back())
    damaged(path_.string(), "the variable " + name + " is missing or damaged");
  return {variables_.back().get(), path_.string() + ": " + name};
}

}  // namespace faceshot::matfile
