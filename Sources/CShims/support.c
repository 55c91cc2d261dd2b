#include "support.h"

#include <malloc.h>
#include <stddef.h>

const char *build_version(void) { return BUILD_VERSION; }

const char *build_revision(void) { return BUILD_REVISION; }

void memory_return_when_free(int mapped, int trim)
{
    mallopt(M_MMAP_THRESHOLD, mapped);
    mallopt(M_TRIM_THRESHOLD, trim);
    mallopt(M_ARENA_MAX, 1);
}

static int stored_count;
static char **stored_arguments;

// glibc calls constructors with the arguments of main.
__attribute__((constructor)) static void store_arguments(int count, char **arguments)
{
    stored_count = count;
    stored_arguments = arguments;
}

int argument_count(void) { return stored_count; }

const char *argument(int index) { return index < 0 || index >= stored_count ? NULL : stored_arguments[index]; }
