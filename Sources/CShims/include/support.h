#pragma once

/// Product version from Package.swift.
const char *build_version(void);

/// Git revision of the build, or `unknown`.
const char *build_revision(void);

/// Makes `free` return memory to the system (mallopt(3)): blocks of at least `mapped` bytes, and the free end of the
/// heap if it exceeds `trim` bytes. Without this call, glibc raises both thresholds when a large block is freed. Also
/// limits malloc to one arena.
void memory_return_when_free(int mapped, int trim);

/// Number of arguments of the process, including the program name. The arguments come from glibc, so /proc is not
/// needed.
int argument_count(void);

/// The argument at `index`, not copied. Index 0 is the program name. `NULL` if there is no such argument.
const char *argument(int index);
