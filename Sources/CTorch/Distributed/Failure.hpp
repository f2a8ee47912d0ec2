// Where exceptions of c10d end, and signals of broken connections with them.
#pragma once

#include <c10/util/Exception.h>

#include <exception>
#include <new>

#include "ctorch_distributed.h"

namespace ct {

// Keeps SIGPIPE, which a lost peer would send to the whole process, from this thread and from those it starts.
class WithoutBrokenPipes {
 public:
  WithoutBrokenPipes() noexcept;
  ~WithoutBrokenPipes();
  WithoutBrokenPipes(const WithoutBrokenPipes &) = delete;
  WithoutBrokenPipes &operator=(const WithoutBrokenPipes &) = delete;

 private:
  bool is_changed_ = false, was_pending_ = false;
};

// Keeps c10d's log, many lines of stack traces, from standard error: what fails is told by the caller. Setting
// TORCH_CPP_LOG_LEVEL brings it back.
class WithoutLog {
 public:
  WithoutLog() noexcept;
  ~WithoutLog();
  WithoutLog(const WithoutLog &) = delete;
  WithoutLog &operator=(const WithoutLog &) = delete;
};

// Keeps the text, shortened to one line; returns its kind.
ct_distributed_status keep_failure(const char *text) noexcept;
ct_distributed_status keep_failure(ct_distributed_status kind, const char *text) noexcept;

template <class Body>
ct_distributed_status attempt(Body &&body) noexcept {
  WithoutBrokenPipes shield;
  WithoutLog quiet;
  try {
    body();
    return CT_DISTRIBUTED_DONE;
  } catch (const c10::Error &e) {
    return keep_failure(e.what_without_backtrace());
  } catch (const std::bad_alloc &) {
    return keep_failure("out of memory");
  } catch (const std::exception &e) {
    return keep_failure(e.what());
  } catch (...) {
    return keep_failure("unknown C++ exception");
  }
}

}  // namespace ct
