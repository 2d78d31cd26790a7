// Which of several training processes this is, from the variables that launchers set. No Torch.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace faceshot::train {

/// One process of a run, and how to reach the others.
struct ProcessEnvironment {
  int rank = 0;        ///< of this process, in [0, size)
  int size = 1;        ///< number of processes; 1: an ordinary run, everything else is unused
  int local_rank = 0;  ///< among the processes on this machine
  int local_size = 1;  ///< processes on this machine
  std::string master_address;  ///< host of rank 0
  std::uint16_t master_port = 0;
  /// torchrun itself runs the store through which processes connect, for several attempts at a run:
  /// then rank 0 does not create it, and keys have this prefix. Empty: rank 0 creates it.
  std::string agent_prefix;
};

/// The value of a variable; nothing if it is not set.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;

/// Reads the first available set of variables:
/// - RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE: torchrun, Kubernetes jobs, by hand
/// - OMPI_COMM_WORLD_RANK, _SIZE, _LOCAL_RANK, _LOCAL_SIZE: Open MPI's mpirun
/// - SLURM_PROCID, SLURM_STEP_NUM_TASKS, SLURM_LOCALID, SLURM_STEP_TASKS_PER_NODE: srun. A batch
///   script's own process has no step: it is an ordinary run, unless MASTER_ADDR is set (then
///   SLURM_NTASKS counts).
/// and MASTER_ADDR, MASTER_PORT. Under mpirun and srun the address defaults to 127.0.0.1 if all
/// processes are on one machine; the port defaults to 29500 (PyTorch's).
/// @throws Error(invalid_argument) naming a missing or impossible variable. An empty value counts
/// as
///         not set.
[[nodiscard]] ProcessEnvironment read_process_environment(const Variables& variables);

/// The same for this process's own environment. As thread safe as std::getenv.
[[nodiscard]] ProcessEnvironment read_process_environment();

}  // namespace faceshot::train
