#ifndef CTORCH_RUNTIME_H
#define CTORCH_RUNTIME_H

#include "ctorch_base.h"

CT_BEGIN
CT_EXTERN_C_BEGIN

// libtorch's version that the shim was compiled against, for example "2.13.0".
const char *ct_version(void);
// libtorch's build settings, many lines.
ct_status ct_build_configuration(char *CT_NULLABLE *CT_NONNULL out);

bool ct_cuda_available(void);
int32_t ct_cuda_device_count(void);
// Waits until the device has done all its work; nothing to do on the CPU.
ct_status ct_synchronize(ct_device device);

int32_t ct_thread_count(void);
void ct_set_thread_count(int32_t count);

// Seeds the generators of the CPU and of every GPU.
ct_status ct_manual_seed(uint64_t seed);
// The seed the device's default generator was last given.
ct_status ct_initial_seed(ct_device device, uint64_t *out);
// State of a device's default generator, as bytes.
ct_status ct_rng_state(ct_device device, ct_tensor CT_NULLABLE *CT_NONNULL out);
ct_status ct_set_rng_state(ct_device device, ct_tensor state);
// randperm(n) of a private CPU generator with this seed, written to `out` (n numbers).
ct_status ct_seeded_randperm(uint64_t seed, intptr_t n, int64_t *CT_NULLABLE out);

CT_EXTERN_C_END
CT_END

#endif
