// For dl_iterate_phdr and MADV_DONTNEED.
#define _GNU_SOURCE

#include "support.h"

#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

const char *build_version(void) { return BUILD_VERSION; }

const char *build_revision(void) { return BUILD_REVISION; }

void memory_return_when_free(int mapped, int trim)
{
    mallopt(M_MMAP_THRESHOLD, mapped);
    mallopt(M_TRIM_THRESHOLD, trim);
    mallopt(M_ARENA_MAX, 1);
}

// A segment that is loaded without the right to be written holds nothing but the bytes of its file: unlike the part that
// the dynamic linker protects after relocating it, which is of a writable segment.
static int forget_segments(struct dl_phdr_info *object, size_t size, void *context)
{
    (void)size;
    (void)context;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W)
            continue;
        const uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
        const uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_filesz) & ~(page - 1);
        if (end > start)
            madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void memory_forget_program_pages(void)
{
    dl_iterate_phdr(forget_segments, NULL);
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
