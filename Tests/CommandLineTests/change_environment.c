#include <stdlib.h>

// Like libfaketime, adds a variable at startup. This moves the array of variables from the stack to the heap.
__attribute__((constructor)) static void change_environment(void) { setenv("CHANGED_BY_LIBRARY", "yes", 1); }
