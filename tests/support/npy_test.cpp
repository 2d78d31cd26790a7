#include "support/npy.hpp"

#include <gtest/gtest.h>

namespace faceshot::support {
namespace {

TEST(NpyText, ReadsWhatNumPyWrites) {
  // numpy.lib.format's own output.
  const auto matrix = parse_npy_text(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }                     \n");
  ASSERT_TRUE(matrix.has_value());
  EXPECT_EQ(matrix->descr, "<f4");
  EXPECT_FALSE(matrix->fortran_order);
  EXPECT_EQ(matrix->shape, (std::vector<std::int64_t>{3, 4}));
  const auto row = parse_npy_text("{'descr': '|b1', 'fortran_order': True, 'shape': (12,), }\n");
  ASSERT_TRUE(row.has_value());
  EXPECT_TRUE(row->fortran_order);
  EXPECT_EQ(row->shape, (std::vector<std::int64_t>{12}));
  const auto scalar = parse_npy_text("{'shape': (), 'fortran_order': False, 'descr': '<i8'}");
  ASSERT_TRUE(scalar.has_value());
  EXPECT_TRUE(scalar->shape.empty());
}

TEST(NpyText, RefusesAnythingElse) {
  for (const char* text :
       {"", "{", "{}", "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)",
        "{'descr': '<f4', 'fortran_order': False, }",
        "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (3,), }",
        "{'descr': '<f4', 'fortran_order': None, 'shape': (3,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3 4), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1, }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } x"}) {
    EXPECT_FALSE(parse_npy_text(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace faceshot::support
