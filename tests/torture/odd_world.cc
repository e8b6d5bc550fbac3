// A library to be preloaded: a world in which names, clocks and pipes are not as they should be.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <dlfcn.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <string_view>

// ODD_NAMES is "none" (no name is known), "slow" (the answer never comes in time) or "two" (every
// name is ::1, and then 127.0.0.1). ODD_CLOCK lets the time of day jump to and fro by a day with
// each look at it. ODD_WRITES lets a write to stdout or stderr take one byte.

namespace {

constexpr unsigned slow_resolver_s = 600;
constexpr std::time_t day_s = 86'400;

std::string_view odd(const char* variable) {
    const char* text = std::getenv(variable);
    return text == nullptr ? std::string_view{} : text;
}

template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

std::time_t jump() {
    static std::atomic<int> looks = 0;
    if (odd("ODD_CLOCK").empty()) return 0;
    return ++looks % 2 == 0 ? day_s : -day_s;
}

using Resolve = int(const char*, const char*, const addrinfo*, addrinfo**);

int resolve_to_two(Resolve* real, const char* service, const addrinfo* hints, addrinfo** result) {
    addrinfo wanted = hints == nullptr ? addrinfo{} : *hints;
    wanted.ai_family = AF_UNSPEC;
    if (const int failed = real("::1", service, &wanted, result); failed != 0) return failed;
    return real("127.0.0.1", service, &wanted, &(*result)->ai_next);
}

}  // namespace

#define WRAPPER extern "C" [[gnu::visibility("default"), gnu::used]]

WRAPPER int odd_getaddrinfo(const char*, const char*, const addrinfo*,
                            addrinfo**) __asm__("getaddrinfo");
int odd_getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                    addrinfo** result) {
    const auto real = next<Resolve>("getaddrinfo");
    if (odd("ODD_NAMES") == "none") return EAI_NONAME;
    if (odd("ODD_NAMES") == "slow") sleep(slow_resolver_s);
    if (odd("ODD_NAMES") == "two") return resolve_to_two(real, service, hints, result);
    return real(name, service, hints, result);
}

WRAPPER std::time_t odd_time(std::time_t* place) __asm__("time");
std::time_t odd_time(std::time_t* place) {
    const std::time_t now = next<std::time_t(std::time_t*)>("time")(nullptr) + jump();
    if (place != nullptr) *place = now;
    return now;
}

WRAPPER int odd_clock_gettime(clockid_t clock, std::timespec* now) __asm__("clock_gettime");
int odd_clock_gettime(clockid_t clock, std::timespec* now) {
    const int done = next<int(clockid_t, std::timespec*)>("clock_gettime")(clock, now);
    if (clock == CLOCK_REALTIME) now->tv_sec += jump();
    return done;
}

WRAPPER int odd_gettimeofday(timeval* now, void* zone) __asm__("gettimeofday");
int odd_gettimeofday(timeval* now, void* zone) {
    const int done = next<int(timeval*, void*)>("gettimeofday")(now, zone);
    now->tv_sec += jump();
    return done;
}

WRAPPER ssize_t odd_write(int descriptor, const void* bytes, std::size_t size) __asm__("write");
ssize_t odd_write(int descriptor, const void* bytes, std::size_t size) {
    const bool is_ours = descriptor == STDOUT_FILENO || descriptor == STDERR_FILENO;
    if (is_ours && size > 1 && !odd("ODD_WRITES").empty()) size = 1;
    return next<ssize_t(int, const void*, std::size_t)>("write")(descriptor, bytes, size);
}
