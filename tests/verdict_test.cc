// What an answer proves depends on whose words it has; how large it may be, on its question.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "api/answer_limit.h"
#include "api/answer_reader.h"
#include "api/api.h"
#include "api/checks.h"

namespace proxmox {
namespace {

struct Said {
    int status;
    std::string reason;
    std::string body;
    std::string content_type = "text/plain";
};

Verdict verdict_of(const Said& said) {
    return understand({.transport = Transport::answered,
                       .status = said.status,
                       .reason = said.reason,
                       .content_type = said.content_type,
                       .body = said.body})
        .verdict;
}

TEST(Verdicts, row_20_words_of_somebody_in_between_prove_nothing) {
    const Said in_between[] = {
        {400, "Bad Request", "Bad Request\n"},
        {403, "Forbidden", "blocked by policy"},
        {404, "Not Found", "default backend - 404"},
        {404, "Not Found", R"({"message":"no Route matched with those values"})"},
        {408, "Request Timeout", "stream timeout"},
        {408, "Request Time-out", ""},
        {413, "Request Entity Too Large", "<html>413</html>", "text/html"},
        {425, "Too Early", ""},
        {429, "Too Many Requests", "Too Many Requests\n"},
        {429, "Too Many Requests", R"({"error":"rate limited"})", "application/json"},
        {429, "Slow Down", "Slow Down"},
        {500, "Internal Server Error", "upstream sent an invalid header"},
        {500, "Internal Server Error", ""},
        {501, "Not Implemented", ""},
        {503, "Service Unavailable", "upstream connect error or disconnect/reset before headers"},
        {503, "Backend fetch failed", "Backend fetch failed"},
        {520, "", "error code: 520"},
        {303, "See Other", ""},
        {595, "Connection refused", "<html>a page</html>", "text/html"},
        // An answer that was good when it left Proxmox.
        {500, "Rewritten", R"({"data":"UPID:px:0000A1B2:00C0FFEE:67E00000:qmstart:100:u@pve!t:"})"},
    };
    for (const Said& said : in_between)
        EXPECT_EQ(verdict_of(said), Verdict::unknown) << said.status << ' ' << said.body;
}

TEST(Verdicts, row_20_words_of_proxmox_prove_that_nothing_ran) {
    const std::string json = R"({"data":null,"message":"no\n"})";
    EXPECT_EQ(verdict_of({401, "No ticket", ""}), Verdict::credentials);
    EXPECT_EQ(verdict_of({401, "Authentication failed!", ""}), Verdict::credentials);
    EXPECT_EQ(verdict_of({403, "Permission check failed (/vms/100, VM.Audit)", json}),
              Verdict::forbidden);
    EXPECT_EQ(verdict_of({595, "No route to host", ""}), Verdict::cut_off);
    EXPECT_EQ(verdict_of({596, "Connection timed out", ""}), Verdict::unknown);
    const Said refusals[] = {
        {400, "Parameter verification failed.", R"({"data":null,"errors":{"vmid":"no"}})"},
        {400, "bad request", "bad request"},
        {429, "no", json},
        {500, "VM 100 not running", json},
        {501, "Method 'POST /nodes/px/qemu/100/x' not implemented", json},
        {501, "Unexpected content for method 'DELETE'", "Unexpected content for method 'DELETE'"},
        {501, "method 'PATCH' not available", ""},
        {501, "for data too large", "for data too large"},
        {506, "upload 'Content-Type 'text/plain' not implemented", ""},
    };
    for (const Said& said : refusals)
        EXPECT_EQ(verdict_of(said), Verdict::refused) << said.status << ' ' << said.reason;
}

TEST(AnswerLimit, IsWhatTheQuestionCanNeed) {
    const auto limit_of = [](std::string path) { return answer_limit_of({.path = path}); };
    EXPECT_EQ(limit_of("/nodes/px/qemu/100/status/current"), state_answer_limit);
    EXPECT_EQ(limit_of("/nodes/px/tasks/UPID%3Apx/status"), state_answer_limit);
    EXPECT_EQ(limit_of("/cluster/nextid?vmid=100"), state_answer_limit);
    EXPECT_EQ(limit_of("/nodes/px/qemu/100/config"), config_answer_limit);
    EXPECT_EQ(limit_of("/nodes/px/qemu"), list_answer_limit);
    EXPECT_EQ(limit_of("/nodes/px/tasks?source=all&typefilter=/status"), list_answer_limit);
    EXPECT_EQ(answer_limit_of({.method = Method::post, .path = "/nodes/px/qemu"}),
              state_answer_limit);
}

TEST(AnswerLimit, IsKeptByWhatTheHeadSaysAndByWhatComes) {
    AnswerReader said(1'000);
    EXPECT_TRUE(said.take_header("HTTP/1.1 200 OK\r\n"));
    EXPECT_FALSE(said.take_header("Content-Length: 1001\r\n"));
    AnswerReader came(1'000);
    EXPECT_TRUE(came.take_header("HTTP/1.1 200 OK\r\n"));
    EXPECT_TRUE(came.take_body(std::string(1'000, 'x')));
    EXPECT_FALSE(came.take_body("x"));
    EXPECT_TRUE(came.has_overflowed());
}

TEST(AnswerLimit, ATooLargeAnswerIsNotAskedForAgain) {
    const Answer large{.transport = Transport::too_large, .trouble = "too large"};
    EXPECT_FALSE(may_read_again(understand(large).verdict, large, 0, milliseconds{0}));
    const Answer lost{.transport = Transport::lost, .trouble = "cut"};
    EXPECT_TRUE(may_read_again(understand(lost).verdict, lost, 0, milliseconds{0}));
}

TEST(Silence, IsToldInTheDoctorsWordsWithTheRemedy) {
    const Finding finding =
        understand({.transport = Transport::silent, .trouble = "no answer came within 6 s"});
    const Check check = check_answer(finding, "px:8006", "u@pve!t");
    EXPECT_EQ(check.finding, "https://px:8006 takes connections, but no answer came within 6 s");
    EXPECT_NE(check.remedy.find("pveproxy"), std::string::npos);
    EXPECT_NE(check.remedy.find("RANGE42_PROXMOX_API_TIMEOUT"), std::string::npos);
}

}  // namespace
}  // namespace proxmox
