#include "support.h"

#include <malloc.h>

const char *build_version(void) { return BUILD_VERSION; }

const char *build_revision(void) { return BUILD_REVISION; }

void memory_return_when_free(int mapped, int trim)
{
    mallopt(M_MMAP_THRESHOLD, mapped);
    mallopt(M_TRIM_THRESHOLD, trim);
    mallopt(M_ARENA_MAX, 1);
}
