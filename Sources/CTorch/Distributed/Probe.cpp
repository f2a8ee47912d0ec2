// Why a store can't be reached: c10d only says that time ran out.
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "Failure.hpp"

namespace {

constexpr int kPatienceMilliseconds = 1000;

// 0, or the error number of the attempt.
int connect_once(const addrinfo &address) {
  int handle = socket(address.ai_family, address.ai_socktype, address.ai_protocol);
  if (handle < 0) return errno;
  int result = 0;
  fcntl(handle, F_SETFL, O_NONBLOCK);
  if (connect(handle, address.ai_addr, address.ai_addrlen) != 0) {
    result = errno;
    if (result == EINPROGRESS) {
      pollfd ready{handle, POLLOUT, 0};
      socklen_t size = sizeof(result);
      if (poll(&ready, 1, kPatienceMilliseconds) != 1)
        result = ETIMEDOUT;
      else if (getsockopt(handle, SOL_SOCKET, SO_ERROR, &result, &size) != 0)
        result = errno;
    }
  }
  close(handle);
  return result;
}

}  // namespace

ct_distributed_status ct_probe_address(const char *host, uint16_t port) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  int problem = getaddrinfo(host, std::to_string(port).c_str(), &hints, &found);
  if (problem != 0) return ct::keep_failure(CT_DISTRIBUTED_UNKNOWN_HOST, gai_strerror(problem));
  std::unique_ptr<addrinfo, void (*)(addrinfo *)> addresses(found, freeaddrinfo);
  int result = EADDRNOTAVAIL;
  for (const addrinfo *address = found; address != nullptr; address = address->ai_next) {
    result = connect_once(*address);
    if (result == 0) return CT_DISTRIBUTED_DONE;
  }
  return ct::keep_failure(CT_DISTRIBUTED_CANNOT_CONNECT, std::strerror(result));
}
