#include "data/import/wider_text.hpp"

#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "data/import/counted_text.hpp"
#include "data/prepared/prepared_format.hpp"
#include "data/prepared/text_lines.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

bool is_whole(float value, int max) {
  return value >= 0 && value <= static_cast<float>(max) && value == std::floor(value);
}

Error must_be_whole(std::string_view name, int max) {
  return {ErrorCode::format, std::string(name) + " must be a whole number from 0 to " +
                                 std::to_string(max) + "; correct the line"};
}

geometry::Annotation read_wider_line(std::string_view line, const std::string& image) {
  constexpr std::size_t box_fields = 4, all_fields = 10;
  const auto numbers = parse_numbers(line, all_fields);
  if (!numbers || (numbers->size() != box_fields && numbers->size() != all_fields))
    throw Error(ErrorCode::format, "a box of '" + image +
                                       "' is expected here (4 or 10 numbers), not '" +
                                       std::string(line) + "'");
  const std::vector<float>& v = *numbers;
  geometry::Annotation a;
  a.box = {v[0], v[1], v[0] + v[2], v[1] + v[3]};
  if (v.size() == box_fields) return a;
  constexpr std::size_t invalid = 7;
  constexpr std::array<std::size_t, attributes.size()> places{4, 5, 6, 8, 9};
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    const Attribute& attribute = attributes[i];
    if (!is_whole(v[places[i]], attribute.max))
      throw must_be_whole(prepared_columns[attribute.column].name, attribute.max);
    a.*attribute.member = static_cast<std::int8_t>(v[places[i]]);
  }
  if (!is_whole(v[invalid], 1)) throw must_be_whole("invalid", 1);
  a.ignore = v[invalid] == 1;
  return a;
}

}  // namespace

std::vector<LabelledImage> read_wider_text(const std::filesystem::path& path, FlawLog& flaws) {
  return read_counted_text(path, {"", "boxes", read_wider_line}, flaws);
}

}  // namespace faceshot::data
