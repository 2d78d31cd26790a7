#include "train/distributed/process_environment.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::train {
namespace {

using Map = std::map<std::string, std::string>;

ProcessEnvironment read(const Map& map) {
  return read_process_environment([&](const std::string& name) -> std::optional<std::string> {
    const auto found = map.find(name);
    if (found == map.end()) return std::nullopt;
    return found->second;
  });
}

/// Expects an error that contains all of these.
void expect_error(const Map& map, const std::vector<std::string>& parts) {
  try {
    (void)read(map);
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
    for (const std::string& part : parts)
      EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
  }
}

const Map by_torchrun{{"RANK", "3"},
                      {"WORLD_SIZE", "4"},
                      {"LOCAL_RANK", "1"},
                      {"LOCAL_WORLD_SIZE", "2"},
                      {"MASTER_ADDR", "node-a"},
                      {"MASTER_PORT", "4711"},
                      {"TORCHELASTIC_USE_AGENT_STORE", "False"},
                      {"TORCHELASTIC_RESTART_COUNT", "2"}};

Map with(Map map, const std::string& name, const std::string& value) {
  map[name] = value;
  return map;
}

Map without(Map map, const std::string& name) {
  map.erase(name);
  return map;
}

TEST(ProcessEnvironment, NothingSetIsAnOrdinaryRun) {
  const auto env = read({});
  EXPECT_EQ(env.rank, 0);
  EXPECT_EQ(env.size, 1);
  EXPECT_EQ(env.local_size, 1);
}

TEST(ProcessEnvironment, Torchrun) {
  const auto env = read(by_torchrun);
  EXPECT_EQ(env.rank, 3);
  EXPECT_EQ(env.size, 4);
  EXPECT_EQ(env.local_rank, 1);
  EXPECT_EQ(env.local_size, 2);
  EXPECT_EQ(env.master_address, "node-a");
  EXPECT_EQ(env.master_port, 4711);
  EXPECT_EQ(env.agent_prefix, "");
}

TEST(ProcessEnvironment, TorchrunsAgentMayKeepTheMeetingPlace) {
  EXPECT_EQ(read(with(by_torchrun, "TORCHELASTIC_USE_AGENT_STORE", "True")).agent_prefix,
            "/worker/attempt_2");
}

TEST(ProcessEnvironment, OneProcessNeedsNoAddress) {
  EXPECT_EQ(read({{"RANK", "0"}, {"WORLD_SIZE", "1"}}).size, 1);
  EXPECT_EQ(read({{"OMPI_COMM_WORLD_RANK", "0"}, {"OMPI_COMM_WORLD_SIZE", "1"}}).size, 1);
}

TEST(ProcessEnvironment, SaysWhatIsMissing) {
  expect_error(without(by_torchrun, "RANK"), {"WORLD_SIZE is set", "RANK is not"});
  expect_error(without(by_torchrun, "WORLD_SIZE"), {"RANK is set", "WORLD_SIZE is not"});
  expect_error(without(by_torchrun, "MASTER_ADDR"), {"MASTER_ADDR is not set"});
  expect_error(without(by_torchrun, "MASTER_PORT"), {"MASTER_PORT is not set"});
  expect_error(with(by_torchrun, "MASTER_PORT", ""), {"MASTER_PORT is not set"});
}

TEST(ProcessEnvironment, SaysWhatIsImpossible) {
  expect_error(with(by_torchrun, "RANK", "4"), {"RANK is 4", "WORLD_SIZE is 4"});
  expect_error(with(by_torchrun, "RANK", "-1"), {"RANK is '-1'"});
  expect_error(with(by_torchrun, "RANK", "1x"), {"RANK is '1x'"});
  expect_error(with(by_torchrun, "WORLD_SIZE", "0"), {"WORLD_SIZE is '0'"});
  expect_error(with(by_torchrun, "MASTER_PORT", "65536"), {"MASTER_PORT is '65536'", "65535"});
  expect_error(with(by_torchrun, "LOCAL_WORLD_SIZE", "5"), {"LOCAL_WORLD_SIZE is '5'"});
}

const Map by_mpirun{{"OMPI_COMM_WORLD_RANK", "1"},
                    {"OMPI_COMM_WORLD_SIZE", "2"},
                    {"OMPI_COMM_WORLD_LOCAL_RANK", "1"},
                    {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"}};

TEST(ProcessEnvironment, MpirunOnOneMachineNeedsNothingElse) {
  const auto env = read(by_mpirun);
  EXPECT_EQ(env.rank, 1);
  EXPECT_EQ(env.size, 2);
  EXPECT_EQ(env.local_rank, 1);
  EXPECT_EQ(env.local_size, 2);
  EXPECT_EQ(env.master_address, "127.0.0.1");
  EXPECT_EQ(env.master_port, 29500);
}

TEST(ProcessEnvironment, MpirunOverMachinesNeedsAnAddress) {
  auto map = with(by_mpirun, "OMPI_COMM_WORLD_LOCAL_SIZE", "1");
  map["OMPI_COMM_WORLD_LOCAL_RANK"] = "0";
  expect_error(map, {"MASTER_ADDR is not set"});
  EXPECT_EQ(read(with(map, "MASTER_ADDR", "10.0.0.1")).master_address, "10.0.0.1");
}

TEST(ProcessEnvironment, TorchrunsVariablesComeFirst) {
  auto map = by_torchrun;
  map.insert(by_mpirun.begin(), by_mpirun.end());
  EXPECT_EQ(read(map).size, 4);
}

TEST(ProcessEnvironment, Srun) {
  Map map{{"SLURM_PROCID", "5"},   {"SLURM_STEP_NUM_TASKS", "7"},
          {"SLURM_NTASKS", "7"},   {"SLURM_LOCALID", "1"},
          {"SLURM_NODEID", "2"},   {"SLURM_STEP_TASKS_PER_NODE", "2(x3),1"},
          {"MASTER_ADDR", "node7"}};
  const auto env = read(map);
  EXPECT_EQ(env.rank, 5);
  EXPECT_EQ(env.size, 7);
  EXPECT_EQ(env.local_rank, 1);
  EXPECT_EQ(env.local_size, 2);
  EXPECT_EQ(env.master_address, "node7");
  map["SLURM_NODEID"] = "3";
  map["SLURM_LOCALID"] = "0";
  EXPECT_EQ(read(map).local_size, 1);
  expect_error(with(map, "SLURM_NODEID", "4"), {"SLURM_STEP_TASKS_PER_NODE", "no node 4"});
  expect_error(with(map, "SLURM_STEP_TASKS_PER_NODE", "2(x3"), {"SLURM_STEP_TASKS_PER_NODE"});
  expect_error(without(map, "MASTER_ADDR"), {"MASTER_ADDR is not set"});
}

TEST(ProcessEnvironment, ABatchScriptsOwnProcessIsAnOrdinaryRun) {
  const Map map{{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "8"}};
  EXPECT_EQ(read(map).size, 1);
  EXPECT_EQ(read(with(map, "MASTER_ADDR", "node7")).size, 8);
}

}  // namespace
}  // namespace faceshot::train
