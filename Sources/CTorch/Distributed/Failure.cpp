#include "Failure.hpp"

#include <c10/util/Logging.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <mutex>
#include <string>
#include <utility>

namespace {

std::string &last_failure() {
  static thread_local std::string text;
  return text;
}

constexpr int kOnlyFatal = 3;

// The log's level belongs to the process; calls on several threads may want it quiet at once.
struct LogLevel {
  std::mutex mutex;
  int users = 0, before = 0;
  const bool is_chosen = std::getenv("TORCH_CPP_LOG_LEVEL") != nullptr;
};
LogLevel &log_level() {
  // Never destroyed: threads of groups that could not end may still be there at the exit.
  static LogLevel *level = new LogLevel();
  return *level;
}

struct Sign {
  const char *words;
  ct_distributed_status kind;
};

// In order: a lost peer is the cause where a time-out is told of as well.
constexpr Sign kSigns[] = {
    {"eaddrinuse", CT_DISTRIBUTED_ADDRESS_IN_USE},
    {"address already in use", CT_DISTRIBUTED_ADDRESS_IN_USE},
    {"eaddrnotavail", CT_DISTRIBUTED_ADDRESS_UNAVAILABLE},
    {"cannot assign requested address", CT_DISTRIBUTED_ADDRESS_UNAVAILABLE},
    {"unable to find address for", CT_DISTRIBUTED_ADDRESS_UNAVAILABLE},
    {"to a (local) address", CT_DISTRIBUTED_ADDRESS_UNAVAILABLE},
    {"failed to pass monitoredbarrier", CT_DISTRIBUTED_TIMEOUT},
    {"check rank 0 logs for faulty rank", CT_DISTRIBUTED_TIMEOUT},
    {"unable to resolve hostname", CT_DISTRIBUTED_UNKNOWN_HOST},
    {"cannot be retrieved", CT_DISTRIBUTED_UNKNOWN_HOST},
    {"closed by peer", CT_DISTRIBUTED_PEER_LOST},
    {"reset by peer", CT_DISTRIBUTED_PEER_LOST},
    {"broken pipe", CT_DISTRIBUTED_PEER_LOST},
    {"failed to recv", CT_DISTRIBUTED_PEER_LOST},
    {"connection was likely closed", CT_DISTRIBUTED_PEER_LOST},
    {"pair closure", CT_DISTRIBUTED_TIMEOUT},
    {"while trying to connect", CT_DISTRIBUTED_CANNOT_CONNECT},
    {"connection refused", CT_DISTRIBUTED_CANNOT_CONNECT},
    {"no route to host", CT_DISTRIBUTED_CANNOT_CONNECT},
    {"network is unreachable", CT_DISTRIBUTED_CANNOT_CONNECT},
    {"timed out", CT_DISTRIBUTED_TIMEOUT},
    {"timeout", CT_DISTRIBUTED_TIMEOUT},
    {"does not support", CT_DISTRIBUTED_UNSUPPORTED},
    {"cannot use reduceop", CT_DISTRIBUTED_UNSUPPORTED},
    {"invalid scalar type", CT_DISTRIBUTED_UNSUPPORTED},
};

ct_distributed_status kind_of(const char *text) {
  try {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    for (const Sign &sign : kSigns)
      if (lower.find(sign.words) != std::string::npos) return sign.kind;
  } catch (...) {
    // No memory to look: the kind stays unknown.
  }
  return CT_DISTRIBUTED_OTHER;
}

// Without the place in Gloo's sources and its advice, and without what follows the first line; but of the reducer's long
// advice only the line with the parameters' numbers.
std::string essence(const std::string &text) {
  size_t begin = text.find("Parameter indices which did not receive grad");
  if (begin == std::string::npos) begin = 0;
  if (begin == 0 && !text.empty() && text[0] == '[') {
    size_t end = text.find("] ");
    if (end != std::string::npos && text.find(':') < end) begin = end + 2;
  }
  const size_t end = std::min(text.find('\n', begin), text.find(". This is typically caused by", begin));
  return text.substr(begin, end - begin);
}

}  // namespace

namespace ct {

WithoutBrokenPipes::WithoutBrokenPipes() noexcept {
  sigset_t pipe, before, pending;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  if (pthread_sigmask(SIG_BLOCK, &pipe, &before) != 0 || sigismember(&before, SIGPIPE)) return;
  is_changed_ = true;
  was_pending_ = sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE);
}

WithoutBrokenPipes::~WithoutBrokenPipes() {
  if (!is_changed_) return;
  sigset_t pipe, pending;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  // One that came meanwhile is taken, so that it does not come to anybody later.
  if (!was_pending_ && sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE)) {
#if defined(__linux__)
    // Does not wait, should another thread have taken it first.
    const timespec at_once{};
    sigtimedwait(&pipe, nullptr, &at_once);
#else
    int number;
    sigwait(&pipe, &number);
#endif
  }
  pthread_sigmask(SIG_UNBLOCK, &pipe, nullptr);
}

WithoutLog::WithoutLog() noexcept {
  LogLevel &level = log_level();
  std::lock_guard<std::mutex> lock(level.mutex);
  if (level.users++ > 0 || level.is_chosen) return;
  level.before = std::exchange(FLAGS_caffe2_log_level, kOnlyFatal);
}

WithoutLog::~WithoutLog() {
  LogLevel &level = log_level();
  std::lock_guard<std::mutex> lock(level.mutex);
  if (--level.users == 0 && !level.is_chosen) FLAGS_caffe2_log_level = level.before;
}

ct_distributed_status keep_failure(ct_distributed_status kind, const char *text) noexcept {
  try {
    last_failure() = essence(text);
  } catch (...) {
    last_failure().clear();
  }
  return kind;
}

ct_distributed_status keep_failure(const char *text) noexcept {
  return keep_failure(kind_of(text), text);
}

}  // namespace ct

const char *ct_distributed_error(void) { return last_failure().c_str(); }

ct_distributed_status ct_distributed_tell(const char *text) { return ct::keep_failure(text); }

void ct_bytes_free(void *bytes) { std::free(bytes); }
