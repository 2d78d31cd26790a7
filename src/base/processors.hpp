// How many processors this process may use.
#pragma once

#include <filesystem>

namespace faceshot::base {

/// The default number of threads: the processors in this process's affinity mask (taskset, Slurm,
/// Docker's --cpuset-cpus), but no more than the CPU quota of its control group (Docker's --cpus,
/// Kubernetes' limits), rounded up. At least 1. Determined once. Thread safe.
[[nodiscard]] int processors();

/// The smallest CPU quota of this process's control group and its parents, in processors (may be
/// fractional); infinity without a quota. Control groups 1 and 2, mounted at the usual places below
/// /sys/fs/cgroup.
/// @param root folder with proc/self/cgroup and sys/fs/cgroup; "/" except in tests
[[nodiscard]] double cpu_quota(const std::filesystem::path& root);

}  // namespace faceshot::base
