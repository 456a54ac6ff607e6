// The registers of this machine's calling convention: the one place that chooses the architecture.
#pragma once

#include "masm/x64/abi.h"
