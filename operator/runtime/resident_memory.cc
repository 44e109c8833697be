#include "runtime/resident_memory.h"

#include <condition_variable>
#include <cstdint>
#include <link.h>
#include <malloc.h>
#include <mutex>
#include <span>
#include <stop_token>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace schemaop {
namespace {

std::span<const ElfW(Phdr)> HeadersOf(const dl_phdr_info& library) {
  return {library.dlpi_phdr, library.dlpi_phnum};
}

// Segments that are never written hold what their file holds, unless the loader had to write
// addresses into them.
bool IsAsItsFile(const dl_phdr_info& library) {
  for (const auto& header : HeadersOf(library)) {
    if (header.p_type != PT_DYNAMIC) continue;
    const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(library.dlpi_addr + header.p_vaddr);
    for (; entry->d_tag != DT_NULL; ++entry) {
      if (entry->d_tag == DT_TEXTREL) return false;
    }
  }
  return true;
}

int DropPages(dl_phdr_info* library, std::size_t /*size*/, void* /*data*/) {
  if (!IsAsItsFile(*library)) return 0;
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (const auto& header : HeadersOf(*library)) {
    if (header.p_type != PT_LOAD || (header.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = library->dlpi_addr + header.p_vaddr;
    const std::uintptr_t first = begin & ~(page - 1);
    // Refused for what is no file (the vDSO), which then stays.
    (void)madvise(reinterpret_cast<void*>(first), begin + header.p_memsz - first, MADV_DONTNEED);
  }
  return 0;
}

// Pages that this process took or took back so far.
long PagesTaken() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt + usage.ru_majflt;
}

void ReturnNowAndThen(std::chrono::milliseconds period, const std::stop_token& stop) {
  constexpr long kWorthIt = 256;  // 1 MiB
  std::mutex own;
  std::condition_variable_any never;
  std::unique_lock lock(own);
  for (long returned_at = 0; !stop.stop_requested();) {
    never.wait_for(lock, stop, period, [] { return false; });
    if (stop.stop_requested() || PagesTaken() - returned_at < kWorthIt) continue;
    ReturnUnusedMemory();
    returned_at = PagesTaken();
  }
}

}  // namespace

void ReturnUnusedMemory() {
  malloc_trim(0);
  dl_iterate_phdr(DropPages, nullptr);
}

void ShareHeaps() { mallopt(M_ARENA_MAX, 2); }

MemoryReturns::MemoryReturns(std::chrono::milliseconds period)
    : thread_([period](const std::stop_token& stop) { ReturnNowAndThen(period, stop); }) {}

}  // namespace schemaop
