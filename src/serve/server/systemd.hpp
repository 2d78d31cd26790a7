// What systemd hands over and wants to know: sd_listen_fds(3) and sd_notify(3), whose protocols are
// documented there. By hand, because libsystemd brings five libraries for forty lines.
#pragma once

#include <string>
#include <vector>

namespace faceshot::serve {

/// Sockets that systemd has opened for this process (LISTEN_FDS); the variables are taken out of
/// the environment. Call it before threads are made. @return empty: none
[[nodiscard]] std::vector<int> inherited_sockets();

/// "READY=1", "STOPPING=1", "RELOADING=1"; nothing happens where nobody listens (NOTIFY_SOCKET).
/// Thread safe.
void notify_systemd(const std::string& state);

}  // namespace faceshot::serve
