#include "data/import/csv_boxes.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using testing::expect_error;
using testing::TestFolder;

/// Every flaw is an error.
CsvBoxes read_csv_strict(const std::filesystem::path& path) {
  FlawLog strict(true);
  return read_csv_boxes(path, strict);
}

TEST(CsvBoxes, CornersSizesAndScatteredRows) {
  const TestFolder folder;
  const auto csv = read_csv_strict(folder.write("a.csv",
                                                "image,width,height,xmin,ymin,xmax,ymax\n"
                                                "f/a.webp,512,341,160.6,166.5,192.4,196.6\n"
                                                "f/b.webp,500,300,,,,\n"
                                                "f/a.webp,512,341,1,2,3,4\n"));
  EXPECT_TRUE(csv.ignored_columns.empty());
  ASSERT_EQ(csv.set.images.size(), 2U);
  EXPECT_EQ(csv.set.images[0].image, "f/a.webp");
  EXPECT_EQ(csv.set.images[0].width, 512);
  EXPECT_EQ(csv.set.images[0].height, 341);
  EXPECT_EQ(csv.set.images[0].line, 2U);
  ASSERT_EQ(csv.set.images[0].annotations.size(), 2U);
  EXPECT_EQ(csv.set.images[0].annotations[0].box, (Box{160.6F, 166.5F, 192.4F, 196.6F}));
  EXPECT_EQ(csv.set.images[0].annotations[1].box, (Box{1, 2, 3, 4}));
  EXPECT_TRUE(csv.set.images[1].annotations.empty());
}

TEST(CsvBoxes, OtherNamesOfTheColumns) {
  const TestFolder folder;
  for (const std::string header : {"Name,x1,y1,x2,y2", "filename,XMIN,YMIN,XMAX,YMAX",
                                   "file,x1,y1,x2,y2", "Image,x1,y1,x2,y2"}) {
    const auto csv = read_csv_strict(folder.write("a.csv", header + "\na.jpg,1,2,3,5\n"));
    ASSERT_EQ(csv.set.images.size(), 1U) << header;
    EXPECT_EQ(csv.set.images[0].annotations.at(0).box, (Box{1, 2, 3, 5})) << header;
    EXPECT_EQ(csv.set.images[0].width, 0);
  }
  const auto sizes = read_csv_strict(folder.write("a.csv", "w,h,y,x,name\n3,4,2,1,a.jpg\n"));
  EXPECT_EQ(sizes.set.images.at(0).annotations.at(0).box, (Box{1, 2, 4, 6}));
}

TEST(CsvBoxes, UnknownColumnsAreReported) {
  const TestFolder folder;
  const auto csv =
      read_csv_strict(folder.write("a.csv", "image,Age,x1,y1,x2,y2,who\na.jpg,7,1,2,3,5,me\n"));
  EXPECT_EQ(csv.ignored_columns, (std::vector<std::string>{"Age", "who"}));
}

TEST(CsvBoxes, ErrorsNameFileAndLine) {
  const TestFolder folder;
  const auto error_of = [&](const std::string& text, const std::string& part) {
    expect_error(ErrorCode::format, part,
                 [&] { static_cast<void>(read_csv_strict(folder.write("b.csv", text))); });
  };
  const std::string head = "image,x1,y1,x2,y2\n";
  error_of(head + "a.jpg,1,2,3,4\na.jpg,3,2,3,4\n", "b.csv:3: the box has x1 >= x2");
  error_of(head + "a.jpg,1,2,3\n", "b.csv:2: 4 fields where the header has 5");
  error_of(head + "a.jpg,1,2,,4\n", "b.csv:2: a box needs all four numbers");
  error_of(head + "a.jpg,1,two,3,4\n", "b.csv:2: column 'y1': 'two' is not a number");
  error_of(head + ",1,2,3,4\n", "b.csv:2: the row names no image");
  error_of(head + "a.jpg,,,,\na.jpg,1,2,3,4\n", "b.csv:3: 'a.jpg' has a row without a box");
  error_of(head + "a.jpg,1,2,3,4\na.jpg,,,,\n", "b.csv:3: 'a.jpg' has a row without a box");
  error_of("image,x,y,w,h\na.jpg,1,2,0,4\n", "b.csv:2: the box has no width or height");
  error_of("image,width,height,x,y,w,h\na.jpg,5,5,1,2,1,1\na.jpg,5,6,1,2,1,1\n",
           "b.csv:3: 'a.jpg' has a different size than on line 2");
  error_of("image,x1,y1,x2\na.jpg,1,2,3\n", "b.csv:1: the header has no box");
  error_of("x1,y1,x2,y2\n1,2,3,4\n", "b.csv:1: no column names the image");
  error_of("image,file,x1,y1,x2,y2\n", "b.csv:1: two columns name the image");
  error_of("image,x1,y1,x2,y2,x,y,w,h\n", "b.csv:1: the header has more than one kind of box");
  error_of("image,class,x1,y1,x2,y2\na.jpg,,1,2,3,4\n", "b.csv:2: the box has no class");
  error_of("image,class,label,x1,y1,x2,y2\n", "b.csv:1: two columns name the class");
  error_of("image,width,height,x1,y1,x2,y2\na.jpg,8.5,8,1,2,3,4\n",
           "b.csv:2: column 'width': '8.5' is not a whole number from 1");
  error_of("image,x1,y1,x2,y2,x1\n", "b.csv:1: column 'x1' appears twice");
}

TEST(CsvBoxes, BadRowsAreLeftOutAndNamed) {
  const TestFolder folder;
  const auto path = folder.write("b.csv",
                                 "image,width,height,x1,y1,x2,y2\n"
                                 "a.jpg,9,9,1,2,3,4\n"
                                 "a.jpg,9,9,5,2,3,4\n"
                                 "a.jpg,9,8,1,2,3,4\n"
                                 "b.jpg,9,9,1,2,x,4\n"
                                 "a.jpg,9,9,5,6,7,8\n"
                                 "c.jpg,9,9,1\n"
                                 "a.jpg,9,9,,,,\n");
  FlawLog flaws;
  const auto csv = read_csv_boxes(path, flaws);
  ASSERT_EQ(csv.set.images.size(), 1U) << "b.jpg and c.jpg have no row that can be used";
  ASSERT_EQ(csv.set.images[0].annotations.size(), 2U);
  EXPECT_EQ(csv.set.images[0].annotations[0].box, (Box{1, 2, 3, 4}));
  EXPECT_EQ(csv.set.images[0].annotations[1].box, (Box{5, 6, 7, 8}));
  ASSERT_EQ(flaws.kinds().size(), 1U);
  const std::vector<std::string>& places = flaws.kinds()[0].places;
  const char* const lines[] = {"b.csv:3: ", "b.csv:4: ", "b.csv:5: ", "b.csv:7: ", "b.csv:8: "};
  ASSERT_EQ(places.size(), std::size(lines));
  for (std::size_t i = 0; i < places.size(); ++i)
    EXPECT_NE(places[i].find(lines[i]), std::string::npos) << places[i];
  expect_error(ErrorCode::format, "b.csv:3: ", [&] { static_cast<void>(read_csv_strict(path)); });
}

/// As TensorFlow's tutorials and Roboflow write it.
TEST(CsvBoxes, AColumnNamesTheClass) {
  const TestFolder folder;
  for (const std::string column : {"class", "label", "class_name", "Category"}) {
    const auto csv = read_csv_strict(folder.write("a.csv", "filename,width,height," + column +
                                                               ",xmin,ymin,xmax,ymax\n"
                                                               "a.jpg,80,120,face,10,10,50,60\n"
                                                               "a.jpg,80,120,dog,30,40,60,90\n"
                                                               "a.jpg,80,120,cat,1,1,20,20\n"
                                                               "b.jpg,80,120,,,,,\n"));
    EXPECT_TRUE(csv.has_classes) << column;
    EXPECT_TRUE(csv.ignored_columns.empty()) << column;
    EXPECT_EQ(csv.set.classes, (std::vector<std::string>{"cat", "dog", "face"})) << "by name";
    ASSERT_EQ(csv.set.images.size(), 2U);
    EXPECT_EQ(csv.set.images[0].annotations.at(0).class_id, 2);
    EXPECT_EQ(csv.set.images[0].annotations.at(1).class_id, 1);
    EXPECT_EQ(csv.set.images[0].annotations.at(2).class_id, 0);
  }
  const auto none = read_csv_strict(folder.write("a.csv", "image,x1,y1,x2,y2\na.jpg,1,2,3,4\n"));
  EXPECT_FALSE(none.has_classes);
  EXPECT_EQ(none.set.classes, std::vector<std::string>{"face"});
}

TEST(CsvBoxes, OtherSeparatorsDecimalCommasAndBlanks) {
  const TestFolder folder;
  const Box wanted{10.5F, 10, 50, 60.25F};
  for (const std::string text :
       {"image;xmin;ymin;xmax;ymax\na.jpg;10.5;10;50;60.25\n",
        "image;xmin;ymin;xmax;ymax\na.jpg;10,5;10;50;60,25\n",
        "image\txmin\tymin\txmax\tymax\na.jpg\t10,5\t10\t50\t60.25\n",
        "image, xmin , ymin, xmax, ymax\na.jpg , 10.5, 10, 50, 60.25 \n",
        "image, xmin, ymin, xmax, ymax\r\n \"a.jpg\" , 10.5,10,50,60.25\r\n",
        "\xEF\xBB\xBFimage;xmin;ymin;xmax;ymax\na.jpg;10.5;10;50;60.25\n"}) {
    const auto csv = read_csv_strict(folder.write("a.csv", text));
    ASSERT_EQ(csv.set.images.size(), 1U) << text;
    EXPECT_EQ(csv.set.images[0].image, "a.jpg") << text;
    EXPECT_EQ(csv.set.images[0].annotations.at(0).box, wanted) << text;
  }
  // A name with blanks inside, and a comma that does separate.
  const auto csv =
      read_csv_strict(folder.write("a.csv", "image,x1,y1,x2,y2\n\"a b, c.jpg\",1,2,3,4\n"));
  EXPECT_EQ(csv.set.images.at(0).image, "a b, c.jpg");
}

// "image;x1;y1;x2;y2" and "ü.jpg;1;2;3;4", as Python's "utf-16" codecs write them.
TEST(CsvBoxes, Utf16) {
  const TestFolder folder;
  const std::u16string text = u"\uFEFFimage;x1;y1;x2;y2\r\n\u00fc\U0001F600.jpg;1;2;3;4\r\n";
  std::string little, big;
  for (const char16_t unit : text) {
    const char low = static_cast<char>(unit & 0xFF), high = static_cast<char>(unit >> 8);
    little += {low, high};
    big += {high, low};
  }
  for (const std::string& bytes : {little, big}) {
    const auto csv = read_csv_strict(folder.write("a.csv", bytes));
    ASSERT_EQ(csv.set.images.size(), 1U);
    EXPECT_EQ(csv.set.images[0].image, "\xC3\xBC\xF0\x9F\x98\x80.jpg");
    EXPECT_EQ(csv.set.images[0].annotations.at(0).box, (Box{1, 2, 3, 4}));
  }
  expect_error(ErrorCode::format, "damaged UTF-16", [&] {
    static_cast<void>(read_csv_strict(folder.write("a.csv", little.substr(0, little.size() - 1))));
  });
  expect_error(ErrorCode::format, "byte 2: damaged UTF-16", [&] {
    static_cast<void>(read_csv_strict(folder.write("a.csv", "\xFF\xFE\x3D\xD8")));
  });
}

TEST(CsvBoxes, AHeaderWithoutColumnsThatWeKnowNamesTheSeparators) {
  const TestFolder folder;
  for (const std::string text : {"a.jpg|1|2|3|4\n", "face,10,10,40,50,a.jpg,80,120\n"})
    expect_error(ErrorCode::format, "a.csv:1: no column names the image",
                 [&] { static_cast<void>(read_csv_strict(folder.write("a.csv", text))); });
  expect_error(ErrorCode::format, "(separators tried: comma, semicolon, tab)", [&] {
    static_cast<void>(read_csv_strict(folder.write("a.csv", "image x1 y1 x2 y2\na.jpg 1 2 3 4\n")));
  });
}

TEST(CsvBoxes, SidesMayBeWrittenAsFractions) {
  const TestFolder folder;
  const auto csv = read_csv_strict(
      folder.write("a.csv", "image,width,height,x1,y1,x2,y2\na.jpg,80.0,120.0,1,2,3,4\n"));
  EXPECT_EQ(csv.set.images.at(0).height, 120);
}

}  // namespace
}  // namespace faceshot::data
