// TLS material as files, which is the only way libpq takes it.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/dsn.h"

namespace schemaop {

// Anonymous files in memory, readable by this user alone and gone with their owner: nothing reaches
// a disk, and a read-only container file system is enough. Keep it as long as the connection lives.
class TlsFiles {
 public:
  // Files for what `dsn` holds as text, with the libpq parameters that name them added to
  // `parameters`. kInternal when the system has no file descriptor or memory left.
  static Result<TlsFiles> Create(const Dsn& dsn, std::map<std::string, std::string>& parameters);
  ~TlsFiles();
  TlsFiles(TlsFiles&& other) noexcept;
  TlsFiles& operator=(TlsFiles&& other) noexcept;

 private:
  TlsFiles() = default;
  Result<std::string> Add(const std::string& name, const std::string& text);
  std::vector<int> descriptors_;
};

}  // namespace schemaop
