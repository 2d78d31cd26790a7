#include "base/processors.hpp"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace faceshot::base {
namespace {

namespace fs = std::filesystem;

constexpr double none = std::numeric_limits<double>::infinity();

/// Quota and period in microseconds, as processors; "max" or -1 means no quota.
double ratio(const std::string& quota, const std::string& period) {
  try {
    const double q = std::stod(quota), p = std::stod(period);
    return q > 0 && p > 0 ? q / p : none;
  } catch (const std::logic_error&) {
    return none;
  }
}

double quota_of(const fs::path& group) {
  std::string quota, period;
  if (std::ifstream file(group / "cpu.max"); file >> quota >> period) return ratio(quota, period);
  std::ifstream quota_file(group / "cpu.cfs_quota_us"), period_file(group / "cpu.cfs_period_us");
  return quota_file >> quota && period_file >> period ? ratio(quota, period) : none;
}

/// The smallest quota of the group and its parents, up to the mount point. A container may see the
/// host's path, which does not exist below its own mount point: then the mount point is its group.
double smallest_quota(const fs::path& mount, const std::string& group) {
  double smallest = quota_of(mount);
  fs::path folder = mount;
  for (const fs::path& part : fs::path(group).relative_path())
    smallest = std::min(smallest, quota_of(folder /= part));
  return smallest;
}

/// Folders that may hold the controller's files, for a line ID:CONTROLLERS:PATH.
std::vector<std::string> mounts(const std::string& controllers) {
  if (controllers.empty()) return {"", "unified"};  // version 2, alone or with version 1
  const std::string list = "," + controllers + ",";
  if (list.find(",cpu,") == std::string::npos) return {};
  return {controllers, "cpu"};
}

int processors_of_mask() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  // Fails on machines with more processors than the set can hold.
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) return std::max(1, CPU_COUNT(&mask));
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace

double cpu_quota(const fs::path& root) {
  double smallest = none;
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    for (const std::string& mount : mounts(line.substr(first + 1, second - first - 1)))
      smallest = std::min(smallest,
                          smallest_quota(root / "sys/fs/cgroup" / mount, line.substr(second + 1)));
  }
  return smallest;
}

int processors() {
  static const int count = [] {
    const double quota = std::ceil(cpu_quota("/") - 1e-6);
    return std::max(1, static_cast<int>(std::min<double>(processors_of_mask(), quota)));
  }();
  return count;
}

}  // namespace faceshot::base
