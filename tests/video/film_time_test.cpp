#include "video/reading/film_time.hpp"

#include <gtest/gtest.h>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

TEST(FilmTime, IsReadAsPeopleWriteIt) {
  EXPECT_DOUBLE_EQ(parse_film_time("75"), 75);
  EXPECT_DOUBLE_EQ(parse_film_time("75.5"), 75.5);
  EXPECT_DOUBLE_EQ(parse_film_time("1:15"), 75);
  EXPECT_DOUBLE_EQ(parse_film_time("0:30"), 30);
  EXPECT_DOUBLE_EQ(parse_film_time("90:00"), 5400);
  EXPECT_DOUBLE_EQ(parse_film_time("1:02:03.5"), 3723.5);
  EXPECT_DOUBLE_EQ(parse_film_time("0"), 0);
}

TEST(FilmTime, RefusesWhatIsNone) {
  for (const char* const text : {"", ":", "1:", ":1", "1:60", "1:2:3:4", "-1", "1e3", "nan", "0x10",
                                 "1.5:00", "1:00 ", "9999999", "ten", "1,5"})
    EXPECT_THROW((void)parse_film_time(text), Error) << text;
}

TEST(FilmTime, IsWrittenToHundredths) {
  EXPECT_EQ(film_time_text(0), "0:00.00");
  EXPECT_EQ(film_time_text(75.5), "1:15.50");
  EXPECT_EQ(film_time_text(59.999), "1:00.00");
  EXPECT_EQ(film_time_text(3723.5), "1:02:03.50");
}

}  // namespace
}  // namespace faceshot::video
