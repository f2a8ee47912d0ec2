// Gradients averaged over ranks while the backward pass still runs.
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/distributed/c10d/comm.hpp>
#include <torch/csrc/distributed/c10d/logger.hpp>
#include <torch/csrc/distributed/c10d/reducer.hpp>

#include <algorithm>
#include <limits>

#include "../Core/Convert.hpp"
#include "Failure.hpp"
#include "Group.hpp"

namespace {

using c10d::ProcessGroup;
using c10d::Reducer;
using GroupPointer = c10::intrusive_ptr<ProcessGroup>;
using FuturePointer = c10::intrusive_ptr<c10::ivalue::Future>;

// Sends gradients in 16 bits, as PyTorch's hooks fp16_compress and bf16_compress do.
class Compression : public c10d::CppCommHookInterface<GroupPointer> {
 public:
  Compression(const GroupPointer &group, c10::ScalarType type) : CppCommHookInterface(group), type_(type) {}

  FuturePointer runHook(c10d::GradBucket &bucket) override {
    std::vector<at::Tensor> small{bucket.getBuffer().to(type_).div_(state_->getSize())};
    auto work = state_->allreduce(small);
    return work->getFuture()->then(
        [buffer = bucket.getBuffer(), sum = small[0]](c10::ivalue::Future &done) {
          done.value();  // throws where the reduction failed
          buffer.copy_(sum);
          return c10::IValue(buffer);
        },
        c10::TensorType::get());
  }

 private:
  c10::ScalarType type_;
};

// Gradients in the order in which they are expected: the last parameters' first.
std::vector<std::vector<size_t>> buckets(const std::vector<at::Tensor> &parameters, const std::vector<bool> &sparse,
                                         const ct_reducer_options &options) {
  // Where buckets are made anew after the first step, that step takes one, as in PyTorch.
  std::vector<size_t> limits{std::numeric_limits<int64_t>::max()};
  if (options.find_unused_parameters && !options.static_graph)
    limits = {static_cast<size_t>(options.first_bucket_bytes), static_cast<size_t>(options.bucket_bytes)};
  auto assignment = c10d::compute_bucket_assignment_by_size(parameters, limits, sparse);
  auto result = std::move(std::get<0>(assignment));
  std::reverse(result.begin(), result.end());
  return result;
}

std::shared_ptr<Reducer> make_reducer(const GroupPointer &group, const std::vector<at::Tensor> &parameters,
                                      const std::vector<bool> &sparse, const ct_reducer_options &options,
                                      std::unordered_map<size_t, std::string> names) {
  // Later versions of libtorch add arguments with defaults.
  auto reducer = std::make_shared<Reducer>(
      parameters, buckets(parameters, sparse, options), group, sparse, options.bucket_bytes,
      options.find_unused_parameters, options.gradient_as_bucket_view, std::move(names), options.first_bucket_bytes,
      /*skip_all_reduce_unused_params=*/false, /*use_python_reducer=*/false, std::vector<int64_t>{});
  if (options.compression != 0) {
    auto type = options.compression == 1 ? c10::kHalf : c10::kBFloat16;
    reducer->register_comm_hook(std::make_unique<Compression>(group, type));
  }
  return reducer;
}

}  // namespace

struct ct_reducer_s {
  GroupPointer group;
  std::shared_ptr<Reducer> reducer;
  std::shared_ptr<c10d::Logger> logger;
  ct_reducer_options options;
  // Whether the first backward pass of a static graph has begun.
  std::shared_ptr<bool> has_delayed = std::make_shared<bool>(false);
};

ct_distributed_status ct_reducer_create(ct_group group, const ct_tensor *parameters, const char *const *names,
                                        const bool *expects_sparse, intptr_t count, ct_reducer_options options,
                                        ct_reducer *out) {
  *out = nullptr;
  return ct::attempt([&] {
    auto tensors = ct::list(parameters, count);
    std::vector<bool> sparse(expects_sparse, expects_sparse + count);
    std::unordered_map<size_t, std::string> by_number;
    for (intptr_t i = 0; i < count; i++) by_number[static_cast<size_t>(i)] = names[i];
    auto reducer = make_reducer(group->group, tensors, sparse, options, std::move(by_number));
    auto logger = std::make_shared<c10d::Logger>(reducer);
    logger->set_construction_data_and_log("Module", {}, -1, true, false, options.static_graph);
    reducer->set_logger(logger);
    if (options.static_graph) {
      reducer->set_static_graph();
      logger->set_static_graph();
    }
    *out = new ct_reducer_s{group->group, std::move(reducer), std::move(logger), options};
  });
}
void ct_reducer_free(ct_reducer reducer) { ct::drop(std::shared_ptr<ct_reducer_s>(reducer)); }

ct_distributed_status ct_reducer_prepare_for_forward(ct_reducer reducer) {
  return ct::attempt([&] { reducer->reducer->prepare_for_forward(); });
}
ct_distributed_status ct_reducer_rebuild_buckets(ct_reducer reducer, bool *out_rebuilt) {
  *out_rebuilt = false;
  return ct::attempt([&] { *out_rebuilt = reducer->reducer->rebuild_buckets(); });
}
ct_distributed_status ct_reducer_prepare_for_backward(ct_reducer reducer, const ct_tensor *outputs, intptr_t count) {
  return ct::attempt([&] {
    auto tensors = ct::list(outputs, count);
    bool is_static = reducer->options.static_graph;
    if (is_static && !*reducer->has_delayed) {
      // The first pass of a static graph reduces everything at its end.
      tensors.at(0).register_hook(
          [target = std::weak_ptr<Reducer>(reducer->reducer), has_delayed = reducer->has_delayed](const at::Tensor &) {
            if (*has_delayed) return;
            *has_delayed = true;
            torch::autograd::Engine::get_default_engine().queue_callback([target] {
              if (auto reducer = target.lock()) reducer->delay_all_reduce();
            });
          });
    }
    bool searches = reducer->options.find_unused_parameters && !is_static;
    reducer->reducer->prepare_for_backward(searches ? tensors : std::vector<at::Tensor>{});
  });
}
intptr_t ct_reducer_bucket_count(ct_reducer reducer) {
  size_t count = 0;
  ct::attempt([&] { count = reducer->reducer->get_grad_buckets(false).size(); });
  return static_cast<intptr_t>(count);
}

ct_distributed_status ct_reducer_announce_forward(ct_reducer reducer, ct_tensor contributing, bool divides_by_world) {
  return ct::attempt([&] {
    std::vector<at::Tensor> tensors{ct::ref(contributing)};
    reducer->reducer->set_forward_pass_work_handle(reducer->group->allreduce(tensors), divides_by_world);
  });
}
ct_distributed_status ct_reducer_shadow_backward(ct_reducer reducer) {
  return ct::attempt([&] {
    auto &target = *reducer->reducer;
    auto zeros = target.get_grad_buckets();
    std::vector<FuturePointer> reductions;
    for (auto &bucket : zeros) reductions.push_back(target.run_comm_hook(bucket));
    for (auto &reduction : reductions) reduction->waitAndThrow();
    if (reducer->options.find_unused_parameters) {
      std::vector<at::Tensor> used{target.get_local_used_map_on_device()};
      reducer->group->allreduce(used)->wait();
    }
    target.push_rebuilt_params_for_all_indices();
  });
}
