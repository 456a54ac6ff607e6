// Handler bodies of 128-bit vectors and of atomic accesses.
#pragma once

#include "interp/bodies_control.h"
