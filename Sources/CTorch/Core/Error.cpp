#include "ctorch_error.h"

#include <cstring>
#include <sstream>
#include <string>

#include "Guard.hpp"

namespace {

struct Scope {
  bool failed = false;
  bool out_of_memory = false;
  std::string message, name;
};

struct ThreadState {
  std::vector<Scope> scopes;
  Scope last;
};

ThreadState &state() {
  static thread_local ThreadState s;
  return s;
}

void describe(std::ostream &out, const char *name, std::initializer_list<ct_tensor> inputs) {
  out << name << "(";
  bool first = true;
  for (ct_tensor handle : inputs) {
    if (handle == nullptr) continue;
    out << (first ? "" : ", ");
    first = false;
    const at::Tensor &t = ct::ref(handle);
    if (!t.defined()) {
      out << "undefined";
      continue;
    }
    out << c10::toString(t.scalar_type()) << "[";
    for (int64_t i = 0; i < t.dim(); i++) out << (i ? "," : "") << t.size(i);
    out << "]";
  }
  out << ")";
}

// One line: libtorch appends hints and traces below the first.
std::string first_line(const char *text) {
  std::string s(text == nullptr ? "" : text);
  size_t end = s.find('\n');
  return end == std::string::npos ? s : s.substr(0, end);
}

}  // namespace

namespace ct {

bool scope_failed() noexcept {
  auto &scopes = state().scopes;
  return !scopes.empty() && scopes.back().failed;
}

ct_status record(const char *name, std::initializer_list<ct_tensor> inputs, const char *text,
                 bool out_of_memory) noexcept {
  try {
    ThreadState &s = state();
    Scope failure;
    failure.failed = true;
    failure.message = first_line(text);
    // libtorch reports a failed malloc on the CPU as a plain error.
    failure.out_of_memory = out_of_memory || std::strstr(text, "can't allocate memory") != nullptr ||
                            std::strstr(text, "out of memory") != nullptr;
    std::ostringstream out;
    describe(out, name, inputs);
    failure.name = out.str();
    if (s.scopes.empty()) {
      s.last = failure;
      s.last.message = failure.name + ": " + failure.message;
      return 2;
    }
    s.scopes.back() = std::move(failure);
    return 1;
  } catch (...) {
    ThreadState &s = state();
    if (s.scopes.empty()) return 2;
    s.scopes.back().failed = true;
    return 1;
  }
}

}  // namespace ct

void ct_scope_open(void) {
  auto &scopes = state().scopes;
  // A scope inside one that has failed stays failed, so that it throws the same error at once.
  Scope inner;
  if (!scopes.empty() && scopes.back().failed) inner = scopes.back();
  scopes.push_back(std::move(inner));
}

bool ct_scope_failed(void) { return ct::scope_failed(); }

int32_t ct_scope_close(const char **out_message, const char **out_operator) {
  ThreadState &s = state();
  if (s.scopes.empty()) return 0;
  s.last = std::move(s.scopes.back());
  s.scopes.pop_back();
  if (!s.last.failed) return 0;
  *out_message = s.last.message.c_str();
  *out_operator = s.last.name.c_str();
  return s.last.out_of_memory ? 2 : 1;
}

ct_status ct_scope_fail(const char *operator_name, const char *message) {
  if (ct::scope_failed()) return 1;
  return ct::record(operator_name, {}, message, false);
}

const char *ct_last_error(void) { return state().last.message.c_str(); }
