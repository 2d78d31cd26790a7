#include "data/prepared/csv.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "data/prepared/text_file.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

/// True if the whole of `text` is a number of this type.
template <typename Number>
bool parse(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

CsvReader::CsvReader(const std::filesystem::path& path, CsvDialect dialect)
    : dialect_(dialect), name_(path.string()), in_(open_text_file(path)) {
  load_more();
  if (has_utf16_mark(text_)) {
    text_ = read_text_file(path);
    in_.close();
  }
  if (!next()) throw Error(ErrorCode::format, name_ + ":1: the file is empty; it needs a header");
  header_.assign(fields_.begin(), fields_.end());
}

/// Appends a block of the file; false at its end.
bool CsvReader::load_more() {
  constexpr std::size_t block = std::size_t{1} << 20;
  const std::size_t before = text_.size();
  text_.resize(before + block);
  in_.read(text_.data() + before, block);
  text_.resize(before + static_cast<std::size_t>(in_.gcount()));
  if (in_.bad()) throw Error(ErrorCode::io, "cannot read '" + name_ + "'");
  return text_.size() > before;
}

/// Ensures that the whole record is in text_, unless a quote is unclosed.
void CsvReader::load_record() {
  constexpr std::size_t longest = std::size_t{1} << 24;
  bool quoted = false;
  for (std::size_t scan = at_; scan - at_ < longest; ++scan) {
    if (scan == text_.size() && !load_more()) return;
    if (text_[scan] == '"') quoted = !quoted;
    if (text_[scan] == '\n' && !quoted) return;
  }
}

bool CsvReader::next() {
  unescaped_.clear();
  if (at_ > text_.size() / 2) {  // rarely, so that it costs little
    text_.erase(0, at_);
    at_ = 0;
  }
  while (at_ < text_.size() || load_more()) {
    if (text_[at_] != '\n' && text_[at_] != '\r') break;
    if (text_[at_++] == '\n') ++next_line_;
  }
  if (at_ >= text_.size()) return false;
  load_record();
  line_ = next_line_;
  const std::size_t start = at_;
  try {
    read_record();
  } catch (const Error&) {
    at_ = std::min(text_.find('\n', start), text_.size() - 1) + 1;
    next_line_ = line_ + 1;
    throw;
  }
  if (!header_.empty() && fields_.size() != header_.size())
    fail(std::to_string(fields_.size()) + " fields where the header has " +
         std::to_string(header_.size()) + "; quote names that contain " +
         (dialect_.separator == ',' ? "a comma" : "the separator"));
  return true;
}

void CsvReader::read_record() {
  const char separator = dialect_.separator;
  const char ends[] = {separator, '\n', '"'};
  fields_.clear();
  while (true) {
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == '"') {
      fields_.push_back(read_quoted());
    } else {
      const std::size_t end = std::min(text_.find_first_of(ends, at_, sizeof ends), text_.size());
      if (end < text_.size() && text_[end] == '"')
        fail("a quote inside a field; quote the whole field and double the quotes in it");
      std::string_view field(text_.data() + at_, end - at_);
      const bool last = end == text_.size() || text_[end] == '\n';
      if (last && field.ends_with('\r')) field.remove_suffix(1);
      while (!field.empty() && is_blank(field.back())) field.remove_suffix(1);
      fields_.push_back(field);
      at_ = end;
    }
    if (at_ < text_.size() && text_[at_] == separator) {
      ++at_;
      continue;
    }
    if (at_ < text_.size()) {
      ++at_;
      ++next_line_;
    }
    return;
  }
}

bool CsvReader::is_blank(char c) const {
  return dialect_.trims && (c == ' ' || c == '\t') && c != dialect_.separator;
}

void CsvReader::skip_blanks() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
}

/// Reads from an opening quote up to the separator or line end after the closing one.
std::string_view CsvReader::read_quoted() {
  std::string& field = unescaped_.emplace_back();
  for (++at_;; ++at_) {
    if (at_ >= text_.size()) fail("a quoted field is not closed");
    const char c = text_[at_];
    if (c == '"') {
      ++at_;
      if (at_ >= text_.size() || text_[at_] != '"') break;
    }
    if (c == '\n') ++next_line_;
    field += c;
  }
  skip_blanks();
  if (at_ < text_.size() && text_[at_] == '\r') ++at_;
  if (at_ < text_.size() && text_[at_] != dialect_.separator && text_[at_] != '\n')
    fail("text after the closing quote of a field; double the quotes inside it");
  return field;
}

float CsvReader::number(std::size_t field) const {
  float value = 0;
  std::string_view text = fields_[field];
  std::string with_point;
  if (const std::size_t comma = text.find(',');
      comma != std::string_view::npos && text.find('.') == std::string_view::npos) {
    with_point = text;
    with_point[comma] = '.';
    if (dialect_.separator != ',') text = with_point;
  }
  if (!parse(text, value) || !std::isfinite(value))
    fail("column '" + header_[field] + "': '" + std::string(fields_[field]) +
         "' is not a number; correct it or remove the row");
  return value;
}

int CsvReader::integer(std::size_t field, int low, int high) const {
  int value = 0;
  if (!parse(fields_[field], value) || value < low || value > high)
    fail("column '" + header_[field] + "': '" + std::string(fields_[field]) +
         "' is not a whole number from " + std::to_string(low) + " to " + std::to_string(high) +
         "; correct it or remove the row");
  return value;
}

void CsvReader::fail(const std::string& what) const {
  throw Error(ErrorCode::format, name_ + ":" + std::to_string(line_) + ": " + what);
}

}  // namespace faceshot::data
