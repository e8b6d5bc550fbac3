// Where a run's time goes: stages that take turns, and what went over the wire.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace proxmox {

using std::chrono::microseconds;

/// What a run does at a time. `other` is what has no name here.
enum class Stage : std::uint8_t { other, vault, http_library, network, parse_and_format, print };
inline constexpr std::size_t stages = 6;

/// One finished transfer as it went over the wire.
struct Trip {
    std::size_t handshakes = 0;
    std::size_t bytes_sent = 0;
    std::size_t bytes_received = 0;
    microseconds connecting{};
    microseconds asking{};
};

/// Time goes to this stage until the object ends, then to the one before. A process is one run,
/// so there is one account; keeping it costs two looks at the clock.
class Timed {
  public:
    explicit Timed(Stage stage);
    ~Timed();
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;

  private:
    Stage before_;
};

void begin_timings();
void count_trip(const Trip& trip);

/// The account will be shown; the processor time until here was exec's and the loader's.
void want_timings();
bool timings_wanted();
/// The account so far, one line a stage.
std::string timings_text();

}  // namespace proxmox
