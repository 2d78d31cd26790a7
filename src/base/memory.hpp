// How the process returns memory to the system.
#pragma once

namespace faceshot::base {

/// Tells malloc to keep freed memory for reuse. By default it hands every large block back to the
/// kernel, and page faults then cost more than the arithmetic: a training step is several times
/// slower. For programs to call first thing in main(); libraries leave their host's malloc alone.
void retain_freed_memory();

}  // namespace faceshot::base
