// Whatever an annotation file contains, a reader returns or throws Error, and what it returns is
// valid. The files are real ones with random bytes changed, removed or duplicated.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "data/import/coco.hpp"
#include "data/import/csv_boxes.hpp"
#include "data/import/fddb_ellipses.hpp"
#include "data/import/retinaface_text.hpp"
#include "data/import/voc.hpp"
#include "data/import/wider_text.hpp"
#include "data/prepared/prepared.hpp"
#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;
using testing::TestFolder;

constexpr std::uint32_t trials = 400;

std::string damage(std::string text, base::Random& random) {
  constexpr std::string_view likely = ",\"\n\r-.0129 enax/";
  const int changes = 1 + static_cast<int>(random.uniform() * 4);
  for (int i = 0; i < changes && !text.empty(); ++i) {
    const auto at =
        static_cast<std::size_t>(random.uniform() * static_cast<float>(text.size() - 1));
    const auto which =
        static_cast<std::size_t>(random.uniform() * static_cast<float>(likely.size() - 1));
    const float kind = random.uniform();
    if (kind < 0.5F)
      text[at] = likely[which];
    else if (kind < 0.7F)
      text.erase(at, 1 + which);
    else if (kind < 0.9F)
      text.insert(at, text.substr(at, 1 + which));
    else
      text.resize(at);
  }
  return text;
}

/// Counts the outcomes: a test in which nothing fails, or everything, would prove little.
template <typename Read>
void try_damaged(const std::string& text, const Read& read) {
  const TestFolder folder;
  std::size_t read_well = 0;
  std::size_t refused = 0;
  for (std::uint32_t trial = 0; trial < trials; ++trial) {
    base::Random random(7, 0, trial);
    const auto path = folder.write("file", damage(text, random));
    try {
      read(path);
      ++read_well;
    } catch (const Error& e) {
      ++refused;
      EXPECT_EQ(e.code(), ErrorCode::format) << e.what();
      EXPECT_NE(std::string(e.what()).find("file:"), std::string::npos) << e.what();
    }
  }
  EXPECT_GT(read_well, trials / 100);
  EXPECT_GT(refused, trials / 4);
}

TEST(DamagedText, Prepared) {
  try_damaged(
      "image,width,height,x1,y1,x2,y2,class,ignore,blur\n"
      "a.jpg,20,10,1,1,5,2.5,0,0,2\na.jpg,20,10,3,1,5,9,0,1,\n"
      "\"b,\"\"c\"\".jpg\",20,10,,,,,,,\nd.jpg,20,10,0,0,20,10,0,0,0\n",
      [](const auto& path) {
        for (const geometry::ImageRecord& record : read_prepared(path).records)
          for (const Annotation& a : record.annotations) {
            EXPECT_TRUE(a.box.valid());
            EXPECT_EQ(a.box, clip(a.box, static_cast<float>(record.width),
                                  static_cast<float>(record.height)));
          }
      });
}

/// The same with readers that skip flawed entries: hardly any damage is an error.
template <typename Read>
void read_damaged(const std::string& text, const Read& read) {
  const TestFolder folder;
  std::size_t flawed = 0;
  for (std::uint32_t trial = 0; trial < trials; ++trial) {
    base::Random random(7, 0, trial);
    const auto path = folder.write("file.xml", damage(text, random));
    FlawLog flaws;
    try {
      for (const LabelledImage& image : read(path, flaws)) {
        EXPECT_FALSE(image.image.empty());
        for (const Annotation& a : image.annotations) EXPECT_TRUE(finite(a.box));
      }
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find("file.xml"), std::string::npos) << e.what();
      ++flawed;
    }
    flawed += flaws.kinds().empty() ? 0 : 1;
    for (const FlawKind& kind : flaws.kinds())
      for (const std::string& place : kind.places)
        EXPECT_NE(place.find("file.xml:"), std::string::npos) << place;
  }
  EXPECT_GT(flawed, trials / 10);
}

TEST(DamagedText, FlawsAreNamedAndTheRestIsRead) {
  read_damaged(
      "0--Parade/a.jpg\n2\n449 330 122 149 0 0 0 0 0 0 \n1.5 2 3 4 2 1 1 1 2 1 \n"
      "b.jpg\n0\n0 0 0 0 0 0 0 0 0 0 \nc.jpg\n1\n5 6 7 8 0 0 0 0 0 0\n",
      [](const auto& path, FlawLog& flaws) { return read_wider_text(path, flaws); });
  read_damaged("# a.jpg\n449 330 122 149 4 3 0 5 3 0 5 4 0 4 5 0 3 4 0 0.82\n1 2 3 4\n# b.jpg\n",
               [](const auto& path, FlawLog& flaws) { return read_retinaface_text(path, flaws); });
  read_damaged(
      "2002/img_591\n1\n123.58 85.54 1.26 269.69 161.78 1\nb\n2\n1 1 0 5 5 1\n2 2 0 5 5 1\n",
      [](const auto& path, FlawLog& flaws) { return read_fddb_ellipses(path, flaws); });
  read_damaged(
      "image;class;xmin;ymin;xmax;ymax\na.webp;face;160,6;166.5;192.4;196.6\nb.webp;;;;;\n",
      [](const auto& path, FlawLog& flaws) { return read_csv_boxes(path, flaws).set.images; });
  read_damaged(
      R"({"images": [{"id": 1, "file_name": "a.jpg", "width": 80, "height": 120}, {"id": 2,
          "file_name": "b.jpg", "width": 80, "height": 120}], "categories": [{"id": 1, "name": "face"}],
          "annotations": [{"image_id": 1, "category_id": 1, "bbox": [10, 20.5, 30, 40], "iscrowd": 0},
          {"image_id": 2, "category_id": 1, "segmentation": [[1, 2, 3, 4, 5, 6]]}]})",
      [](const auto& path, FlawLog& flaws) { return read_coco(path, flaws).images; });
  read_damaged(
      "<annotation><filename>a.jpg</filename><size><width>80</width><height>120</height></size>"
      "<object><name>face</name><difficult>0</difficult><bndbox><xmin>11</xmin><ymin>21</ymin>"
      "<xmax>50</xmax><ymax>60</ymax></bndbox></object></annotation>",
      [](const auto& path, FlawLog& flaws) { return read_voc(path.parent_path(), flaws).images; });
}

TEST(DamagedText, WiderText) {
  try_damaged(
      "0--Parade/a.jpg\n2\n449 330 122 149 0 0 0 0 0 0 \n1.5 2 3 4 2 1 1 1 2 1 \n"
      "b.jpg\n0\n0 0 0 0 0 0 0 0 0 0 \nc.jpg\n1\n5 6 7 8 0 0 0 0 0 0\n",
      [](const auto& path) {
        FlawLog strict(true);
        for (const LabelledImage& image : read_wider_text(path, strict)) {
          EXPECT_FALSE(image.image.empty());
          for (const Annotation& a : image.annotations) EXPECT_TRUE(finite(a.box));
        }
      });
}

TEST(DamagedText, CsvBoxes) {
  try_damaged(
      "image,width,height,xmin,ymin,xmax,ymax\na.webp,512,341,160.6,166.5,192.4,196.6\n"
      "a.webp,512,341,1,2,3,4\nb.webp,512,384,,,,\n\"c,d.webp\",512,341,5,6,7,8\n",
      [](const auto& path) {
        FlawLog strict(true);
        for (const LabelledImage& image : read_csv_boxes(path, strict).set.images)
          for (const Annotation& a : image.annotations) EXPECT_TRUE(a.box.valid());
      });
}

}  // namespace
}  // namespace faceshot::data
