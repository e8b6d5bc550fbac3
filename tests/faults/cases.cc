// Cases that are made by a table: a name, a tool, and a check.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace faults {
namespace {

class Case : public testing::Test {
  public:
    explicit Case(std::function<void()> check) : check_(std::move(check)) {}
    void TestBody() override { check_(); }

  private:
    std::function<void()> check_;
};

}  // namespace

void enroll(const Subject& subject, const std::string& name, const std::function<void()>& check) {
    std::string suite(subject.program);
    std::ranges::replace(suite, '.', '_');
    testing::RegisterTest(suite.c_str(), name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [check]() -> testing::Test* { return new Case(check); });
}

std::string lines_for(const Subject& subject, int lines) {
    std::string input;
    if (!subject.takes_lines()) return input;
    for (int line = 0; line < lines; ++line)
        input += subject.line_for(subject.first_id() + line) + '\n';
    return input;
}

Setting call_of(const Subject& subject, int lines) {
    return {.program = std::string(subject.program),
            .arguments = subject.words(),
            .input = lines_for(subject, lines)};
}

std::map<long, std::string> made_lines(const Subject& subject, const Place& place, int lines) {
    constexpr int limit_s = 240;
    const auto all = subjects();
    const auto maker = std::ranges::find(all, subject.maker, &Subject::program);
    Setting setting = call_of(*maker, lines);
    setting.label = "made-";
    setting.arguments = {"--jobs", "8", "--async"};
    if (subject.on_nothing) setting.arguments = {"--jobs", "8", "--journal", place.path("journal")};
    const std::string printed = run_tool(place, setting, limit_s).output;
    std::map<long, std::string> made;
    for (const std::string& line :
         lines_of(subject.on_nothing ? read_file(place.path("journal")) : printed)) {
        const auto document = parsed(line);
        if (!document || line.find(subject.made) == std::string::npos) continue;
        made[std::atol(std::string(document->root()["vm_id"].text()).c_str())] = line + '\n';
    }
    return made;
}

long count_changes(const Place& place, const Subject& subject) {
    return std::ranges::count_if(seen_requests(place),
                                 [&subject](const Seen& seen) { return subject.is_change(seen); });
}

std::map<long, int> changes_by_vm(const std::vector<Seen>& requests, const Subject& subject) {
    std::map<long, int> changes;
    for (const Seen& seen : requests)
        if (subject.is_change(seen)) ++changes[subject.id_of(seen)];
    return changes;
}

std::size_t lines_traced(const Run& run) {
    std::size_t count = 0;
    for (const std::string& trace : lines_of(run.traces))
        count += trace.find("(line ") != std::string::npos ? 1 : 0;
    return count;
}

}  // namespace faults
