// FILTER: PCRE2 behind a door; it is linked in, and its pages are touched only by those who filter.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/filter.h"

#include <fmt/format.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

#include "base/escape.h"

namespace proxmox {
namespace {

/// A pattern that backtracks without end gives up here instead.
constexpr std::uint32_t match_limit = 1'000'000;
constexpr std::uint32_t memory_limit_kib = 16 * 1024;

std::string words_for(int error) {
    std::array<unsigned char, 160> text{};
    pcre2_get_error_message(error, text.data(), text.size());
    return reinterpret_cast<const char*>(text.data());
}

}  // namespace

struct Filter::Compiled {
    pcre2_code* code = nullptr;
    pcre2_match_data* match = nullptr;
    pcre2_match_context* context = nullptr;

    Compiled() = default;
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;
    ~Compiled() {
        pcre2_match_context_free(context);
        pcre2_match_data_free(match);
        pcre2_code_free(code);
    }
};

Result<Filter> Filter::compile(std::string_view pattern) {
    int error = 0;
    PCRE2_SIZE offset = 0;
    auto compiled = std::make_unique<Compiled>();
    compiled->code =
        pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                      PCRE2_CASELESS | PCRE2_UTF | PCRE2_UCP, &error, &offset, nullptr);
    if (compiled->code == nullptr) {
        return fail(Exit::usage, fmt::format("FILTER is not a regular expression: {} (at {}): {}",
                                             escape(pattern), offset, words_for(error)));
    }
    compiled->match = pcre2_match_data_create_from_pattern(compiled->code, nullptr);
    compiled->context = pcre2_match_context_create(nullptr);
    if (compiled->match == nullptr || compiled->context == nullptr)
        return fail(Exit::line_failed, "out of memory");
    pcre2_set_match_limit(compiled->context, match_limit);
    pcre2_set_heap_limit(compiled->context, memory_limit_kib);
    return Filter(std::move(compiled));
}

Result<bool> Filter::matches(std::string_view text) const {
    const int found = pcre2_match(compiled_->code, reinterpret_cast<PCRE2_SPTR>(text.data()),
                                  text.size(), 0, 0, compiled_->match, compiled_->context);
    if (found >= 0) return true;
    if (found == PCRE2_ERROR_NOMATCH) return false;
    return fail(Exit::line_failed, fmt::format("FILTER gives up on {}: {}; a simpler one may not",
                                               escape(text), words_for(found)));
}

Filter::Filter(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Filter::Filter(Filter&&) noexcept = default;
Filter::~Filter() = default;

}  // namespace proxmox
