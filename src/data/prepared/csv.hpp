// Comma-separated values (RFC 4180), record by record.
#pragma once

#include <cstddef>
#include <deque>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace faceshot::data {

/// The syntax of a CSV file.
struct CsvDialect {
  char separator = ',';
  bool trims = false;  ///< blanks around fields and quotes are not content
};

/// Reads a CSV file: the first record is the header; every other must have as many fields. Fields
/// may be quoted ("" stands for a quote; commas and line breaks are content); LF and CRLF; a UTF-8
/// byte order mark and empty lines are skipped. UTF-8 is read incrementally, so memory use does not
/// depend on the file size; UTF-16 is read as a whole. One reader per thread.
class CsvReader {
 public:
  /// Opens the file and reads its header.
  /// @throws Error(not_found) no such file; Error(io); Error(format) no header, damaged UTF-16
  explicit CsvReader(const std::filesystem::path& path, CsvDialect dialect = {});
  CsvReader(const CsvReader&) = delete;  // its fields point into its own buffer
  CsvReader& operator=(const CsvReader&) = delete;

  [[nodiscard]] const std::vector<std::string>& header() const { return header_; }

  /// Advances to the next record; false at the end of the file.
  /// @throws Error(format) for a wrong number of fields or broken quoting; the next call continues
  ///         after the record, or, if its end is unclear, after its first line
  bool next();

  /// Fields of the record; valid until the next call of next().
  [[nodiscard]] const std::vector<std::string_view>& fields() const { return fields_; }

  /// The line on which the record begins; the file's first is 1.
  [[nodiscard]] std::size_t line() const { return line_; }

  /// A field as a finite number. If commas are not the separator, one may be the decimal point.
  /// @throws Error(format) naming file, line and column if it is anything else
  [[nodiscard]] float number(std::size_t field) const;

  /// A field as an integer in [low, high].
  /// @throws Error(format) naming file, line and column if it is anything else
  [[nodiscard]] int integer(std::size_t field, int low, int high) const;

  /// @throws Error(format) "FILE:LINE: what", always
  [[noreturn]] void fail(const std::string& what) const;

 private:
  bool load_more();
  void load_record();
  void read_record();
  std::string_view read_quoted();
  void skip_blanks();
  [[nodiscard]] bool is_blank(char c) const;

  CsvDialect dialect_;
  std::string name_;
  std::ifstream in_;
  std::string text_;                   ///< the buffered part of the file
  std::deque<std::string> unescaped_;  ///< fields of the record that had to be unescaped
  std::size_t at_ = 0;                 ///< position of the next record in text_
  std::size_t next_line_ = 1;          ///< its line
  std::size_t line_ = 0;
  std::vector<std::string> header_;
  std::vector<std::string_view> fields_;
};

}  // namespace faceshot::data
