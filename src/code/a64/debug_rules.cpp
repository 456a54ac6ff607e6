#include "code/debug_rules.h"

namespace wasmrun::code {

// No tier makes code for this machine yet: names only.
const DebugRules kDebugRules = {183, 30, {}, {}, {}, {}};

}  // namespace wasmrun::code
