// Mixed precision: libtorch's autocast, and the switches for TF32 and deterministic algorithms.
#ifndef CTORCH_PRECISION_H
#define CTORCH_PRECISION_H

#include "ctorch_base.h"

CT_BEGIN
CT_EXTERN_C_BEGIN

// What autocast does on one type of device; belongs to the thread.
typedef struct {
  int8_t device_type;
  int8_t dtype;
  bool enabled;
  bool caches;
} ct_autocast;

ct_autocast ct_autocast_current(int8_t device_type);
// Sets autocast for this thread, and returns what was before, for ct_autocast_leave. Calls nest.
ct_autocast ct_autocast_enter(ct_autocast wanted);
// Goes back; weights converted meanwhile are forgotten when the outermost one is left.
void ct_autocast_leave(ct_autocast before);
// Forgets converted weights.
void ct_autocast_clear_cache(void);

// Whether matrix products and convolutions of float32 may use TF32 on the GPU; belongs to the process.
bool ct_allows_tf32(void);
void ct_set_allows_tf32(bool value);
// Whether operators must be deterministic, those of cuDNN included; belongs to the process.
bool ct_deterministic(void);
void ct_set_deterministic(bool value);

// Compute capability of a GPU; false where it cannot be told.
bool ct_cuda_capability(int32_t device, int32_t *major, int32_t *minor);
// Gives memory that libtorch holds for later back to the device; nothing to do on the CPU.
ct_status ct_empty_cache(ct_device device);

CT_EXTERN_C_END
CT_END

#endif
