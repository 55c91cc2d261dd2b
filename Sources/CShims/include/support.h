#pragma once

/// Version of the product, as Package.swift says.
const char *build_version(void);

/// Git revision that the package was built from, or `unknown`.
const char *build_revision(void);

/// mallopt(3): blocks of `mapped` bytes and more go back to the system when they are freed, and so does what lies free
/// at the end of the heap beyond `trim` bytes. By default both bounds grow with what has been freed once.
void memory_return_when_free(int mapped, int trim);

/// The argument vector of the process as the C library passes it to constructors: independent of /proc and of later
/// changes of the environment.
int argument_count(void);

/// Argument `index` of `argument_count()`, without a copy; `NULL` beyond the last one.
const char *argument(int index);
