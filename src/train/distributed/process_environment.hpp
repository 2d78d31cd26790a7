// Which of several training processes this is, from the variables that launchers set. No Torch.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace faceshot::train {

/// One process of a run, and where its processes meet.
struct ProcessEnvironment {
  int rank = 0;        ///< of this process, in [0, size)
  int size = 1;        ///< processes of the run; 1: an ordinary run, all else here is unused
  int local_rank = 0;  ///< among the processes of this machine
  int local_size = 1;  ///< processes on this machine
  std::string master_address;  ///< host of rank 0
  std::uint16_t master_port = 0;
  /// torchrun keeps the place where the processes meet itself, for several attempts at a run: then
  /// rank 0 does not open it, and names are under this prefix. Empty: rank 0 opens it.
  std::string agent_prefix;
};

/// A variable's value; nothing if it is not set.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;

/// Reads, whichever is there first:
/// - RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE: torchrun, Kubernetes jobs, by hand
/// - OMPI_COMM_WORLD_RANK, _SIZE, _LOCAL_RANK, _LOCAL_SIZE: Open MPI's mpirun
/// - SLURM_PROCID, SLURM_STEP_NUM_TASKS, SLURM_LOCALID, SLURM_STEP_TASKS_PER_NODE: srun. A batch
///   script's own process has no step: it is an ordinary run, unless MASTER_ADDR is set (then
///   SLURM_NTASKS counts).
/// and MASTER_ADDR, MASTER_PORT. Under mpirun and srun the address is 127.0.0.1 where all processes
/// are on one machine; the port is 29500 (PyTorch's) where none is given.
/// @throws Error(invalid_argument) that names the variable that is missing or impossible. An empty
///         value counts as not set.
[[nodiscard]] ProcessEnvironment read_process_environment(const Variables& variables);

/// The same, of this process's own environment. Thread safe as std::getenv is.
[[nodiscard]] ProcessEnvironment read_process_environment();

}  // namespace faceshot::train
