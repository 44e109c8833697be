// A replica's requests to the API server: they take time, and what is lost may have taken effect.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include "faults.h"
#include "kube/api_error.h"
#include "model_server.h"
#include "scheduler.h"

namespace schemaop::simulation {

// KubeClientOptions::deadline.
inline constexpr Moment kDeadline = std::chrono::seconds(30);

class Wire {
 public:
  Wire(Scheduler& scheduler, const Faults& faults, std::shared_ptr<Life> life)
      : scheduler_(scheduler), faults_(faults), life_(std::move(life)) {}

  // `execute` runs at the server, once or, when the request is lost or refused, never. An answer
  // that is not there by `deadline` is none, as KubeClient has it.
  template <typename T>
  ApiResult<T> Ask(Moment deadline, const std::stop_token& stop,
                   std::function<ApiResult<T>()> execute) {
    auto answer = std::make_shared<std::optional<ApiResult<T>>>();
    auto error =
        Send(deadline, stop, [answer, execute = std::move(execute)] { *answer = execute(); });
    if (error) return tl::unexpected(*std::move(error));
    return **std::move(answer);
  }

 private:
  std::optional<ApiError> Send(Moment deadline, const std::stop_token& stop,
                               std::function<void()> execute);
  std::optional<ApiError> Fault(Moment& there, Moment& back);

  Scheduler& scheduler_;
  const Faults& faults_;
  std::shared_ptr<Life> life_;
};

}  // namespace schemaop::simulation
