#pragma once
#include <zlib.h>

/* A macro in zlib.h, which an importer of modules does not see. */
static inline int czlib_deflate_init2(z_stream *stream, int level, int window_bits, int memory_level) {
    return deflateInit2(stream, level, Z_DEFLATED, window_bits, memory_level, Z_DEFAULT_STRATEGY);
}
