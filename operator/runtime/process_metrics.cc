#include "runtime/process_metrics.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace schemaop {
namespace {

// The fields of /proc/self/stat behind the command's name, which may hold spaces: [0] is the third
// of proc(5).
std::vector<std::string> ReadStat() {
  std::ifstream in("/proc/self/stat");
  const std::string line((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::size_t close = line.rfind(')');
  if (close == std::string::npos) return {};
  std::istringstream fields(line.substr(close + 1));
  return {std::istream_iterator<std::string>(fields), std::istream_iterator<std::string>()};
}

double BootTime() {
  std::ifstream in("/proc/stat");
  std::string word;
  double seconds = 0;
  while (in >> word) {
    if (word == "btime" && in >> seconds) return seconds;
  }
  return 0;
}

void Append(std::string& text, std::string_view name, std::string_view type, double value) {
  std::ostringstream line;
  line.precision(17);
  line << "# TYPE " << name << ' ' << type << '\n' << name << ' ' << value << '\n';
  text += line.str();
}

std::int64_t CountOpenFiles() {
  std::error_code error;
  const std::filesystem::directory_iterator entries("/proc/self/fd", error);
  return error ? 0 : std::distance(begin(entries), end(entries));
}

}  // namespace

std::string RenderProcessMetrics() {
  std::string text;
  const std::vector<std::string> stat = ReadStat();
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  if (stat.size() > 21) {
    const auto field = [&](std::size_t i) { return std::strtod(stat[i].c_str(), nullptr); };
    Append(text, "process_cpu_seconds_total", "counter", (field(11) + field(12)) / ticks);
    Append(text, "process_threads", "gauge", field(17));
    Append(text, "process_start_time_seconds", "gauge", BootTime() + field(19) / ticks);
    Append(text, "process_virtual_memory_bytes", "gauge", field(20));
    Append(text, "process_resident_memory_bytes", "gauge", field(21) * page);
  }
  Append(text, "process_open_fds", "gauge", static_cast<double>(CountOpenFiles()));
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    Append(text, "process_max_fds", "gauge", static_cast<double>(limit.rlim_cur));
  }
  return text;
}

}  // namespace schemaop
