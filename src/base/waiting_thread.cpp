#include "base/waiting_thread.hpp"

#include <string>
#include <system_error>
#include <utility>

#include "faceshot/error.hpp"

namespace faceshot::base {

WaitingThread::WaitingThread(std::function<void()> run) try : thread_(std::move(run)) {
} catch (const std::system_error& error) {
  throw Error(ErrorCode::resource_exhausted,
              std::string("the system cannot start another thread: ") + error.what());
}

}  // namespace faceshot::base
