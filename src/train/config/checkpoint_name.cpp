#include "train/config/checkpoint_name.hpp"

#include "faceshot/error.hpp"

namespace faceshot::train {
namespace {

struct Placeholder {
  std::size_t begin = 0, end = 0;
  std::size_t width = 0;
};

Placeholder find_placeholder(std::string_view pattern) {
  constexpr std::string_view start = "{epoch";
  const std::size_t begin = pattern.find(start);
  const std::size_t end = begin == pattern.npos ? begin : pattern.find('}', begin);
  if (end == pattern.npos) return {};
  const std::string_view rest = pattern.substr(begin + start.size(), end - begin - start.size());
  if (rest.empty()) return {begin, end + 1, 0};
  // One digit, with or without a leading zero: ":3" and ":03" mean the same.
  const bool is_width =
      rest[0] == ':' && (rest.size() == 2 || (rest.size() == 3 && rest[1] == '0'));
  const char digit = rest.back();
  if (!is_width || digit < '0' || digit > '9') return {};
  return {begin, end + 1, static_cast<std::size_t>(digit - '0')};
}

}  // namespace

std::string checkpoint_name(std::string_view pattern, int epoch) {
  const Placeholder at = find_placeholder(pattern);
  std::string number = std::to_string(epoch);
  if (number.size() < at.width) number.insert(0, at.width - number.size(), '0');
  std::string name(pattern.substr(0, at.begin));
  return name.append(number).append(pattern.substr(at.end));
}

void check_checkpoint_pattern(std::string_view pattern) {
  if (find_placeholder(pattern).end != 0 && pattern.ends_with(".pt") &&
      pattern.find('/') == pattern.npos)
    return;
  std::string message("train.checkpoint.file = '");
  message.append(pattern).append(
      "'; it must be a file name with {epoch} or {epoch:03} in it that ends in .pt, as in "
      "epoch-{epoch:03}.pt");
  throw Error(ErrorCode::invalid_argument, message);
}

}  // namespace faceshot::train
