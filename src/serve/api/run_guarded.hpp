// Turns anything thrown while a request is handled into an answer: nothing ends the server.
#pragma once

#include <exception>
#include <new>
#include <string>

#include "faceshot/error.hpp"
#include "serve/http/problem.hpp"

namespace faceshot::serve {

/// The exception being handled, as a problem. If the client did not cause it, it is logged and the
/// client gets no details. @param service has log_event()
template <class Log>
[[nodiscard]] Problem current_problem(const Log& log) {
  try {
    throw;
  } catch (const Problem& e) {
    return e;
  } catch (const std::bad_alloc&) {
    log("out of memory");
    return {problem::busy, "there is not enough memory for this request now; try again later"};
  } catch (const std::exception& e) {
    log(e.what());
  } catch (...) {
    log("an unknown exception");
  }
  return {problem::failure, "the server's log has the reason, under the request's ID"};
}

/// The result of `body`, or an answer that says why there is none.
template <class Body, class Owner>
[[nodiscard]] Answer answer_guarded(const RequestHead& head, const Body& body, Owner& owner) {
  try {
    return body();
  } catch (...) {
    return owner.refusal(head, current_problem([&](const std::string& why) {
                           owner.log_event("request failed", head.id + ": " + why);
                         }));
  }
}

/// The same for a text.
template <class Body, class Owner>
[[nodiscard]] std::string text_guarded(const Body& body, Owner& owner) {
  try {
    return body();
  } catch (...) {
    return problem_json(
        current_problem([&](const std::string& why) { owner.log_event("frame failed", why); }), "");
  }
}

}  // namespace faceshot::serve
