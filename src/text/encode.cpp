#include "text/encode.h"

#include "text/module_parser.h"
#include "text/module_writer.h"

namespace wasmrun::text {

Result<EncodedModule> encodeModule(const SourceText& source, TextRange range) {
  constexpr u64 kMaxText = u64{1} << 32;  // offsets are 32 bits
  if (source.text().size() >= kMaxText)
    return wasmrun::fail(ErrorKind::Limit, "the text is too large: its limit is 4 GiB");
  ModuleParser parser(source.text(), range);
  parser.parse();
  const TokenStream& in = parser.scope().in;
  if (in.failed()) return wasmrun::fail(source.error(in.errorKind(), in.message(), in.errorOffset()));
  EncodedModule encoded = writeModule(parser);
  encoded.map.setStart(range.begin);
  return encoded;
}

Error locateError(const SourceText& source, const SourceMap& map, Error error) {
  const u32 offset = map.textOffset(error.offset == Error::kNoOffset ? 0 : error.offset);
  return source.located(std::move(error), offset);
}

}  // namespace wasmrun::text
