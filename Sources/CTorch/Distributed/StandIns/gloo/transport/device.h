#pragma once
#if __has_include_next(<gloo/transport/device.h>)
#include_next <gloo/transport/device.h>
#else
namespace gloo::transport {
class Device;
}  // namespace gloo::transport
#endif
