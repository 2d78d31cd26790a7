#include "serve/server/hub.hpp"

#include <utility>

namespace faceshot::serve {

Hub::Hub(Service& service, const ServerOptions& options, asio::io_context& io)
    : service_(service), options_(options), work_(io.get_executor()), io_(io) {
  budget_.most = options.body_memory;
}

void Hub::add(const std::shared_ptr<Session>& session, bool is_stream) {
  sessions_.emplace(session.get(), Entry{session, is_stream});
  streams_ += is_stream ? 1 : 0;
  tell();
}

void Hub::remove(const Session& session) {
  const auto it = sessions_.find(&session);
  if (it == sessions_.end()) return;
  streams_ -= it->second.is_stream ? 1 : 0;
  const auto keep = std::move(it->second.session);
  sessions_.erase(it);
  tell();
  if (draining_ && sessions_.empty()) finished_();
}

void Hub::drain(std::function<void()> finished) {
  draining_ = true;
  finished_ = std::move(finished);
  if (sessions_.empty()) return finished_();
  for (const auto& session : all()) session->drain();
}

void Hub::abort() {
  for (const auto& session : all()) session->abort();
}

std::vector<std::shared_ptr<Session>> Hub::all() const {
  std::vector<std::shared_ptr<Session>> result;
  for (const auto& [key, entry] : sessions_) result.push_back(entry.session);
  return result;
}

void Hub::tell() { service_.set_connections(sessions_.size(), streams_); }

}  // namespace faceshot::serve
