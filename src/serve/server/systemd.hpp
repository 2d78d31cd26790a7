// The protocols between systemd and services: sd_listen_fds(3) and sd_notify(3), which document
// them. Implemented here, because libsystemd brings five libraries for forty lines.
#pragma once

#include <string>
#include <vector>

namespace faceshot::serve {

/// Sockets that systemd opened for this process (LISTEN_FDS); the variables are removed from the
/// environment. Call it before creating threads. @return empty: none
[[nodiscard]] std::vector<int> inherited_sockets();

/// Sends "READY=1", "STOPPING=1" or "RELOADING=1"; does nothing if nobody listens (NOTIFY_SOCKET).
/// Thread safe.
void notify_systemd(const std::string& state);

}  // namespace faceshot::serve
