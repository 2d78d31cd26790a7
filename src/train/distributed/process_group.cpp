#include "train/distributed/process_group.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <torch/types.h>
#include <unistd.h>

#include <gloo/context.h>
#include <gloo/transport/address.h>
#include <gloo/transport/pair.h>
#include <array>
#include <cctype>
#include <cstdlib>
#include <sstream>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <type_traits>
#include <utility>
#include <vector>

#include "faceshot/error.hpp"
#include "train/distributed/local_sum.hpp"

namespace faceshot::train {
namespace {

/// c10d logs every failed connection attempt, which is normal until rank 0 is there; our errors
/// contain what matters. Suppresses the whole process's log while alive.
class SilentLog {
 public:
#ifdef C10_USE_GLOG
  SilentLog() { FLAGS_minloglevel = google::GLOG_FATAL; }
  ~SilentLog() { FLAGS_minloglevel = before_; }
#else
  SilentLog() = default;
#endif
  SilentLog(const SilentLog&) = delete;
  SilentLog& operator=(const SilentLog&) = delete;

 private:
#ifdef C10_USE_GLOG
  int before_ = FLAGS_minloglevel;
#endif
};

/// Gloo announces this machine's host name, which on Debian is often 127.0.1.1 and useless to
/// another machine. The source address of packets to rank 0 is one that rank 0 can reach.
/// @return empty if there is none
std::string address_towards(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return "";
  std::string address;
  for (const addrinfo* a = found; a != nullptr && address.empty(); a = a->ai_next) {
    const int fd = socket(a->ai_family, SOCK_DGRAM, 0);
    if (fd < 0) continue;
    sockaddr_storage own{};
    socklen_t length = sizeof own;
    std::array<char, NI_MAXHOST> text{};
    // Connecting a datagram socket sends nothing: it only selects the route.
    if (connect(fd, a->ai_addr, a->ai_addrlen) == 0 &&
        getsockname(fd, reinterpret_cast<sockaddr*>(&own), &length) == 0 &&
        getnameinfo(reinterpret_cast<sockaddr*>(&own), length, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) == 0)
      address = text.data();
    close(fd);
  }
  freeaddrinfo(found);
  return address;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string meeting_place(const ProcessEnvironment& env) {
  std::string place = env.master_address;
  place += ':';
  place += std::to_string(env.master_port);
  return place;
}

[[noreturn]] void fail_group(const std::string& message) {
  throw Error(ErrorCode::io, "several processes: " + message);
}

std::string here_key(int rank) {
  std::string key = "faceshot/here/";
  key += std::to_string(rank);
  return key;
}

std::string address_key(int rank) {
  std::string key = "faceshot/address/";
  key += std::to_string(rank);
  return key;
}

/// Gives access to its connections, for their addresses.
class Gloo : public c10d::ProcessGroupGloo {
 public:
  using ProcessGroupGloo::ProcessGroupGloo;
  [[nodiscard]] gloo::Context& context() const { return *contexts_.front(); }
};

std::shared_ptr<gloo::transport::Device> make_device(const ProcessEnvironment& env) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the program does not change its environment
  const char* const interface = std::getenv("GLOO_SOCKET_IFNAME");
  if (interface != nullptr && *interface != '\0') return Gloo::createDeviceForInterface(interface);
  const std::string address = address_towards(env.master_address, env.master_port);
  const bool loopback = address.starts_with("127.") || address == "::1";
  // Rank 0 is sometimes configured as "localhost" (Kubernetes): the others need its real address.
  if (address.empty() || (loopback && env.local_size < env.size))
    return Gloo::createDefaultDevice();
  return Gloo::createDeviceForHostname(address);
}

/// Whether a message contains this address: "[10.0.0.1]:1234", not "[10.0.0.1]:12345".
bool speaks_of(const std::string& message, const std::string& address) {
  const auto at = message.find(address);
  if (address.empty() || at == std::string::npos) return false;
  const auto end = at + address.size();
  return end == message.size() || std::isdigit(static_cast<unsigned char>(message[end])) == 0;
}

/// A list as "ranks 1 and 2".
std::string ranks_text(const std::vector<int>& ranks) {
  std::string text = ranks.size() == 1 ? "rank " : "ranks ";
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    if (i > 0) text += i + 1 == ranks.size() ? " and " : ", ";
    text += std::to_string(ranks[i]);
  }
  return text;
}

c10::intrusive_ptr<c10d::Store> open_store(const ProcessEnvironment& env,
                                           const ProcessGroupOptions& options) {
  c10d::TCPStoreOptions store;
  store.port = env.master_port;
  store.isServer = env.rank == 0 && env.agent_prefix.empty();
  store.waitWorkers = false;
  store.timeout = options.connect;
  try {
    auto tcp = c10::make_intrusive<c10d::TCPStore>(env.master_address, store);
    if (env.agent_prefix.empty()) return tcp;
    return c10::make_intrusive<c10d::PrefixStore>(env.agent_prefix, tcp);
  } catch (const std::exception& e) {
    const std::string why = first_line(e.what());
    if (store.isServer)
      fail_group("rank 0 cannot listen on port " + std::to_string(env.master_port) +
                 ": is another run using it? Set another MASTER_PORT for all processes (" + why +
                 ")");
    fail_group("rank " + std::to_string(env.rank) + " cannot reach rank 0 at " +
               meeting_place(env) +
               ": is it running, and are MASTER_ADDR and MASTER_PORT right? (" + why + ")");
  }
}

/// Waits for all processes. Gloo itself would only report that a key is missing.
void wait_for_all(c10d::Store& store, const ProcessEnvironment& env,
                  const ProcessGroupOptions& options) {
  try {
    store.set(here_key(env.rank), std::vector<std::uint8_t>{1});
    std::vector<std::string> keys;
    for (int rank = 0; rank < env.size; ++rank) keys.push_back(here_key(rank));
    store.wait(keys, options.connect);
  } catch (const std::exception& e) {
    std::vector<int> missing;
    try {
      for (int rank = 0; rank < env.size; ++rank)
        if (!store.check({here_key(rank)})) missing.push_back(rank);
    } catch (const std::exception&) {
      missing = {0};  // it hosts the store
    }
    if (missing.empty()) fail_group(first_line(e.what()));
    fail_group(ranks_text(missing) + " of " + std::to_string(env.size) + " did not reach " +
               meeting_place(env) + " within " + std::to_string(options.connect.count()) +
               " s: start as many processes as WORLD_SIZE says, with the same MASTER_ADDR and "
               "MASTER_PORT");
  }
}

template <typename T>
torch::Tensor tensor_over(std::span<T> values) {
  return torch::from_blob(values.data(), {static_cast<std::int64_t>(values.size())},
                          c10::CppTypeToScalarType<T>::value);
}

}  // namespace

struct ProcessGroup::Impl {
  ProcessEnvironment env;
  ProcessGroupOptions options;
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<Gloo> gloo;
  std::vector<std::string> addresses;  ///< each rank's end of our connection, as in Gloo's errors
  std::unique_ptr<LocalSum> local;     ///< if all processes are on this machine

  Impl(const ProcessEnvironment& environment, const ProcessGroupOptions& o)
      : env(environment), options(o) {
    const SilentLog silent;
    store = open_store(env, options);
    wait_for_all(*store, env, options);
    try {
      const auto gloo_options = c10d::ProcessGroupGloo::Options::create(options.answer);
      gloo_options->devices.push_back(make_device(env));
      gloo_options->threads = 2;
      gloo = c10::make_intrusive<Gloo>(store, env.rank, env.size, gloo_options);
      exchange_addresses();
      share_memory();
    } catch (const std::exception& e) {
      fail_group("rank " + std::to_string(env.rank) + " cannot connect to the other processes: " +
                 first_line(e.what()) + "; GLOO_SOCKET_IFNAME=eth0 chooses the network interface");
    }
  }

  /// Every process tells each other one its end of their connection: one line per rank.
  void exchange_addresses() {
    std::string own;
    for (int rank = 0; rank < env.size; ++rank) {
      if (rank != env.rank) own += gloo->context().getPair(rank)->address().str();
      own += '\n';
    }
    store->set(address_key(env.rank), std::vector<std::uint8_t>(own.begin(), own.end()));
    for (int rank = 0; rank < env.size; ++rank) {
      const auto bytes = store->get(address_key(rank));
      std::istringstream lines(std::string(bytes.begin(), bytes.end()));
      std::string address;
      for (int line = 0; line <= env.rank; ++line) std::getline(lines, address);
      addresses.push_back(address);
    }
  }

  /// Lets either all processes of a machine use shared memory, or none. (Containers of one machine
  /// may be unable to.)
  void share_memory() {
    if (env.local_size < env.size) return;
    constexpr const char* key = "faceshot/memory";
    std::string name;
    if (env.rank == 0) {
      name = LocalSum::create(env.size);
      store->set(key, std::vector<std::uint8_t>(name.begin(), name.end()));
    } else {
      const auto bytes = store->get(key);
      name.assign(bytes.begin(), bytes.end());
    }
    if (name.empty()) return;
    auto opened = LocalSum::open(name, env.rank, env.size);
    double failures = opened ? 0 : 1;
    try {
      sum(std::span(&failures, 1));
    } catch (...) {
      if (env.rank == 0) LocalSum::forget(name);
      throw;
    }
    if (env.rank == 0) LocalSum::forget(name);
    if (failures == 0) local = std::move(opened);
  }

  /// Reports which rank an error of Gloo is about.
  [[noreturn]] void lost(const std::exception& error, const char* doing) const {
    const std::string why = first_line(error.what());
    std::string who = "another rank";
    if (env.size == 2) who = ranks_text({1 - env.rank});
    // The address in Gloo's error may have been assigned to the other end for this connection only.
    if (const int ended = local ? local->ended_rank() : -1; ended >= 0) who = ranks_text({ended});
    for (int rank = 0; rank < env.size; ++rank)
      if (speaks_of(why, addresses[static_cast<std::size_t>(rank)])) who = ranks_text({rank});
    lost(who, why.find("Timed out") != std::string::npos, doing, " (" + why + ")");
  }

  [[noreturn]] void lost(const std::string& who, bool silent, const char* doing,
                         const std::string& why) const {
    std::string message = "rank " + std::to_string(env.rank) + " lost contact with " + who +
                          " of " + std::to_string(env.size) + " while " + doing + ": ";
    message += silent ? "no answer for " + std::to_string(options.answer.count()) + " s"
                      : "it has ended or its connection was lost";
    message += why;
    if (!options.advice.empty()) message += "; " + options.advice;
    fail_group(message);
  }

  void finish(const c10::intrusive_ptr<c10d::Work>& work, const char* doing) const {
    try {
      work->wait();
    } catch (const std::exception& e) {
      lost(e, doing);
    }
  }

  template <typename T>
  void broadcast(std::span<T> values) {
    if (values.empty()) return;
    std::vector<torch::Tensor> tensors{tensor_over(values)};
    finish(gloo->broadcast(tensors), "sending what rank 0 has");
  }

  template <typename T>
  void sum(std::span<T> values) {
    if (values.empty()) return;
    if constexpr (std::is_same_v<T, double>)
      if (local && values.size() <= LocalSum::capacity) return sum_in_memory(values);
    std::vector<torch::Tensor> tensors{tensor_over(values)};
    finish(gloo->allreduce(tensors), "adding up");
  }

  void sum_in_memory(std::span<double> values) const {
    const auto missing = local->sum(values, options.answer);
    if (missing.rank >= 0) lost(ranks_text({missing.rank}), !missing.ended, "adding up", "");
  }
};

struct ProcessGroup::Pending::Impl {
  const ProcessGroup::Impl* group;
  c10::intrusive_ptr<c10d::Work> work;

  Impl(const ProcessGroup::Impl* g, c10::intrusive_ptr<c10d::Work> w)
      : group(g), work(std::move(w)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  /// The group's threads write to the values until then, whether the sum succeeds or not.
  ~Impl() {
    try {
      work->wait();
    } catch (const std::exception&) {  // wait() has thrown it, or nobody is interested
      return;
    }
  }
};

ProcessGroup::ProcessGroup(const ProcessEnvironment& environment,
                           const ProcessGroupOptions& options)
    : impl_(std::make_unique<Impl>(environment, options)) {}
ProcessGroup::~ProcessGroup() = default;

int ProcessGroup::rank() const { return impl_->env.rank; }
int ProcessGroup::size() const { return impl_->env.size; }

void ProcessGroup::barrier() { impl_->finish(impl_->gloo->barrier(), "waiting for all"); }

void ProcessGroup::broadcast(std::span<float> values) { impl_->broadcast(values); }
void ProcessGroup::broadcast(std::span<double> values) { impl_->broadcast(values); }
void ProcessGroup::broadcast(std::span<std::uint8_t> values) { impl_->broadcast(values); }
void ProcessGroup::sum(std::span<float> values) { impl_->sum(values); }
void ProcessGroup::sum(std::span<double> values) { impl_->sum(values); }

ProcessGroup::Pending::Pending() = default;
ProcessGroup::Pending::~Pending() = default;
ProcessGroup::Pending::Pending(Pending&&) noexcept = default;
ProcessGroup::Pending& ProcessGroup::Pending::operator=(Pending&&) noexcept = default;

void ProcessGroup::Pending::wait() {
  if (!impl_) return;
  const auto impl = std::move(impl_);
  impl->group->finish(impl->work, "adding up gradients");
}

ProcessGroup::Pending ProcessGroup::start_sum(std::span<float> values) {
  Pending pending;
  if (values.empty()) return pending;
  std::vector<torch::Tensor> tensors{tensor_over(values)};
  pending.impl_ = std::make_unique<Pending::Impl>(impl_.get(), impl_->gloo->allreduce(tensors));
  return pending;
}

}  // namespace faceshot::train
