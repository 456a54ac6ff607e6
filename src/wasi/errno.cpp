#include "wasi/errno.h"

#include <cerrno>

namespace wasmrun::wasi {

Errno errnoFromHost(int hostErrno) {
  switch (hostErrno) {
#define WASI_ERRNO(name, number, host) \
  case host: return Errno::name;
#include "wasi/errno.def"
#undef WASI_ERRNO
    default: return Errno::Io;
  }
}

std::string_view errnoName(Errno error) {
  switch (error) {
#define WASI_ERRNO(name, number, host) \
  case Errno::name: return #name;
#include "wasi/errno.def"
#undef WASI_ERRNO
  }
  return "unknown";
}

}  // namespace wasmrun::wasi
