// A Way is what happens to one line, written as a function: it asks, and the answer is a value.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the whole machinery of coroutines, so that no other file needs any of it.
#pragma once

#include <coroutine>
#include <expected>
#include <optional>
#include <type_traits>
#include <utility>

#include "way/failure.h"

namespace proxmox {

/// What every way under way has: who awaits it, and whether it has ended.
struct WayPromise {
    WayPromise* outer = nullptr;
    /// The outer way wants to see a failure; otherwise a failure ends it as well.
    bool outer_sees_failures = false;
    bool is_over = false;
    std::coroutine_handle<> handle;
    std::optional<Failure> failure{};

    /// Who goes on after this way has ended. A failure that nobody wants to see ends one outer way
    /// after the other; they stay suspended, and their objects end with whoever holds them.
    std::coroutine_handle<> leave() noexcept {
        WayPromise* way = this;
        way->is_over = true;
        while (way->outer != nullptr && way->failure && !way->outer_sees_failures) {
            way->outer->failure = std::move(way->failure);
            way = way->outer;
            way->is_over = true;
        }
        return way->outer == nullptr ? std::noop_coroutine() : way->outer->handle;
    }

    static std::suspend_always initial_suspend() noexcept { return {}; }
    struct Leaving {
        static bool await_ready() noexcept { return false; }
        template <typename Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) noexcept {
            return ended.promise().leave();
        }
        static void await_resume() noexcept {}
    };
    static Leaving final_suspend() noexcept { return {}; }
    static void unhandled_exception() noexcept {}

    /// `co_await` of a value or failure: goes on with the value, or ends the way by the failure.
    template <typename T>
    struct Opening {
        Reached<T> reached;
        bool await_ready() const noexcept { return reached.has_value(); }
        template <typename Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) noexcept {
            ended.promise().failure = std::move(reached.error());
            return ended.promise().leave();
        }
        T await_resume() {
            if constexpr (!std::is_void_v<T>) return std::move(*reached);
        }
    };
    template <typename T>
    static Opening<T> await_transform(Reached<T> reached) {
        return {std::move(reached)};
    }
    template <typename T>
    static Opening<T> await_transform(Result<T> result) {
        if (!result) return {std::unexpected(failure_of(std::move(result.error())))};
        if constexpr (std::is_void_v<T>)
            return {Reached<void>{}};
        else
            return {Reached<T>(std::move(*result))};
    }
    static Opening<void> await_transform(std::unexpected<Failure> failure) {
        return {Reached<void>(std::move(failure))};
    }
    template <typename Awaitable>
    static Awaitable&& await_transform(Awaitable&& awaitable) {
        return std::forward<Awaitable>(awaitable);
    }
};

template <typename T>
struct ValuePromise : WayPromise {
    std::optional<T> value{};

    void return_value(T given) { value = std::move(given); }
    void return_value(std::unexpected<Failure> given) { failure = std::move(given.error()); }
    void return_value(Reached<T> given) {
        if (given)
            value = std::move(*given);
        else
            failure = std::move(given.error());
    }
    Reached<T> take() {
        if (failure) return std::unexpected(std::move(*failure));
        return std::move(*value);
    }
};

/// A way without a value ends by `co_return` alone, or by awaiting a failure.
template <>
struct ValuePromise<void> : WayPromise {
    static void return_void() noexcept {}
    Reached<void> take() {
        if (failure) return std::unexpected(std::move(*failure));
        return {};
    }
};

/// Begins when it is awaited. `co_await way` gives its value, or ends the awaiting way by its
/// failure; `co_await std::move(way).tried()` gives either as a value.
template <typename T>
class [[nodiscard]] Way {
  public:
    struct promise_type : ValuePromise<T> {
        Way get_return_object() {
            const auto own = std::coroutine_handle<promise_type>::from_promise(*this);
            this->handle = own;
            return Way(own);
        }
    };

    Way(Way&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    Way& operator=(Way&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Way() {
        if (handle_) handle_.destroy();
    }

    template <bool SeesFailures>
    struct Awaited {
        std::coroutine_handle<promise_type> handle;
        static bool await_ready() noexcept { return false; }
        template <typename Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> outer) noexcept {
            handle.promise().outer = &outer.promise();
            handle.promise().outer_sees_failures = SeesFailures;
            return handle;
        }
        auto await_resume() {
            if constexpr (SeesFailures)
                return handle.promise().take();
            else if constexpr (!std::is_void_v<T>)
                return std::move(*handle.promise().value);
        }
    };
    Awaited<false> operator co_await() && { return {handle_}; }
    Awaited<true> tried() && { return {handle_}; }

    /// For whoever drives the outermost way: begins it, says whether it has ended, and how.
    void begin() { handle_.resume(); }
    bool is_over() const { return handle_.promise().is_over; }
    Reached<T> take() { return handle_.promise().take(); }

  private:
    explicit Way(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    std::coroutine_handle<promise_type> handle_;
};

}  // namespace proxmox
