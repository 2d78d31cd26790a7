#include "data/prepared/csv.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"
#include "support/csv_field.hpp"

namespace faceshot::data {
namespace {

using testing::expect_error;
using testing::TestFolder;
using Fields = std::vector<std::string_view>;

TEST(Csv, ReadsQuotingAsRfc4180Says) {
  const TestFolder folder;
  CsvReader csv(folder.write("a.csv",
                             "\xEF\xBB\xBFname,x\r\n"
                             "\"a,b\",1\r\n"
                             "\"say \"\"hi\"\"\",2\n"
                             "\n"
                             "\"two\nlines\",3\n"
                             "\"\",\n"
                             "last,5"));
  EXPECT_EQ(csv.header(), (std::vector<std::string>{"name", "x"}));
  ASSERT_TRUE(csv.next());
  EXPECT_EQ(csv.fields(), (Fields{"a,b", "1"}));
  ASSERT_TRUE(csv.next());
  EXPECT_EQ(csv.fields(), (Fields{"say \"hi\"", "2"}));
  EXPECT_EQ(csv.line(), 3U);
  ASSERT_TRUE(csv.next());
  EXPECT_EQ(csv.fields(), (Fields{"two\nlines", "3"}));
  EXPECT_EQ(csv.line(), 5U);
  ASSERT_TRUE(csv.next());
  EXPECT_EQ(csv.fields(), (Fields{"", ""}));
  EXPECT_EQ(csv.line(), 7U);
  ASSERT_TRUE(csv.next());
  EXPECT_EQ(csv.fields(), (Fields{"last", "5"}));
  EXPECT_FLOAT_EQ(csv.number(1), 5);
  EXPECT_FALSE(csv.next());
  EXPECT_FALSE(csv.next());
}

TEST(Csv, FilesLargerThanItsBufferAndRecordsAcrossBlocks) {
  const TestFolder folder;
  std::string text = "name,x\n";
  constexpr int rows = 60'000;
  for (int i = 0; i < rows; ++i)
    text += "\"row \"\"" + std::to_string(i) + "\"\",\n" +
            std::string(static_cast<std::size_t>(i % 97), '.') + "\"," + std::to_string(i) + "\n";
  ASSERT_GT(text.size(), std::size_t{3} << 20);
  CsvReader csv(folder.write("large.csv", text));
  for (int i = 0; i < rows; ++i) {
    ASSERT_TRUE(csv.next());
    ASSERT_EQ(csv.fields()[0], "row \"" + std::to_string(i) + "\",\n" +
                                   std::string(static_cast<std::size_t>(i % 97), '.'));
    ASSERT_EQ(csv.integer(1, 0, rows), i);
    ASSERT_EQ(csv.line(), static_cast<std::size_t>(2 + 2 * i));
  }
  EXPECT_FALSE(csv.next());
}

TEST(Csv, GoesOnBehindABadRecord) {
  const TestFolder folder;
  CsvReader csv(folder.write("a.csv", "a,b\n1,2,3\n4,5\n\"6,7\n8,9\n1\"0,11\n12,13\n"));
  std::vector<std::string> good;
  int bad = 0;
  while (true) {
    try {
      if (!csv.next()) break;
      good.emplace_back(csv.fields()[0]);
    } catch (const Error&) {
      ++bad;
    }
  }
  EXPECT_EQ(good, (std::vector<std::string>{"4", "8", "12"}));
  EXPECT_EQ(bad, 3);
}

TEST(Csv, FieldSurvivesWritingAndReading) {
  const TestFolder folder;
  for (const std::string text : {"plain", "a,b", "\"", "a\r\nb", "", " blank ", "\xC3\xA9"}) {
    CsvReader csv(folder.write("a.csv", "h,i\n" + support::csv_field(text) + ",1\n"));
    ASSERT_TRUE(csv.next());
    EXPECT_EQ(csv.fields()[0], text);
  }
}

TEST(Csv, ErrorsNameFileAndLine) {
  const TestFolder folder;
  const auto error_of = [&](const std::string& text, const std::string& part) {
    expect_error(ErrorCode::format, part, [&] {
      CsvReader csv(folder.write("bad.csv", text));
      while (csv.next()) {
        static_cast<void>(csv.number(0));
        static_cast<void>(csv.integer(1, 0, 9));
      }
    });
  };
  error_of("", "bad.csv:1: the file is empty");
  error_of("a,b\n1,2\n1\n", "bad.csv:3: 1 fields where the header has 2");
  error_of("a,b\n1,2,3\n", "bad.csv:2: 3 fields where the header has 2");
  error_of("a,b\n\"1,2\n", "bad.csv:2: a quoted field is not closed");
  error_of("a,b\n\"1\"x,2\n", "bad.csv:2: text after the closing quote");
  error_of("a,b\n1\"x,2\n", "bad.csv:2: a quote inside a field");
  error_of("a,b\n1x,2\n", "bad.csv:2: column 'a': '1x' is not a number");
  error_of("a,b\n,2\n", "column 'a': '' is not a number");
  error_of("a,b\nnan,2\n", "'nan' is not a number");
  error_of("a,b\ninf,2\n", "'inf' is not a number");
  error_of("a,b\n1e99,2\n", "'1e99' is not a number");
  error_of("a,b\n1,2.5\n", "column 'b': '2.5' is not a whole number from 0 to 9");
  error_of("a,b\n1,10\n", "'10' is not a whole number");
}

TEST(Csv, ErrorsForWhatIsNoFile) {
  const TestFolder folder;
  expect_error(ErrorCode::not_found, "none.csv' does not exist",
               [&] { const CsvReader csv(folder / "none.csv"); });
  expect_error(ErrorCode::io, "is a folder", [&] { const CsvReader csv(folder / ""); });
}

}  // namespace
}  // namespace faceshot::data
