#include "Convert.hpp"

#include <ATen/EmptyTensor.h>

#include <cstring>

#include "ctorch_tensor.h"

ct_status ct_gather_rows(ct_tensor tensor, const intptr_t *indices, intptr_t count, ct_tensor *out) {
  return ct::guard1("gatherRows", {tensor}, out, [&] {
    const at::Tensor &t = ct::ref(tensor);
    TORCH_CHECK(t.defined() && t.device().is_cpu() && t.dim() > 0 && t.is_contiguous(),
                "expected a contiguous tensor on the CPU");
    auto sizes = t.sizes().vec();
    int64_t rows = sizes[0];
    size_t bytes = rows == 0 ? 0 : t.nbytes() / static_cast<size_t>(rows);
    sizes[0] = count;
    auto result = at::detail::empty_cpu(sizes, t.scalar_type());
    const char *from = static_cast<const char *>(t.const_data_ptr());
    char *to = static_cast<char *>(result.mutable_data_ptr());
    for (intptr_t i = 0; i < count; i++) {
      TORCH_CHECK(indices[i] >= 0 && indices[i] < rows, "row ", indices[i], " of ", rows);
      std::memcpy(to + static_cast<size_t>(i) * bytes, from + static_cast<size_t>(indices[i]) * bytes, bytes);
    }
    return result;
  });
}
