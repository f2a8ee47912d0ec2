// Kernels for the encoder's fast path on the CPU, over the real tokens of a batch laid end to end (no padding): float32,
// or bfloat16 where it says so, which is computed with in float32 and rounded at the end.
// Dropout's random numbers are a pure function of a key for each token, a site number and the element's place, so that
// they depend neither on the order of work nor on how the rows are packed.
#ifndef CTORCH_ENCODER_H
#define CTORCH_ENCODER_H

#include "ctorch_base.h"

CT_BEGIN
CT_EXTERN_C_BEGIN

// Multi-head attention within each row, float32 or bfloat16. query [tokens or rows, heads * size]; key and value
// [tokens, heads * size].
// `starts` holds rows + 1 offsets of the rows' tokens. With `first_only` the query has one token a row, its first.
// `keys`: a number for each token of key and value; used where p > 0.
ct_status ct_row_attention(ct_tensor query, ct_tensor key, ct_tensor value, const int64_t *starts, intptr_t rows,
                           intptr_t heads, double scale, double p, ct_tensor CT_NULLABLE keys, int64_t site,
                           bool first_only, ct_tensor CT_NULLABLE *CT_NONNULL out);

// LayerNorm(residual + dropout(input)); input (float32 or bfloat16) and residual [tokens, width]. `keys` as above, for
// the tokens of input.
ct_status ct_dropout_add_norm(ct_tensor input, ct_tensor residual, ct_tensor weight, ct_tensor bias, double eps,
                              double p, ct_tensor CT_NULLABLE keys, int64_t site,
                              ct_tensor CT_NULLABLE *CT_NONNULL out);

// Dropout alone, over [tokens, width].
ct_status ct_keyed_dropout(ct_tensor input, double p, ct_tensor keys, int64_t site,
                           ct_tensor CT_NULLABLE *CT_NONNULL out);

CT_EXTERN_C_END
CT_END

#endif
