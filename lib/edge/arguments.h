// The command line: which options a tool has follows from its Tool.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "line/id_range.h"
#include "line/record.h"
#include "print/printing.h"
#include "process/progress.h"
#include "tool/shape.h"

namespace proxmox {

inline constexpr std::int64_t jobs_limit = 256;
inline constexpr std::int64_t timeout_limit_s = 86'400;
/// As many as Proxmox's own bulk actions run at a time.
inline constexpr std::int64_t default_jobs = 4;

inline constexpr std::string_view carry_option = "--carry";
inline constexpr std::string_view no_carry_option = "--no-carry";

enum class Wish : std::uint8_t { run, help, version, describe };

struct Options {
    Wish wish = Wish::run;
    /// Of the tool's description, where that is the wish.
    std::string aspect{};
    std::optional<Form> form{};
    std::int64_t jobs = default_jobs;
    std::optional<seconds> timeout{};
    std::vector<std::string> nodes{};
    bool nodes_from_stdin = false;
    bool whole_cluster = false;
    bool dry_run = false;
    bool timings = false;
    ShowProgress progress = ShowProgress::automatic;
    /// Given to a legacy name, whose words are upstream's.
    bool is_legacy = false;
    bool is_asynchronous = false;
    bool prints_failures = false;
    /// Where the failed lines go; empty when nowhere.
    std::string failed_path{};
    Carry carry = Carry::none;
    std::optional<IdRange> range{};
    std::string journal_path{};
    bool rolls_back = false;
    std::vector<Given> given{};
    std::optional<std::string> filter{};
    std::vector<std::string> operands{};
    /// The one of the action's own choices that was made.
    std::string_view choice{};
};

/// One option as --help, manual and completion tell it.
struct OptionText {
    std::string_view name;
    std::string_view value;
    std::string_view meaning;
};

/// The options that this action has, in the order of --help.
std::vector<OptionText> options_of(const Tool& tool);

/// What the action's settings say where no option does, at the end of those given.
void add_defaults(const Tool& tool, std::vector<Given>& given);
/// Which of the options exclude one another; empty when they go together.
std::string conflict_of(const Options& options);

/// Takes the number of jobs from the environment.
Outcome take_environment(const Tool& tool, Options& options);

/// Exit::usage for what cannot be understood; the nearest option is suggested.
Result<Options> parse_arguments(const Tool& tool, std::span<char* const> arguments);

}  // namespace proxmox
