// Errors are values: their construction and their order of weight.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"

#include <array>
#include <cstring>

namespace proxmox {

Exit worse(Exit left, Exit right) {
    constexpr std::array by_weight{Exit::usage,           Exit::tls_identity, Exit::credentials,
                                   Exit::outcome_unknown, Exit::write_failed, Exit::unreachable,
                                   Exit::line_failed};
    for (const Exit status : by_weight)
        if (left == status || right == status) return status;
    return Exit::ok;
}

std::unexpected<Error> fail(Exit exit, std::string message, std::string remedy) {
    return std::unexpected(Error{exit, std::move(message), std::move(remedy)});
}

std::unexpected<Error> fail_errno(Exit exit, std::string_view subject, int error_number,
                                  std::string remedy) {
    std::array<char, 128> text{};
    // The GNU form: it returns the message, which need not be in the buffer.
    const char* reason = strerror_r(error_number, text.data(), text.size());
    return fail(exit, std::string(subject) + ": " + reason, std::move(remedy));
}

}  // namespace proxmox
