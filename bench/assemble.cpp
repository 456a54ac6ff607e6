// Makes the binary of a kernel that is text: the fields of several files, one behind the other, are one module. For the
// bench runner; not installed, not a test.
//
//   bench_assemble OUTPUT FILE...
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "wasmrun/module.h"

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: bench_assemble OUTPUT FILE...\n");
    return 2;
  }
  std::string text;
  for (int i = 2; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    text.append(std::istreambuf_iterator<char>(file), {});
    if (!file) {
      std::fprintf(stderr, "error: %s cannot be read\n", argv[i]);
      return 1;
    }
  }
  const auto bytes = wasmrun::textToBinary(text, argv[argc - 1]);
  if (!bytes) {
    std::fprintf(stderr, "error: %s\n", bytes.error().toString().c_str());
    return 1;
  }
  std::ofstream output(argv[1], std::ios::binary);
  output.write(reinterpret_cast<const char*>(bytes->data()), static_cast<std::streamsize>(bytes->size()));
  output.close();
  if (!output) {
    std::fprintf(stderr, "error: %s cannot be written\n", argv[1]);
    return 1;
  }
}
