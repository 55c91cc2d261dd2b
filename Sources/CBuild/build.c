#include "build.h"

const char *build_version(void) { return BUILD_VERSION; }

const char *build_revision(void) { return BUILD_REVISION; }
