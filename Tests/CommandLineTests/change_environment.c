#include <stdlib.h>

// Adds an environment variable at startup, as libfaketime does. The C library then moves the array of variables to the heap.
__attribute__((constructor)) static void change_environment(void) { setenv("CHANGED_BY_LIBRARY", "yes", 1); }
