// Executions under way: programs of the system, started and watched by the one loop.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "loop/executions.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace proxmox {
namespace {

constexpr std::size_t read_size = std::size_t{16} << 10;
/// So much is read of one program before others have their turn.
constexpr int reads_in_a_row = 64;

void close_descriptor(int& descriptor) {
    if (descriptor >= 0) close(descriptor);
    descriptor = -1;
}

/// Both ends close on exec; `posix_spawn` puts the one that is meant in its place.
struct Pipe {
    Pipe() {
        std::array<int, 2> ends{-1, -1};
        if (pipe2(ends.data(), O_CLOEXEC) == 0) read_end = ends[0], write_end = ends[1];
    }
    ~Pipe() {
        close_descriptor(read_end);
        close_descriptor(write_end);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    int read_end = -1;
    int write_end = -1;
};

/// The errno, 0 when the program runs.
int spawn(const std::vector<std::string>& words, const std::array<int, 3>& descriptors,
          pid_t& process) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int target = 0; target < static_cast<int>(descriptors.size()); ++target)
        posix_spawn_file_actions_adddup2(&actions, descriptors[static_cast<std::size_t>(target)],
                                         target);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                              static_cast<short>(POSIX_SPAWN_SETSID));
    sigset_t defaults;
    sigemptyset(&defaults);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&defaults, signal);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    const int error =
        posix_spawnp(&process, arguments[0], &actions, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

}  // namespace

struct Executions::Running {
    enum class State : std::uint8_t { runs, told_to_stop, terminated, killed };

    ~Running() {
        for (int* const descriptor : {&process_descriptor, &input, &output, &errors})
            close_descriptor(*descriptor);
    }

    std::uint64_t ticket = 0;
    pid_t process = -1;
    int process_descriptor = -1;
    int input = -1;
    int output = -1;
    int errors = -1;
    State state = State::runs;
    milliseconds due{};
    milliseconds stop_limit{};
    bool has_ended = false;
    Executed executed{};
};

Executions::Executions() = default;

/// What still runs is nobody's any more: it is told to go, and its parent becomes the system.
Executions::~Executions() {
    for (const auto& running : running_) kill(-running->process, SIGTERM);
    running_.clear();
    if (poller_ >= 0) close(poller_);
}

std::uint64_t Executions::start(Execution execution, milliseconds now) {
    const std::uint64_t ticket = ++last_ticket_;
    const auto refuse = [this, ticket](int error) {
        ended_.push_back({ticket, {.how = Executed::How::not_started, .status = error}});
        return ticket;
    };
    if (poller_ < 0) poller_ = epoll_create1(EPOLL_CLOEXEC);
    Pipe input;
    Pipe output;
    Pipe errors;
    if (poller_ < 0 || input.read_end < 0 || output.read_end < 0 || errors.read_end < 0)
        return refuse(errno);
    if (!execution.input_file.empty()) {
        close_descriptor(input.read_end);
        input.read_end = open(execution.input_file.c_str(), O_RDONLY | O_CLOEXEC);
        if (input.read_end < 0) return refuse(errno);
    }
    const std::string_view text = execution.input.reveal();
    if (text.size() > execution_input_limit) return refuse(E2BIG);
    auto running = std::make_unique<Running>();
    if (const int error =
            spawn(execution.arguments, {input.read_end, output.write_end, errors.write_end},
                  running->process);
        error != 0)
        return refuse(error);
    // An empty pipe takes this much in one piece; a program that is gone already says so itself.
    if (!text.empty()) (void)!write(input.write_end, text.data(), text.size());
    running->ticket = ticket;
    running->due = now + execution.limit;
    running->stop_limit = execution.stop_limit;
    running->process_descriptor = static_cast<int>(syscall(SYS_pidfd_open, running->process, 0));
    running->input = std::exchange(input.write_end, -1);
    running->output = std::exchange(output.read_end, -1);
    running->errors = std::exchange(errors.read_end, -1);
    for (const int descriptor : {running->process_descriptor, running->output, running->errors})
        watch(*running, descriptor);
    running_.push_back(std::move(running));
    return ticket;
}

void Executions::watch(Running& running, int descriptor) {
    (void)fcntl(descriptor, F_SETFL, O_NONBLOCK);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &running}};
    epoll_ctl(poller_, EPOLL_CTL_ADD, descriptor, &event);
}

void Executions::drain(Running& running) {
    std::array<char, read_size> piece{};
    for (auto [descriptor, kept] : {std::pair{&running.output, &running.executed.output},
                                    std::pair{&running.errors, &running.executed.errors}}) {
        for (int reads = 0; *descriptor >= 0 && reads < reads_in_a_row; ++reads) {
            const ssize_t got = read(*descriptor, piece.data(), piece.size());
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) break;
            if (got <= 0) {
                close_descriptor(*descriptor);  // epoll forgets it by itself
                break;
            }
            const std::size_t room = execution_output_limit - kept->size();
            const auto size = static_cast<std::size_t>(got);
            if (size > room) running.executed.was_cut = true;
            kept->append(piece.data(), std::min(size, room));
        }
    }
}

/// The end of its input is the word to stop; whoever does not hear it is ended.
void Executions::stop(Running& running, milliseconds now) {
    close_descriptor(running.input);
    running.state = Running::State::told_to_stop;
    running.due = now + running.stop_limit;
}

void Executions::press(Running& running, milliseconds now) {
    if (running.executed.how == Executed::How::exited)
        running.executed.how = Executed::How::overdue;
    switch (running.state) {
        case Running::State::runs: return stop(running, now);
        case Running::State::told_to_stop:
            kill(-running.process, SIGTERM);
            running.state = Running::State::terminated;
            break;
        case Running::State::terminated:
        case Running::State::killed:
            kill(-running.process, SIGKILL);
            running.state = Running::State::killed;
            break;
    }
    running.due = now + execution_end_limit;
}

void Executions::stop_all(milliseconds now) {
    for (const auto& running : running_)
        if (running->state == Running::State::runs) {
            running->executed.how = Executed::How::interrupted;
            stop(*running, now);
        }
}

void Executions::end(Running& running) {
    int status = 0;
    if (waitpid(running.process, &status, WNOHANG) != running.process) return;
    // What it wrote last is in the pipes; who inherited them from it is not waited for.
    drain(running);
    if (WIFSIGNALED(status)) {
        if (running.executed.how == Executed::How::exited)
            running.executed.how = Executed::How::killed;
        running.executed.status = WTERMSIG(status);
    } else {
        running.executed.status = WEXITSTATUS(status);
    }
    running.has_ended = true;
}

void Executions::work(milliseconds now) {
    for (const auto& running : running_) {
        drain(*running);
        end(*running);
        if (!running->has_ended && running->due <= now) press(*running, now);
        if (running->has_ended) ended_.push_back({running->ticket, std::move(running->executed)});
    }
    std::erase_if(running_, [](const auto& running) { return running->has_ended; });
}

std::vector<EndedExecution> Executions::take_ended() { return std::exchange(ended_, {}); }

std::optional<milliseconds> Executions::due() const {
    if (!ended_.empty()) return milliseconds{0};
    const auto next =
        std::ranges::min_element(running_, {}, [](const auto& running) { return running->due; });
    if (next == running_.end()) return std::nullopt;
    return (*next)->due;
}

}  // namespace proxmox
