// The faults that strike one line of a batch, and what must become of that line.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rows.h"

#include <fmt/format.h>

#include <set>

namespace faults {
namespace {

constexpr int last_cut_byte = 440;
constexpr int bytes_between_cuts = 8;
constexpr std::string_view hostile = "%1b]0;owned%07%1b[2J%e2%80%ae";

void add_lost_replies(std::vector<Row>& rows) {
    for (const std::string_view where : {"0", "status", "headers", "half"})
        rows.push_back({8, fmt::format("reply_cut_at_{}", where), fmt::format("cut={}", where)});
    for (int byte = 1; byte < last_cut_byte; byte += bytes_between_cuts)
        rows.push_back(
            {10, fmt::format("reply_cut_at_byte_{:03}", byte), fmt::format("cut={}", byte)});
    rows.push_back({8, "reply_reset", "reset"});
    rows.push_back({8, "reply_behind_garbage", "garbage"});
    rows.push_back({10, "reply_longer_than_it_says", "length=-9"});
    rows.push_back({10, "reply_shorter_than_it_says", "length=9"});
    rows.push_back({17, "task_list_lock_after_start",
                    "fail=500:can't%20lock%20file%20'/var/log/pve/tasks/"
                    ".active.lock'%20-%20got%20timeout"});
    for (const int code : {596, 597, 599})
        rows.push_back({19, fmt::format("reply_{}", code), fmt::format("status={}", code)});
    for (const int code : {502, 503, 504})
        rows.push_back(
            {20, fmt::format("reply_{}_page", code), fmt::format("status={}:Bad%20Gateway", code)});
    rows.push_back({21, "reply_200_page", "body=html"});
    rows.push_back({24, "reply_endless_headers", "headers=800"});
    for (const std::string_view body : {"empty", "null", "data-null", "no-data", "text", "number",
                                        "string", "nan", "array", "object", "half"})
        rows.push_back({25, fmt::format("reply_{}", body), fmt::format("body={}", body)});
    for (const std::string_view body : {"duplicate", "deep", "bad-utf8"})
        rows.push_back({26, fmt::format("reply_{}", body), fmt::format("body={}", body)});
    for (const std::string_view body : {"glued", "trailing", "nul"})
        rows.push_back({27, fmt::format("reply_{}", body), fmt::format("body={}", body)});
    for (const std::string_view text : {"UPID:", "UPID:other:", "UPID:..%2f"})
        rows.push_back({35, fmt::format("reply_upid_malformed_{}", rows.size()),
                        fmt::format("replace=UPID:px-testing|{}", text)});
}

void add_failures_before_the_work(std::vector<Row>& rows) {
    const auto add = [&rows](int number, std::string name, std::string fault, Expected expected,
                             int requests) {
        rows.push_back(
            {number, std::move(name), std::move(fault) + " instead", expected, requests, 0});
    };
    add(8, "dropped_before_the_work", "cut=0", Expected::unknown, 1);
    add(8, "reset_before_the_work", "reset", Expected::unknown, 1);
    add(19, "596_before_the_work", "status=596", Expected::unknown, 1);
    add(20, "502_before_the_work", "status=502", Expected::unknown, 1);
    add(14, "forbidden", "fail=403:Permission%20check%20failed%20(/vms/1,%20VM.PowerMgmt)",
        Expected::failed, 1);
    add(15, "bad_parameter", "fail=400:Parameter%20verification%20failed.", Expected::failed, 1);
    add(16, "hostile_reason", fmt::format("fail=500:{}", hostile), Expected::failed, 1);
    add(16, "long_reason", "fail=500:" + std::string(4000, 'x'), Expected::failed, 1);
    add(18, "always_595", "status=595:Connection%20refused", Expected::failed, 2);
    add(38, "vm_moved_away",
        "fail=500:unable%20to%20find%20configuration%20file%20for%20VM%20100%20on%20node%20'px'",
        Expected::failed, 1);
    add(36, "config_locked", "fail=500:VM%20is%20locked%20(backup)", Expected::failed, 1);
    rows.push_back(
        {18, "once_595", "status=595:Connection%20refused nth=1 instead", Expected::done, 2, 1});
    rows.push_back({36, "lock_busy_once",
                    "fail=500:can't%20lock%20file%20'/var/lock/qemu-server/lock-100.conf'%20-%20got"
                    "%20timeout nth=1 instead",
                    Expected::done, 2, 1});
}

}  // namespace

std::vector<Row> rows_of_changes() {
    std::vector<Row> rows{{0, "no_fault", "delay=0"}};
    add_lost_replies(rows);
    add_failures_before_the_work(rows);
    return rows;
}

std::vector<Row> rows_of_settings() {
    constexpr int tries = 4;
    std::vector<Row> rows = rows_of_changes();
    for (Row& row : rows) {
        const bool is_lost = row.tasks == 1 && row.requests == 1 && row.number != 0;
        if (row.expected == Expected::unknown) row.requests = tries;
        if (is_lost) {
            row.fault += " nth=1";
            row.more_requests = 1;
        }
    }
    return rows;
}

std::vector<Row> rows_of_own_tasks() {
    constexpr int cut_somewhere = 10, header_without_end = 24, odd_body = 25, other_upid = 35;
    const std::set<std::string_view> begun{"reply_cut_at_headers", "reply_cut_at_half"};
    std::vector<Row> rows = rows_of_changes();
    for (Row& row : rows) {
        const bool is_lost =
            row.tasks == 1 && row.requests == 1 && row.number != 0 && !begun.contains(row.name);
        if (!is_lost || (row.number >= odd_body && row.number <= other_upid)) continue;
        const bool is_either = row.number == cut_somewhere || row.number == header_without_end;
        row.expected = is_either ? Expected::either : Expected::unknown;
    }
    return rows;
}

std::vector<Row> rows_of_programs() {
    constexpr std::string_view by_bytes = "reply_cut_at_byte_", last_within_the_head = "300";
    std::vector<Row> rows;
    for (Row row : rows_of_changes()) {
        const bool has_no_upid = row.number == 35;
        const bool waits_for_the_node = row.name == "always_595";
        const bool may_be_whole = row.name.starts_with(by_bytes) &&
                                  row.name.substr(by_bytes.size()) > last_within_the_head;
        if (has_no_upid || waits_for_the_node || may_be_whole) continue;
        const bool is_lost = row.tasks == 1 && row.requests == 1 && row.number != 0;
        if (is_lost) row.expected = Expected::unknown;
        row.tasks = 0;
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<Row> one_row_of_each(const std::vector<Row>& rows) {
    std::vector<Row> some;
    std::set<int> numbers;
    for (const Row& row : rows)
        if (row.expected != Expected::unknown && numbers.insert(row.number).second)
            some.push_back(row);
    return some;
}

std::vector<Row> rows_of_reads() {
    std::vector<Row> rows;
    for (const std::string_view where : {"0", "status", "headers", "half", "7"})
        rows.push_back(
            {7, fmt::format("read_cut_at_{}", where), fmt::format("cut={} nth=1-2", where)});
    rows.push_back({7, "read_reset", "reset nth=1-2"});
    rows.push_back({7, "read_behind_garbage", "garbage nth=1-2"});
    rows.push_back({10, "read_longer_than_it_says", "length=-9", Expected::either});
    rows.push_back({10, "read_shorter_than_it_says", "length=9 nth=1-2"});
    for (const int code : {596, 597, 599, 502, 503, 504})
        rows.push_back({20, fmt::format("read_{}", code), fmt::format("status={} nth=1-2", code)});
    rows.push_back({18, "read_595", "status=595 nth=1"});
    const auto add_body = [&rows](int number, std::string_view body, Expected expected) {
        rows.push_back(
            {number, fmt::format("read_{}", body), fmt::format("body={}", body), expected});
    };
    for (const std::string_view body : {"html", "empty", "null", "no-data", "text"})
        add_body(body == "html" ? 21 : 25, body, Expected::either);
    for (const std::string_view body :
         {"data-null", "number", "string", "nan", "array", "object", "half", "duplicate", "deep",
          "bad-utf8", "glued", "trailing", "nul"})
        add_body(26, body, Expected::either);
    rows.push_back(
        {16, "read_hostile_reason", fmt::format("fail=500:{}", hostile), Expected::either});
    rows.push_back(
        {14, "read_forbidden", "fail=403:Permission%20check%20failed", Expected::either});
    rows.push_back({39, "read_hostile_name",
                    R"(replace="name":"vm-|"name":"\u001b]0;owned\u0007\u202e)", Expected::either});
    rows.push_back({25, "read_types_swapped", R"(replace="running"|7)", Expected::either});
    rows.push_back({24, "read_endless_headers", "headers=800", Expected::either});
    return rows;
}

}  // namespace faults
