// A Line is one line on its way: its words, and the questions that every stage asks with it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "way/line.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/checks.h"
#include "api/retry.h"
#include "line/expand.h"
#include "line/parameters.h"

namespace proxmox {
namespace {

/// Who is given more time to answer than usual is given it for each of so many tries.
constexpr int few_tries = 3;

/// Asks until the answer is worth no further try.
template <typename Understand>
Way<Answer*> ask_until_answered(Line& line, Ask question, Understand understand) {
    milliseconds asked_at{};
    const milliseconds patience = line.run.home.patience;
    milliseconds left = patience;
    line.stand.doing.waits_for = "the node's answer";
    for (int tries = 0;;) {
        Ask again = question;
        again.request.limit =
            std::min(std::max(question.request.limit, patience / few_tries), left);
        Answer* const answer = co_await line.stand.told<Answer*>(std::move(again));
        if (tries == 0) asked_at = line.stand.elapsed() - answer->took;
        const Verdict verdict = understand(*answer);
        const milliseconds since = line.stand.elapsed() - asked_at;
        if (!may_read_again(verdict, *answer, tries, since)) co_return answer;
        ++tries;
        const milliseconds pause = line.jittered_pause(first_retry_pause * tries);
        left = patience - since - pause;
        if (left <= milliseconds{0}) co_return answer;
        co_await pause_for(line, pause);
    }
}

}  // namespace

std::string Line::subject() const {
    // A list of guests is about its node.
    const bool is_known = run.subject.guest == nullptr || record.has("vm_id");
    return text(is_known ? run.subject.called : a_node.called);
}

std::string Line::text(std::string_view pattern) const { return expand_text(pattern, record); }

Result<std::string> Line::path(std::string_view pattern, const List<Parameter>& query) const {
    auto expanded = expand_path(whole_path(run.subject, pattern), record);
    if (!expanded || query.size() == 0) return expanded;
    const auto asked = form_of(parameters_of(query, record));
    if (!asked) return asked;
    if (!asked->empty()) *expanded += (expanded->contains('?') ? '&' : '?') + *asked;
    return expanded;
}

std::string Line::place() const {
    const auto number = record.line_number();
    return number == 0 ? "" : fmt::format("line {}: ", number);
}

milliseconds Line::jittered_pause(milliseconds pause) const {
    return jittered(pause, run.seed + record.line_number());
}

Failure failure(Line& line, Exit exit, std::string phrase, std::string cause) {
    line.stand.doing.change_is_open = line.stand.doing.reply_is_due = false;
    return {.exit = exit, .phrase = std::move(phrase), .cause = std::move(cause)};
}

Failure failure(Line& line, const Finding& finding, std::string phrase) {
    const Check check = check_answer(finding, line.run.home.host_and_port, line.run.home.user);
    const Exit exit =
        line.stand.doing.change_is_open ? exit_of(finding.verdict) : exit_of_read(finding.verdict);
    Failure failed = failure(line, exit, std::move(phrase), check.finding);
    if (line.run.gives_advice)
        failed.advice = finding.verdict == Verdict::forbidden
                            ? how_to_be_allowed(finding.cause, line.run.needs, line.run.home.user)
                            : check.remedy;
    if (ends_all(finding.verdict)) failed.hopeless = check.finding;
    return failed;
}

Failure guest_missing(Line& line, std::string phrase, std::string cause) {
    Failure failed = failure(line, Exit::line_failed, std::move(phrase), std::move(cause));
    failed.kind = Failure::Kind::guest_is_elsewhere;
    return failed;
}

Way<Finding> ask(Line& line, std::string path, bool shared) {
    Finding finding;
    Ask question{.request = {.path = std::move(path)}, .shared = shared};
    co_await ask_until_answered(line, std::move(question), [&finding](const Answer& answer) {
        finding = understand(answer);
        return finding.verdict;
    });
    co_return finding;
}

Way<Answer*> ask_for_list(Line& line, std::string path, bool shared) {
    Ask question{.request = {.path = std::move(path)}, .shared = shared};
    co_return co_await ask_until_answered(line, std::move(question), [](const Answer& answer) {
        return understand_status(answer).verdict;
    });
}

Way<void> pause_for(Line& line, milliseconds time) {
    Sleep sleep{line.stand.elapsed() + time};
    co_await line.stand.told<void>(sleep);
}

}  // namespace proxmox
