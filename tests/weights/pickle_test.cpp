#include "weights/pickle.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"
#include "faceshot/error.hpp"

namespace faceshot::weights {
namespace {

using namespace std::string_literals;

/// Bytes as pickle.dumps(..., protocol=2) writes them.
Pickle read(const std::string& program) { return read_pickle("\x80\x02"s + program, "x.pt"); }

template <typename T>
T value(const std::string& program) {
  const Pickle pickle = read(program);
  return std::get<T>(pickle.values[pickle.root]);
}

TEST(Pickle, ReadsNumbersAndTexts) {
  EXPECT_EQ(value<std::int64_t>("K\xff."), 255);
  EXPECT_EQ(value<std::int64_t>("M\x01\x02."), 513);
  EXPECT_EQ(value<std::int64_t>("J\xfe\xff\xff\xff."), -2);
  EXPECT_EQ(value<std::int64_t>("\x8a\x06\0\0\0\0\0\x01."s), std::int64_t{1} << 40);
  EXPECT_EQ(value<std::int64_t>("\x8a\x01\x80."), -128);
  EXPECT_EQ(value<std::int64_t>("\x8a\0."s), 0);
  EXPECT_EQ(value<double>("G\x3f\xf8\0\0\0\0\0\0."s), 1.5);
  EXPECT_EQ(value<bool>("\x88."), true);
  EXPECT_EQ(value<std::string>("X\x03\0\0\0abc."s), "abc");
}

TEST(Pickle, ReadsContainers) {
  // pickle.dumps({'a': [1, 2], 'b': (3,)}, 2)
  const Pickle pickle = read(
      "}q\0(X\x01\0\0\0aq\x01]q\x02(K\x01K\x02"
      "eX\x01\0\0\0bq\x03K\x03\x85q\x04u."s);
  const PickleIndex list = pickle.find(pickle.root, "a");
  ASSERT_LT(list, pickle.values.size());
  EXPECT_EQ(std::get<PickleList>(pickle.values[list]).items.size(), 2U);
  EXPECT_LT(pickle.find(pickle.root, "b"), pickle.values.size());
  EXPECT_EQ(pickle.find(pickle.root, "c"), pickle.values.size());
  EXPECT_EQ(pickle.find(list, "a"), pickle.values.size());
}

TEST(Pickle, RefusesDamage) {
  for (const std::string& program :
       {""s, "K"s, "."s, "h\0."s,
        "X\xff\xff\xff\xff"
        "a."s,
        "a."s,
        "K\x01K\x02"
        "a."s,
        "(K\x01u."s, "}(K\x01u."s, "\x86."s, "K\x01(\x85."s, "t."s, "R."s, "K\x01Q."s, ")Q."s,
        "cabc"s, "\x8a\x09\0\0\0\0\0\0\0\0\0."s})
    testing::expect_error(ErrorCode::format, "'x.pt'", [&] { (void)read(program); });
}

TEST(Pickle, CallsNothing) {
  // pickle.dumps of an object whose __reduce__ returns (os.system, ("echo harm",)).
  testing::expect_error(ErrorCode::unsupported, "'posix system'", [] {
    (void)read("cposix\nsystem\nq\0X\x09\0\0\0echo harmq\x01\x85q\x02Rq\x03."s);
  });
  testing::expect_error(ErrorCode::unsupported, "more than tensors",
                        [] { (void)read("cposix\nsystem\n)\x81."s); });
  testing::expect_error(ErrorCode::unsupported, "protocol",
                        [] { (void)read_pickle("\x80\x04N.", "x.pt"); });
}

/// A tensor on a storage of 10 floats, with this offset, shape and strides.
std::string tensor(const std::string& offset, const std::string& shape,
                   const std::string& strides) {
  return "ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\n"
         "X\x01\0\0\0"
         "0X\x03\0\0\0cpuK\ntQ"s +
         offset + shape + strides + "\x89" + "ccollections\nOrderedDict\n)RtR.";
}

TEST(Pickle, TensorsLieWithinTheirStorage) {
  const auto good = value<PickleTensor>(tensor("K\x02", "K\x02K\x04\x86", "K\x04K\x01\x86"));
  EXPECT_EQ(good.offset, 2);
  EXPECT_EQ(good.shape, (std::vector<std::int64_t>{2, 4}));
  EXPECT_EQ(good.strides, (std::vector<std::int64_t>{4, 1}));
  EXPECT_EQ(good.storage.key, "0");
  EXPECT_EQ(good.storage.count, 10);
  EXPECT_NO_THROW((void)value<PickleTensor>(tensor("K\x09", ")", ")")));
  EXPECT_NO_THROW((void)value<PickleTensor>(tensor("K\x63", "K\0\x85"s, "K\x01\x85")));
  const std::string huge = "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f";
  for (const std::string& bad :
       {tensor("K\x03", "K\x02K\x04\x86", "K\x04K\x01\x86"), tensor("K\n", ")", ")"),
        tensor("J\xff\xff\xff\xff", ")", ")"), tensor("K\0"s, "J\xff\xff\xff\xff\x85", "K\x01\x85"),
        tensor("K\x09", "K\x02\x85", "J\xff\xff\xff\xff\x85"), tensor("K\0"s, "K\x02\x85", ")"),
        tensor("K\0"s, huge + "\x85", huge + "\x85"), tensor(huge, ")", ")")})
    testing::expect_error(ErrorCode::format, "damaged", [&] { (void)read(bad); });
}

}  // namespace
}  // namespace faceshot::weights
