#include "weights/element_type.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace faceshot::weights {
namespace {

static_assert(std::endian::native == std::endian::little,
              "elements are taken as they lie in files");

template <typename T>
T element(std::string_view bytes, std::size_t i) {
  T value;
  std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

float half_to_float(std::uint16_t half) {
  const float sign = (half & 0x8000U) != 0 ? -1.0F : 1.0F;
  const int exponent = half >> 10 & 0x1F;
  const int fraction = half & 0x3FF;
  if (exponent == 31)
    return fraction != 0 ? std::numeric_limits<float>::quiet_NaN()
                         : sign * std::numeric_limits<float>::infinity();
  // Subnormal numbers have no implied leading one.
  const int mantissa = exponent == 0 ? fraction : fraction + 0x400;
  return sign * std::ldexp(static_cast<float>(mantissa), (exponent == 0 ? 1 : exponent) - 25);
}

/// The cast alone is undefined beyond float's range.
float double_to_float(double value) {
  constexpr double largest = std::numeric_limits<float>::max();
  if (std::abs(value) <= largest || std::isnan(value)) return static_cast<float>(value);
  return std::copysign(std::numeric_limits<float>::infinity(),
                       static_cast<float>(value > 0) - 0.5F);
}

template <typename T, typename Convert>
std::vector<float> convert(std::string_view bytes, const Convert& one) {
  std::vector<float> values(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = one(element<T>(bytes, i));
  return values;
}

template <typename T>
std::vector<float> cast(std::string_view bytes) {
  return convert<T>(bytes, [](T value) { return static_cast<float>(value); });
}

}  // namespace

const char* element_name(ElementType type) {
  switch (type) {
    case ElementType::float16:
      return "float16";
    case ElementType::bfloat16:
      return "bfloat16";
    case ElementType::float32:
      return "float32";
    case ElementType::float64:
      return "float64";
    case ElementType::int8:
      return "int8";
    case ElementType::uint8:
      return "uint8";
    case ElementType::int16:
      return "int16";
    case ElementType::int32:
      return "int32";
    case ElementType::int64:
      return "int64";
    case ElementType::boolean:
      return "bool";
  }
  return "";
}

std::size_t element_size(ElementType type) {
  switch (type) {
    case ElementType::float64:
    case ElementType::int64:
      return 8;
    case ElementType::float32:
    case ElementType::int32:
      return 4;
    case ElementType::float16:
    case ElementType::bfloat16:
    case ElementType::int16:
      return 2;
    case ElementType::int8:
    case ElementType::uint8:
    case ElementType::boolean:
      return 1;
  }
  return 0;
}

std::vector<float> to_floats(std::string_view bytes, ElementType type) {
  switch (type) {
    case ElementType::float16:
      return convert<std::uint16_t>(bytes, half_to_float);
    case ElementType::bfloat16:
      return convert<std::uint16_t>(bytes, [](std::uint16_t upper) {
        return std::bit_cast<float>(static_cast<std::uint32_t>(upper) << 16);
      });
    case ElementType::float32:
      return cast<float>(bytes);
    case ElementType::float64:
      return convert<double>(bytes, double_to_float);
    case ElementType::int8:
      return cast<std::int8_t>(bytes);
    case ElementType::uint8:
      return cast<std::uint8_t>(bytes);
    case ElementType::int16:
      return cast<std::int16_t>(bytes);
    case ElementType::int32:
      return cast<std::int32_t>(bytes);
    case ElementType::int64:
      return cast<std::int64_t>(bytes);
    case ElementType::boolean:
      return convert<std::uint8_t>(bytes,
                                   [](std::uint8_t value) { return value != 0 ? 1.0F : 0.0F; });
  }
  return {};
}

}  // namespace faceshot::weights
