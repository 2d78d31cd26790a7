#include "train/distributed/process_environment.hpp"

#include <charconv>
#include <cstdlib>
#include <sstream>

#include "faceshot/error.hpp"

namespace faceshot::train {
namespace {

constexpr int default_port = 29500;

/// A launcher's names of the four numbers.
struct Names {
  const char* rank;
  const char* size;
  const char* local_rank;
  const char* local_size;
};

constexpr Names torchrun{"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"};
constexpr Names open_mpi{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
                         "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE"};
constexpr Names slurm{"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID",
                      "SLURM_STEP_TASKS_PER_NODE"};
constexpr const char* slurm_job_size = "SLURM_NTASKS";

[[noreturn]] void reject_environment(const std::string& message) {
  throw Error(ErrorCode::invalid_argument, "several processes: " + message);
}

std::optional<std::string> value_of(const Variables& variables, const char* name) {
  auto value = variables(name);
  if (value && value->empty()) return std::nullopt;
  return value;
}

int number(const std::string& text, const char* name, int least, int most) {
  int value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < least || value > most)
    reject_environment(std::string(name) + " is '" + text + "'; it must be an integer from " +
                       std::to_string(least) + " to " + std::to_string(most));
  return value;
}

int required(const Variables& variables, const char* name, const char* because, int least,
             int most) {
  const auto text = value_of(variables, name);
  if (!text)
    reject_environment(std::string(because) + " is set but " + name +
                       " is not; start all processes with torchrun, mpirun or srun, or set both");
  return number(*text, name, least, most);
}

/// The number of processes on node `node`, from a list like "2(x3),1": 2, 2, 2, 1.
int tasks_of_node(const std::string& text, int node) {
  std::istringstream groups(text);
  int first = 0;
  for (std::string group; std::getline(groups, group, ',');) {
    const auto open = group.find("(x");
    const int tasks = number(group.substr(0, open), slurm.local_size, 1, 1 << 20);
    int nodes = 1;
    if (open != std::string::npos) {
      if (group.back() != ')')
        reject_environment(std::string(slurm.local_size) + " is '" + text + "'");
      nodes = number(group.substr(open + 2, group.size() - open - 3), slurm.local_size, 1, 1 << 20);
    }
    first += nodes;
    if (node < first) return tasks;
  }
  reject_environment(std::string(slurm.local_size) + " is '" + text + "', which has no node " +
                     std::to_string(node));
}

constexpr int most_ranks = 1 << 20;

}  // namespace

ProcessEnvironment read_process_environment(const Variables& variables) {
  const auto has = [&](const char* name) { return value_of(variables, name).has_value(); };
  Names names = torchrun;
  if (!has(torchrun.rank) && !has(torchrun.size)) {
    names = open_mpi;
    if (!has(names.rank)) {
      names = slurm;
      const bool step = has(slurm.size);
      if (!has(slurm.rank) || (!step && !(has(slurm_job_size) && has("MASTER_ADDR")))) return {};
      if (!step) names.size = slurm_job_size;
    }
  }
  ProcessEnvironment env;
  env.size = required(variables, names.size, names.rank, 1, most_ranks);
  env.rank = required(variables, names.rank, names.size, 0, most_ranks);
  if (env.rank >= env.size)
    reject_environment(std::string(names.rank) + " is " + std::to_string(env.rank) + " but " +
                       names.size + " is " + std::to_string(env.size) + "; ranks count from 0");
  if (env.size == 1) return env;

  if (const auto text = value_of(variables, names.local_rank))
    env.local_rank = number(*text, names.local_rank, 0, env.size - 1);
  if (const auto text = value_of(variables, names.local_size)) {
    const auto node = value_of(variables, "SLURM_NODEID");
    env.local_size =
        names.rank == slurm.rank
            ? tasks_of_node(*text, node ? number(*node, "SLURM_NODEID", 0, 1 << 20) : 0)
            : number(*text, names.local_size, 1, env.size);
  }

  const bool by_hand = names.rank == torchrun.rank;
  if (const auto text = value_of(variables, "MASTER_ADDR"))
    env.master_address = *text;
  else if (!by_hand && env.local_size == env.size)
    env.master_address = "127.0.0.1";
  else
    reject_environment(
        "MASTER_ADDR is not set: give all processes the address of the machine of rank 0, as "
        "MASTER_ADDR=10.0.0.1");
  if (const auto text = value_of(variables, "MASTER_PORT"))
    env.master_port = static_cast<std::uint16_t>(number(*text, "MASTER_PORT", 1, 65535));
  else if (by_hand)
    reject_environment(
        "MASTER_PORT is not set: give all processes the same free port of the machine of rank 0, "
        "as MASTER_PORT=29500");
  else
    env.master_port = default_port;

  // As in torch.distributed's env:// (rendezvous.py of PyTorch 1.13).
  if (value_of(variables, "TORCHELASTIC_USE_AGENT_STORE") == "True")
    env.agent_prefix =
        "/worker/attempt_" + value_of(variables, "TORCHELASTIC_RESTART_COUNT").value_or("0");
  return env;
}

ProcessEnvironment read_process_environment() {
  return read_process_environment([](const std::string& name) -> std::optional<std::string> {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the program does not change its environment
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  });
}

}  // namespace faceshot::train
