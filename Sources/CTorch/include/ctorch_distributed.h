// PyTorch's c10d: stores, process groups, collectives, and the reducer of gradients.
//
// These functions block, and their failures are for the caller to handle, so they have no part in the error scopes: each
// returns 0, or the kind of its failure, whose text `ct_distributed_error` gives.
#ifndef CTORCH_DISTRIBUTED_H
#define CTORCH_DISTRIBUTED_H

#include "ctorch_base.h"

CT_BEGIN
CT_EXTERN_C_BEGIN

typedef struct ct_store_s *ct_store;
typedef struct ct_group_s *ct_group;
typedef struct ct_work_s *ct_work;
typedef struct ct_reducer_s *ct_reducer;

// Kinds of failures.
enum {
  CT_DISTRIBUTED_DONE = 0,
  CT_DISTRIBUTED_OTHER = 1,
  CT_DISTRIBUTED_TIMEOUT = 2,
  CT_DISTRIBUTED_CANNOT_CONNECT = 3,
  CT_DISTRIBUTED_ADDRESS_IN_USE = 4,
  CT_DISTRIBUTED_UNKNOWN_HOST = 5,
  CT_DISTRIBUTED_PEER_LOST = 6,
  CT_DISTRIBUTED_UNSUPPORTED = 7,
  CT_DISTRIBUTED_ADDRESS_UNAVAILABLE = 8,
};
typedef int32_t ct_distributed_status;

// The text of this thread's last failure, one line; valid until the next one.
const char *ct_distributed_error(void);
// Makes a text of libtorch this thread's last failure, and gives its kind; OTHER where it is none of those above.
ct_distributed_status ct_distributed_tell(const char *text);
void ct_bytes_free(void *CT_NULLABLE bytes);

// --- Stores ------------------------------------------------------------------------------------------------------------

// Why a connection can't be made: the kind and text of the failure, or 0 where it can. Tries for up to a second.
ct_distributed_status ct_probe_address(const char *host, uint16_t port);

// `world_size` 0: not known. `listen_socket` -1: none; a bound and listening one is taken over.
ct_distributed_status ct_store_tcp(const char *host, uint16_t port, int32_t world_size, bool is_server,
                                   bool waits_for_workers, int64_t timeout_ms, int32_t listen_socket,
                                   ct_store CT_NULLABLE *CT_NONNULL out);
// The port of a store made by `ct_store_tcp`.
uint16_t ct_store_tcp_port(ct_store store);
ct_distributed_status ct_store_file(const char *path, int32_t world_size, int64_t timeout_ms,
                                    ct_store CT_NULLABLE *CT_NONNULL out);
ct_distributed_status ct_store_hash(int64_t timeout_ms, ct_store CT_NULLABLE *CT_NONNULL out);
ct_distributed_status ct_store_prefix(const char *prefix, ct_store store, ct_store CT_NULLABLE *CT_NONNULL out);
void ct_store_free(ct_store store);

ct_distributed_status ct_store_set(ct_store store, const char *key, const void *CT_NULLABLE bytes, intptr_t count);
// Waits for the key. The bytes are freed by `ct_bytes_free`.
ct_distributed_status ct_store_get(ct_store store, const char *key, int64_t timeout_ms,
                                   void *CT_NULLABLE *CT_NONNULL out_bytes, intptr_t *out_count);
ct_distributed_status ct_store_wait(ct_store store, const char *CT_NONNULL const *CT_NONNULL keys, intptr_t count,
                                    int64_t timeout_ms);
ct_distributed_status ct_store_check(ct_store store, const char *CT_NONNULL const *CT_NONNULL keys, intptr_t count,
                                     bool *out);
ct_distributed_status ct_store_add(ct_store store, const char *key, int64_t amount, int64_t *out);
ct_distributed_status ct_store_delete(ct_store store, const char *key, bool *out);
ct_distributed_status ct_store_compare_set(ct_store store, const char *key, const void *CT_NULLABLE expected,
                                           intptr_t expected_count, const void *CT_NULLABLE desired,
                                           intptr_t desired_count, void *CT_NULLABLE *CT_NONNULL out_bytes,
                                           intptr_t *out_count);
ct_distributed_status ct_store_key_count(ct_store store, int64_t *out);

// --- Process groups ----------------------------------------------------------------------------------------------------

// Whether NCCL is compiled in.
bool ct_nccl_compiled(void);
// Gloo for the CPU, and for GPUs too unless `nccl`: then NCCL on the GPU `cuda_index`. Interfaces and host name: which
// address Gloo binds to; where there are none, the environment and then this machine's name decide, as in PyTorch.
ct_distributed_status ct_group_create(ct_store store, int32_t rank, int32_t size, bool nccl, int32_t cuda_index,
                                      const char *name, int64_t timeout_ms,
                                      const char *CT_NONNULL const *CT_NULLABLE interfaces, intptr_t interface_count,
                                      const char *CT_NULLABLE hostname, ct_group CT_NULLABLE *CT_NONNULL out);
// Returns within seconds even where work is pending that a lost rank keeps from ending.
void ct_group_free(ct_group group);

// c10d's numbers of reductions.
enum { CT_REDUCE_SUM = 0, CT_REDUCE_AVG = 1, CT_REDUCE_PRODUCT = 2, CT_REDUCE_MIN = 3, CT_REDUCE_MAX = 4 };

// Collectives start here, and end in `ct_work_wait`.
ct_distributed_status ct_group_all_reduce(ct_group group, ct_tensor tensor, int32_t op,
                                          ct_work CT_NULLABLE *CT_NONNULL out);
ct_distributed_status ct_group_reduce(ct_group group, ct_tensor tensor, int32_t op, int32_t root,
                                      ct_work CT_NULLABLE *CT_NONNULL out);
ct_distributed_status ct_group_broadcast(ct_group group, ct_tensor tensor, int32_t root,
                                         ct_work CT_NULLABLE *CT_NONNULL out);
// `outputs`: a tensor of the input's shape for each rank.
ct_distributed_status ct_group_all_gather(ct_group group, const ct_tensor CT_NONNULL *CT_NONNULL outputs,
                                          intptr_t count, ct_tensor input, ct_work CT_NULLABLE *CT_NONNULL out);
ct_distributed_status ct_group_all_gather_single(ct_group group, ct_tensor output, ct_tensor input,
                                                 ct_work CT_NULLABLE *CT_NONNULL out);
ct_distributed_status ct_group_reduce_scatter_single(ct_group group, ct_tensor output, ct_tensor input, int32_t op,
                                                     ct_work CT_NULLABLE *CT_NONNULL out);
// On `root` one tensor for each rank; elsewhere none.
ct_distributed_status ct_group_gather(ct_group group, const ct_tensor CT_NONNULL *CT_NULLABLE outputs, intptr_t count,
                                      ct_tensor input, int32_t root, ct_work CT_NULLABLE *CT_NONNULL out);
ct_distributed_status ct_group_barrier(ct_group group);
// On rank 0 the failure's text names the ranks that did not come.
ct_distributed_status ct_group_monitored_barrier(ct_group group, int64_t timeout_ms);
ct_distributed_status ct_group_broadcast_coalesced(ct_group group, const ct_tensor CT_NONNULL *CT_NONNULL tensors,
                                                   intptr_t count, intptr_t buffer_bytes, int32_t root);

ct_distributed_status ct_work_wait(ct_work work);
bool ct_work_is_completed(ct_work work);
void ct_work_free(ct_work work);

// --- The reducer of gradients ------------------------------------------------------------------------------------------

typedef struct {
  int64_t bucket_bytes, first_bucket_bytes;
  bool find_unused_parameters, gradient_as_bucket_view, static_graph;
  // 0 none, 1 half-precision, 2 bfloat16 on the wire.
  int32_t compression;
} ct_reducer_options;

ct_distributed_status ct_reducer_create(ct_group group, const ct_tensor CT_NONNULL *CT_NONNULL parameters,
                                        const char *CT_NONNULL const *CT_NONNULL names, const bool *expects_sparse,
                                        intptr_t count, ct_reducer_options options,
                                        ct_reducer CT_NULLABLE *CT_NONNULL out);
void ct_reducer_free(ct_reducer reducer);
ct_distributed_status ct_reducer_prepare_for_forward(ct_reducer reducer);
ct_distributed_status ct_reducer_rebuild_buckets(ct_reducer reducer, bool *out_rebuilt);
ct_distributed_status ct_reducer_prepare_for_backward(ct_reducer reducer, const ct_tensor CT_NONNULL *CT_NULLABLE outputs,
                                                      intptr_t count);
intptr_t ct_reducer_bucket_count(ct_reducer reducer);
// Joining of uneven inputs. `divides_by_world` false: gradients are divided by the sum of `contributing`, which this
// starts to reduce; `contributing` is 1 on a rank that has inputs.
ct_distributed_status ct_reducer_announce_forward(ct_reducer reducer, ct_tensor contributing, bool divides_by_world);
// Takes part in the reduction of one backward pass with zeros.
ct_distributed_status ct_reducer_shadow_backward(ct_reducer reducer);

CT_EXTERN_C_END
CT_END

#endif
