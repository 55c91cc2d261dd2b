#include <stdlib.h>

// What libfaketime and some agents do: the array of variables moves from the stack to the heap.
__attribute__((constructor)) static void change_environment(void) { setenv("CHANGED_BY_LIBRARY", "yes", 1); }
