#include <fmt/format.h>

#include "kube/client.h"

namespace schemaop {
namespace {

#if defined(__x86_64__)
constexpr const char* kArchitecture = "amd64";
#elif defined(__aarch64__)
constexpr const char* kArchitecture = "arm64";
#else
constexpr const char* kArchitecture = "unknown";
#endif

}  // namespace

std::string UserAgent(std::string_view program, std::string_view version) {
  return fmt::format("{}/{} (linux/{})", program, version, kArchitecture);
}

}  // namespace schemaop
