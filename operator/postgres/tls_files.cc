#include "postgres/tls_files.h"

#include <array>
#include <cerrno>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace schemaop {
namespace {

bool WriteAll(int descriptor, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::write(descriptor, text.data() + done, text.size() - done);
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) done += static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

Result<TlsFiles> TlsFiles::Create(const Dsn& dsn, std::map<std::string, std::string>& parameters) {
  const std::array<std::pair<const char*, const std::string*>, 3> material = {{
      {"sslrootcert", &dsn.ca_certificate},
      {"sslcert", &dsn.client_certificate},
      {"sslkey", &dsn.client_key},
  }};
  TlsFiles files;
  for (const auto& [keyword, text] : material) {
    if (text->empty()) continue;
    auto path = files.Add(keyword, *text);
    if (!path) return Fail(path.error());
    parameters[keyword] = *path;
  }
  return files;
}

Result<std::string> TlsFiles::Add(const std::string& name, const std::string& text) {
  const int descriptor = ::memfd_create(name.c_str(), MFD_CLOEXEC);
  if (descriptor >= 0) descriptors_.push_back(descriptor);
  // libpq refuses a key that others may read.
  if (descriptor < 0 || ::fchmod(descriptor, S_IRUSR | S_IWUSR) != 0 ||
      !WriteAll(descriptor, text)) {
    return Fail(ErrorCode::kInternal,
                "cannot keep " + name + " in memory: " + std::generic_category().message(errno));
  }
  return "/proc/self/fd/" + std::to_string(descriptor);
}

TlsFiles::~TlsFiles() {
  for (const int descriptor : descriptors_) ::close(descriptor);
}

TlsFiles::TlsFiles(TlsFiles&& other) noexcept
    : descriptors_(std::exchange(other.descriptors_, {})) {}

TlsFiles& TlsFiles::operator=(TlsFiles&& other) noexcept {
  std::swap(descriptors_, other.descriptors_);
  return *this;
}

}  // namespace schemaop
