// Fuzzes what the API answers: documents, lists of rows, and the watch over tasks.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "api/api.h"
#include "json/json_table.h"
#include "loop/task_watch.h"
#include "target.h"

using namespace proxmox;

namespace {

constexpr std::string_view upid = "UPID:px:00001234:00005678:6540A1B2:qmstart:100:a@pam!t:";

/// The input answers once as a list and then, the task being absent from what comes in between, as
/// the status of the task and as an error.
void watch(std::string_view body) {
    TaskWatch tasks("px");
    tasks.add(1, {std::string(upid), milliseconds{30'000}}, milliseconds{0});
    for (int poll = 1; poll <= absences_allowed + 3; ++poll) {
        const milliseconds now{poll * 1'000};
        if (!tasks.poll(now)) break;
        const bool is_between = poll > 1 && poll <= absences_allowed + 1;
        Answer answer{.transport = Transport::answered,
                      .status = 200,
                      .body = std::string(is_between ? std::string_view(R"({"data":[]})") : body)};
        if (poll == absences_allowed + 3) answer.status = 400;
        tasks.answered(answer, now);
    }
    // Past the deadline one more look decides, or that nothing comes of it.
    (void)tasks.poll(milliseconds{60'000});
    tasks.expire(milliseconds{62'000});
    fuzz::must(tasks.take_ended().size() == 1);
}

/// A table has the values that the parser sees, and there is one where the parser takes all rows.
void compare_tables(std::string answer) {
    constexpr std::array<std::string_view, 3> keys{"vmid", "name", "status"};
    const auto table = json::read_table(answer, keys);
    std::size_t row = 0;
    const auto read = json::each_row(answer, [&](const json::Value& value) -> Outcome {
        if (!value.is(json::Kind::object)) return fail(Exit::line_failed, "no object");
        for (std::size_t column = 0; table && column < keys.size(); ++column) {
            std::string by_table;
            std::string by_parser;
            json::write(by_table, table->at(row, column));
            json::write(by_parser, value[keys[column]]);
            fuzz::must(by_table == by_parser);
        }
        ++row;
        return {};
    });
    fuzz::must(table.has_value() == read.has_value());
    fuzz::must(!table || table->rows() == row);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text = fuzz::text_of(data, size);
    constexpr int statuses[] = {200, 400, 401, 403, 500, 502, 595, 596};
    const int status = text.empty() ? 200 : statuses[static_cast<unsigned char>(text[0]) % 8];
    if (!text.empty()) text.remove_prefix(1);
    Answer answer{.transport = Transport::answered,
                  .status = status,
                  .reason = std::string(text.substr(0, 64)),
                  .body = std::string(text)};
    const Finding finding = understand(answer);
    fuzz::must((finding.verdict == Verdict::good) == (status == 200 && finding.data().exists()));
    std::string out;
    json::write(out, finding.data());
    if (finding.data().exists()) fuzz::must(json::Document::parse(out).has_value());
    (void)json::each_row(answer.body, [&out](const json::Value& row) -> Outcome {
        out.clear();
        json::write(out, row);
        return {};
    });
    compare_tables(std::string(text));
    watch(text);
    return 0;
}
