#include <torch/csrc/distributed/c10d/comm.hpp>

#include "../Core/Convert.hpp"
#include "Failure.hpp"
#include "Group.hpp"

struct ct_work_s {
  c10::intrusive_ptr<c10d::Work> work;
  // Kept until the end; the first is divided then, where the backend knows no average.
  std::vector<at::Tensor> tensors;
  int64_t divisor = 1;
};

namespace {

using c10d::ProcessGroup;
using c10d::ReduceOp;
using WorkPointer = c10::intrusive_ptr<c10d::Work>;

// The collectives of one tensor were renamed during libtorch's 2.13 to 2.15.
template <class Group>
WorkPointer all_gather_single(Group &group, at::Tensor &output, at::Tensor &input) {
  if constexpr (requires { group.all_gather_single(output, input); })
    return group.all_gather_single(output, input);
  else
    return group._allgather_base(output, input);
}

template <class Group>
WorkPointer reduce_scatter_single(Group &group, at::Tensor &output, at::Tensor &input,
                                  const c10d::ReduceScatterOptions &options) {
  if constexpr (requires { group.reduce_scatter_single(output, input, options); })
    return group.reduce_scatter_single(output, input, options);
  else
    return group._reduce_scatter_base(output, input, options);
}

// Whether the sum must be divided afterwards: Gloo has no average.
bool divides_itself(ct_group group, const at::Tensor &tensor, int32_t op) {
  return op == CT_REDUCE_AVG && !(group->has_nccl && tensor.is_cuda());
}
ReduceOp reduction(bool divides, int32_t op) {
  return static_cast<ReduceOp::RedOpType>(divides ? static_cast<int32_t>(CT_REDUCE_SUM) : op);
}

// Contiguous tensors as rows of numbers: Gloo cuts the first dimension, and compares shapes.
void flatten(std::vector<at::Tensor> &tensors) {
  for (auto &tensor : tensors) tensor = tensor.view({-1});
}

template <class Start>
ct_distributed_status begin(ct_work *out, std::vector<at::Tensor> tensors, Start &&start, int64_t divisor = 1) {
  *out = nullptr;
  return ct::attempt([&] {
    // What takes part is data: nothing of it is recorded.
    at::NoGradGuard without_recording;
    WorkPointer work = start(tensors);
    *out = new ct_work_s{std::move(work), std::move(tensors), divisor};
  });
}

}  // namespace

ct_distributed_status ct_group_all_reduce(ct_group group, ct_tensor tensor, int32_t op, ct_work *out) {
  bool divides = divides_itself(group, ct::ref(tensor), op);
  return begin(
      out, {ct::ref(tensor)},
      [&](auto &tensors) {
        c10d::AllreduceOptions options;
        options.reduceOp = reduction(divides, op);
        return group->group->allreduce(tensors, options);
      },
      divides ? group->group->getSize() : 1);
}
ct_distributed_status ct_group_reduce(ct_group group, ct_tensor tensor, int32_t op, int32_t root, ct_work *out) {
  bool divides = divides_itself(group, ct::ref(tensor), op);
  return begin(
      out, {ct::ref(tensor)},
      [&](auto &tensors) {
        c10d::ReduceOptions options;
        options.reduceOp = reduction(divides, op);
        options.rootRank = root;
        return group->group->reduce(tensors, options);
      },
      divides ? group->group->getSize() : 1);
}
ct_distributed_status ct_group_broadcast(ct_group group, ct_tensor tensor, int32_t root, ct_work *out) {
  return begin(out, {ct::ref(tensor)}, [&](auto &tensors) {
    c10d::BroadcastOptions options;
    options.rootRank = root;
    return group->group->broadcast(tensors, options);
  });
}
ct_distributed_status ct_group_all_gather(ct_group group, const ct_tensor *outputs, intptr_t count, ct_tensor input,
                                          ct_work *out) {
  auto tensors = ct::list(outputs, count);
  tensors.push_back(ct::ref(input));
  return begin(out, std::move(tensors), [&](auto &all) {
    std::vector<std::vector<at::Tensor>> lists{{all.begin(), all.end() - 1}};
    std::vector<at::Tensor> inputs{all.back()};
    return group->group->allgather(lists, inputs);
  });
}
ct_distributed_status ct_group_all_gather_single(ct_group group, ct_tensor output, ct_tensor input, ct_work *out) {
  return begin(out, {ct::ref(output), ct::ref(input)}, [&](auto &tensors) {
    flatten(tensors);
    return all_gather_single(*group->group, tensors[0], tensors[1]);
  });
}
ct_distributed_status ct_group_reduce_scatter_single(ct_group group, ct_tensor output, ct_tensor input, int32_t op,
                                                     ct_work *out) {
  bool divides = divides_itself(group, ct::ref(input), op);
  return begin(
      out, {ct::ref(output), ct::ref(input)},
      [&](auto &tensors) {
        c10d::ReduceScatterOptions options;
        options.reduceOp = reduction(divides, op);
        flatten(tensors);
        return reduce_scatter_single(*group->group, tensors[0], tensors[1], options);
      },
      divides ? group->group->getSize() : 1);
}
ct_distributed_status ct_group_gather(ct_group group, const ct_tensor *outputs, intptr_t count, ct_tensor input,
                                      int32_t root, ct_work *out) {
  auto tensors = ct::list(outputs, count);
  tensors.push_back(ct::ref(input));
  return begin(out, std::move(tensors), [&](auto &all) {
    std::vector<std::vector<at::Tensor>> lists;
    if (count > 0) lists.emplace_back(all.begin(), all.end() - 1);
    std::vector<at::Tensor> inputs{all.back()};
    c10d::GatherOptions options;
    options.rootRank = root;
    return group->group->gather(lists, inputs, options);
  });
}
ct_distributed_status ct_group_barrier(ct_group group) {
  return ct::attempt([&] { group->host->barrier()->wait(); });
}
ct_distributed_status ct_group_monitored_barrier(ct_group group, int64_t timeout_ms) {
  return ct::attempt([&] {
    c10d::BarrierOptions options;
    options.timeout = std::chrono::milliseconds(timeout_ms);
    group->host->monitoredBarrier(options, /*waitAllRanks=*/true);
  });
}
ct_distributed_status ct_group_broadcast_coalesced(ct_group group, const ct_tensor *tensors, intptr_t count,
                                                   intptr_t buffer_bytes, int32_t root) {
  return ct::attempt([&] {
    at::NoGradGuard without_recording;
    std::vector<at::Tensor> values;
    values.reserve(static_cast<size_t>(count));
    for (intptr_t i = 0; i < count; i++) values.push_back(ct::ref(tensors[i]).detach());
    c10d::broadcast_coalesced(group->group, values, static_cast<size_t>(buffer_bytes), root);
  });
}

ct_distributed_status ct_work_wait(ct_work work) {
  return ct::attempt([&] {
    work->work->wait();
    if (work->divisor != 1) {
      at::NoGradGuard without_recording;
      work->tensors[0].div_(std::exchange(work->divisor, 1));
    }
  });
}
bool ct_work_is_completed(ct_work work) {
  bool done = false;
  ct::attempt([&] { done = work->work->isCompleted(); });
  return done;
}
void ct_work_free(ct_work work) {
  ct::attempt([&] { delete work; });
}
