/* Play a recording through the native callback of another machine, on a memory image that Python made.

       driver LIBRARY IMAGE INPUT OUTPUT BLOCK OUTPUTS INPUTS

   Says the floating-point mode before, inside and after: it is the thread's, and has to be put back.  */

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef int callback_t(const float *, float *, unsigned long, const void *, unsigned long, void *);

static uint64_t mode(void)
{
    uint64_t word = 0;
#if defined(__aarch64__)
    __asm__ volatile("mrs %0, fpcr" : "=r"(word));
#else
    uint32_t low;
    __asm__ volatile("stmxcsr %0" : "=m"(low));
    word = low;
#endif
    return word;
}

static void *whole_file(const char *name, size_t *size)
{
    FILE *file = fopen(name, "rb");
    if (!file) { perror(name); exit(2); }
    fseek(file, 0, SEEK_END);
    *size = (size_t) ftell(file);
    rewind(file);
    void *bytes = aligned_alloc(64, (*size + 63) / 64 * 64);
    if (!bytes || fread(bytes, 1, *size, file) != *size) { perror(name); exit(2); }
    fclose(file);
    return bytes;
}

int main(int count, char **arguments)
{
    if (count != 8) return 2;
    void *library = dlopen(arguments[1], RTLD_NOW);
    if (!library) { fprintf(stderr, "%s\n", dlerror()); return 2; }
    callback_t *callback = (callback_t *) dlsym(library, "daemon.audio.callback.callback");
    if (!callback) { fprintf(stderr, "%s\n", dlerror()); return 2; }
    size_t size, played;
    void *memory = whole_file(arguments[2], &size);
    float *input = whole_file(arguments[3], &played);
    size_t block = strtoul(arguments[5], 0, 10), outputs = strtoul(arguments[6], 0, 10);
    size_t inputs = strtoul(arguments[7], 0, 10), frames = played / sizeof(float) / inputs;
    float *output = calloc(frames * outputs, sizeof(float));
    uint64_t before = mode();
    for (size_t done = 0; done + block <= frames; done += block)
        if (callback(input + done * inputs, output + done * outputs, block, 0, 0, memory)) return 3;
    printf("%llu %llu\n", (unsigned long long) before, (unsigned long long) mode());
    FILE *file = fopen(arguments[4], "wb");
    if (!file || fwrite(output, sizeof(float), frames * outputs, file) != frames * outputs) return 2;
    return fclose(file);
}
