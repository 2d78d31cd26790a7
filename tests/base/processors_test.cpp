#include "base/processors.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <cmath>

#include "data/test_folder.hpp"

namespace faceshot::base {
namespace {

using testing::TestFolder;

TEST(Processors, AreThoseOfTheAffinityMask) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  ASSERT_EQ(sched_getaffinity(0, sizeof mask, &mask), 0);
  EXPECT_GE(processors(), 1);
  EXPECT_LE(processors(), CPU_COUNT(&mask));
}

TEST(CpuQuota, OfVersion2IsTheSmallestOnTheWayUp) {
  const TestFolder root;
  root.write("proc/self/cgroup", "0::/kubepods/pod1/app\n");
  root.write("sys/fs/cgroup/kubepods/cpu.max", "400000 100000\n");
  root.write("sys/fs/cgroup/kubepods/pod1/cpu.max", "150000 100000\n");
  root.write("sys/fs/cgroup/kubepods/pod1/app/cpu.max", "max 100000\n");
  EXPECT_DOUBLE_EQ(cpu_quota(root / ""), 1.5);
}

TEST(CpuQuota, OfAContainerIsAtItsMountPoint) {
  const TestFolder root;
  root.write("proc/self/cgroup", "0::/\n");
  root.write("sys/fs/cgroup/cpu.max", "200000 100000\n");
  EXPECT_DOUBLE_EQ(cpu_quota(root / ""), 2);
  // The host's path, which the container cannot see.
  root.write("proc/self/cgroup", "0::/system.slice/docker-0123.scope\n");
  EXPECT_DOUBLE_EQ(cpu_quota(root / ""), 2);
}

TEST(CpuQuota, OfVersion1IsTheCpuControllers) {
  const TestFolder root;
  root.write("proc/self/cgroup",
             "12:cpuset:/docker/a\n4:cpu,cpuacct:/docker/a\n1:name=systemd:/docker/a\n0::/\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/docker/a/cpu.cfs_quota_us", "50000\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/docker/a/cpu.cfs_period_us", "100000\n");
  root.write("sys/fs/cgroup/cpuset/docker/a/cpu.cfs_quota_us", "10000\n");
  root.write("sys/fs/cgroup/cpuset/docker/a/cpu.cfs_period_us", "100000\n");
  EXPECT_DOUBLE_EQ(cpu_quota(root / ""), 0.5);
  root.write("sys/fs/cgroup/cpu,cpuacct/docker/a/cpu.cfs_quota_us", "-1\n");
  EXPECT_TRUE(std::isinf(cpu_quota(root / "")));
}

TEST(CpuQuota, IsNoneWhereNothingIsToBeRead) {
  const TestFolder root;
  EXPECT_TRUE(std::isinf(cpu_quota(root / "")));
  root.write("proc/self/cgroup", "nonsense\n0::\n::\n");
  root.write("sys/fs/cgroup/cpu.max", "a b\n");
  EXPECT_TRUE(std::isinf(cpu_quota(root / "")));
}

}  // namespace
}  // namespace faceshot::base
