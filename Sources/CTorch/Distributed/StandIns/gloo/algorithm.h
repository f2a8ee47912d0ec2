#pragma once
#if __has_include_next(<gloo/algorithm.h>)
#include_next <gloo/algorithm.h>
#endif
