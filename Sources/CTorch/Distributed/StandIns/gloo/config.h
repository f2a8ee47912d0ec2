#pragma once
#if __has_include_next(<gloo/config.h>)
#include_next <gloo/config.h>
#endif
