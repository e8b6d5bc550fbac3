// A library to be preloaded: it lets the n-th allocation or system call of a process fail.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// TORTURE is "memory:7" for the seventh allocation, "call:7" for the seventh system call, "send:7"
// for the seventh send(2); with a dash behind it all later ones fail as well. TORTURE_COUNTS names
// a file for how many there were.

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

struct Plan {
    bool is_read = false;
    bool is_of_memory = false;
    bool is_of_calls = false;
    bool is_of_sends = false;
    bool has_later_ones = false;
    long number = 0;
};

Plan plan;
std::atomic<long> allocations = 0;
std::atomic<long> calls = 0;
std::atomic<long> sends = 0;

/// Allocates nothing: it runs inside an allocation.
void read_plan() {
    plan.is_read = true;
    const char* text = std::getenv("TORTURE");
    const char* colon = text == nullptr ? nullptr : std::strchr(text, ':');
    if (colon == nullptr) return;
    plan.is_of_memory = *text == 'm';
    plan.is_of_calls = *text == 'c';
    plan.is_of_sends = *text == 's';
    char* end = nullptr;
    plan.number = std::strtol(colon + 1, &end, 10);
    plan.has_later_ones = *end == '-';
}

bool fails(std::atomic<long>& counter, bool is_meant, int reason) {
    const long number = ++counter;
    if (!is_meant || number < plan.number || (number > plan.number && !plan.has_later_ones))
        return false;
    errno = reason;
    return true;
}

bool memory_fails() {
    if (!plan.is_read) read_plan();
    return fails(allocations, plan.is_of_memory, ENOMEM);
}

bool call_fails(int reason) {
    if (!plan.is_read) read_plan();
    return fails(calls, plan.is_of_calls, reason);
}

/// libc's own function behind the wrapper of this name.
template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

void write_counts() {
    const char* path = std::getenv("TORTURE_COUNTS");
    if (path == nullptr) return;
    std::array<char, 64> text{};
    const int size =
        std::snprintf(text.data(), text.size(), "%ld %ld\n", allocations.load(), calls.load());
    const auto descriptor =
        syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    syscall(SYS_write, descriptor, text.data(), static_cast<std::size_t>(size));
}

}  // namespace

#define WRAPPER extern "C" [[gnu::visibility("default"), gnu::used]]

WRAPPER void* wrapped_malloc(std::size_t size) __asm__("malloc");
void* wrapped_malloc(std::size_t size) { return memory_fails() ? nullptr : __libc_malloc(size); }

WRAPPER void* wrapped_calloc(std::size_t count, std::size_t size) __asm__("calloc");
void* wrapped_calloc(std::size_t count, std::size_t size) {
    return memory_fails() ? nullptr : __libc_calloc(count, size);
}

WRAPPER void* wrapped_realloc(void* old, std::size_t size) __asm__("realloc");
void* wrapped_realloc(void* old, std::size_t size) {
    return memory_fails() ? nullptr : __libc_realloc(old, size);
}

WRAPPER void* wrapped_aligned_alloc(std::size_t alignment,
                                    std::size_t size) __asm__("aligned_alloc");
void* wrapped_aligned_alloc(std::size_t alignment, std::size_t size) {
    return memory_fails() ? nullptr : __libc_memalign(alignment, size);
}

WRAPPER int wrapped_posix_memalign(void** place, std::size_t alignment,
                                   std::size_t size) __asm__("posix_memalign");
int wrapped_posix_memalign(void** place, std::size_t alignment, std::size_t size) {
    *place = memory_fails() ? nullptr : __libc_memalign(alignment, size);
    return *place == nullptr ? ENOMEM : 0;
}

WRAPPER void wrapped_exit(int status) __asm__("_exit");
void wrapped_exit(int status) {
    write_counts();
    syscall(SYS_exit_group, status);
    __builtin_unreachable();
}

// Whatever their types are, these take up to six words and give one, which is negative, or at least
// not 0, when they fail.
#define CALL(name, reason)                                                               \
    WRAPPER long wrapped_##name(long, long, long, long, long, long) __asm__(#name);      \
    long wrapped_##name(long a, long b, long c, long d, long e, long f) {                \
        static auto* const real = next<long(long, long, long, long, long, long)>(#name); \
        return call_fails(reason) ? -1 : real(a, b, c, d, e, f);                         \
    }

// Not among them: getrandom, without which libsodium ends the process before anything is sent.

// Giving back the right to write needs no memory, so that the kernel does not refuse it; libsodium
// relies on that when it wipes.
WRAPPER long wrapped_mprotect(void* place, std::size_t size, int rights) __asm__("mprotect");
long wrapped_mprotect(void* place, std::size_t size, int rights) {
    static auto* const real = next<long(void*, std::size_t, int)>("mprotect");
    if ((rights & PROT_WRITE) == 0 && call_fails(ENOMEM)) return -1;
    return real(place, size, rights);
}

WRAPPER ssize_t wrapped_send(int, const void*, std::size_t, int) __asm__("send");
ssize_t wrapped_send(int socket, const void* bytes, std::size_t size, int flags) {
    static auto* const real = next<ssize_t(int, const void*, std::size_t, int)>("send");
    if (call_fails(ECONNRESET) || fails(sends, plan.is_of_sends, ECONNRESET)) return -1;
    return real(socket, bytes, size, flags);
}

CALL(open, EMFILE)
CALL(open64, EMFILE)
CALL(openat, EMFILE)
CALL(openat64, EMFILE)
CALL(read, EIO)
CALL(write, EIO)
CALL(lseek, EIO)
CALL(lseek64, EIO)
CALL(fstat, EIO)
CALL(fstat64, EIO)
CALL(stat, EACCES)
CALL(stat64, EACCES)
CALL(lstat, EACCES)
CALL(lstat64, EACCES)
CALL(fstatat, EACCES)
CALL(fstatat64, EACCES)
CALL(fcntl, EINVAL)
CALL(fcntl64, EINVAL)
CALL(ioctl, EINVAL)
CALL(poll, ENOMEM)
CALL(socket, EMFILE)
CALL(socketpair, EMFILE)
CALL(pipe, EMFILE)
CALL(pipe2, EMFILE)
CALL(eventfd, EMFILE)
CALL(connect, ENETUNREACH)
CALL(recv, ECONNRESET)
CALL(setsockopt, EINVAL)
CALL(getsockopt, EINVAL)
CALL(getsockname, ENOBUFS)
CALL(getpeername, ENOTCONN)
CALL(getaddrinfo, EAGAIN)
CALL(pthread_create, EAGAIN)
CALL(mmap, ENOMEM)
CALL(mlock, ENOMEM)
CALL(madvise, EINVAL)
CALL(prctl, EPERM)
CALL(getrlimit, EINVAL)
CALL(setrlimit, EPERM)
CALL(getrlimit64, EINVAL)
CALL(setrlimit64, EPERM)
CALL(sigaction, EINVAL)
CALL(flock, ENOLCK)
CALL(fsync, EIO)
CALL(mkdir, ENOSPC)
CALL(rename, EXDEV)
CALL(unlink, EACCES)
CALL(fchmod, EPERM)
CALL(readlink, EINVAL)
CALL(access, EACCES)
