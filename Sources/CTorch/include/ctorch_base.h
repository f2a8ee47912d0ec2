#ifndef CTORCH_BASE_H
#define CTORCH_BASE_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__clang__)
#define CT_BEGIN _Pragma("clang assume_nonnull begin")
#define CT_END _Pragma("clang assume_nonnull end")
#define CT_NULLABLE _Nullable
#define CT_NONNULL _Nonnull
#else
#define CT_BEGIN
#define CT_END
#define CT_NULLABLE
#define CT_NONNULL
#endif

#ifdef __cplusplus
#define CT_EXTERN_C_BEGIN extern "C" {
#define CT_EXTERN_C_END }
#else
#define CT_EXTERN_C_BEGIN
#define CT_EXTERN_C_END
#endif

typedef struct ct_tensor_s *ct_tensor;
typedef int32_t ct_status;

// A Python-like number: kind 0 int, 1 double, 2 bool, -1 none.
typedef struct {
  int32_t kind;
  int64_t i;
  double d;
} ct_scalar;

// libtorch's DeviceType number and index; type -1: none given; index -1: the current one.
typedef struct {
  int8_t type;
  int8_t index;
} ct_device;

#endif
