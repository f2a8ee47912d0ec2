#pragma once
#if __has_include_next(<gloo/common/error.h>)
#include_next <gloo/common/error.h>
#endif
