// The process_* metrics every Prometheus client has, out of /proc.
#pragma once

#include <string>

namespace schemaop {

// process_resident_memory_bytes, process_virtual_memory_bytes, process_cpu_seconds_total,
// process_open_fds, process_max_fds, process_threads and process_start_time_seconds in Prometheus's
// text format; what /proc does not tell is left out.
std::string RenderProcessMetrics();

}  // namespace schemaop
