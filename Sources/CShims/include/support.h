#pragma once

/// Product version from Package.swift.
const char *build_version(void);

/// Git revision that the package was built from, or `unknown`.
const char *build_revision(void);

/// mallopt(3): returns freed blocks of at least `mapped` bytes to the system, and also the free memory at the end of
/// the heap if it exceeds `trim` bytes. By default glibc raises both thresholds when a large block is freed.
void memory_return_when_free(int mapped, int trim);

/// Number of arguments of the process, as the C library passes them to constructors. It does not depend on /proc or on
/// later changes of the environment.
int argument_count(void);

/// The argument at `index`, from 0, not copied. `NULL` if there is no such argument.
const char *argument(int index);
