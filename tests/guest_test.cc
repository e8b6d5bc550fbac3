// What leads into a guest: quoting proven by a real shell, addresses, the ladder, a line's way.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: one topic, from the words of a shell to the line that is printed.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <array>
#include <cstdio>
#include <random>

#include "factory/lookup.h"
#include "factory/machines.h"
#include "guest/agent_words.h"
#include "guest/guest_way.h"
#include "guest/ladder.h"
#include "guest/ssh.h"
#include "json/json.h"
#include "line/address.h"
#include "line/grammar.h"
#include "loop/executions.h"
#include "way/walk.h"

namespace proxmox {
namespace {

using namespace std::chrono_literals;

/// Runs a program to its end, whatever that is, within a minute.
Executed run_to_end(Execution execution) {
    Executions executions;
    const auto began = std::chrono::steady_clock::now();
    if (execution.limit == 0ms) execution.limit = 30s;
    executions.start(std::move(execution), 0ms);
    for (milliseconds now{}; now < 60s;) {
        pollfd waiting{.fd = executions.descriptor(), .events = POLLIN, .revents = 0};
        (void)poll(&waiting, 1, 100);
        now = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
        executions.work(now);
        for (EndedExecution& ended : executions.take_ended()) return std::move(ended.executed);
    }
    ADD_FAILURE() << "the program did not end";
    return {};
}

Execution call(std::vector<std::string> arguments) {
    Execution execution;
    execution.arguments = std::move(arguments);
    return execution;
}

json::Document parsed(std::string_view text) {
    auto document = json::Document::parse(text);
    EXPECT_TRUE(document) << text;
    return document ? std::move(*document) : json::Document{};
}

TEST(ShellQuoting, AnyBytesComeOutOfARealShellAsTheyWentIn) {
    std::mt19937 random(42);
    constexpr std::string_view nasty =
        "'\"\\$`!*?[]{}()<>|&;#~ \t\n-=%@:,./azAZ09\x01\x7f\xc3\xa9\xff";
    std::vector<std::string> words{"", "-n", "'", "''", "$(id)", "a\nb", "\\", "\xff"};
    for (int round = 0; round < 400; ++round) {
        std::string word;
        for (std::size_t size = random() % 24; size > 0; --size)
            word += random() % 4 == 0 ? static_cast<char>(1 + random() % 255)
                                      : nasty[random() % nasty.size()];
        words.push_back(word);
    }
    std::string expected;
    for (const std::string& word : words) expected += word + '|';
    std::vector<std::string> line{"printf", "%s|"};
    line.insert(line.end(), words.begin(), words.end());
    for (const std::string shell : {"dash", "bash"}) {
        const Executed executed = run_to_end(call({shell, "-c", shell_line(line)}));
        EXPECT_EQ(executed.status, 0) << executed.errors;
        EXPECT_EQ(executed.output, expected) << shell;
    }
}

TEST(Addresses, LookupsChooseAmongAllCardsAsTheWaitDoes) {
    const json::Document config =
        parsed(R"({"net1":"virtio=BC:24:11:00:00:02,bridge=vmbr1","agent":"1","name":"web-01",)"
               R"("smbios1":"uuid=AAAA","net0":"virtio=BC:24:11:00:00:01,bridge=vmbr0"})");
    EXPECT_EQ(text_of_cards(cards_in(text_of_cards(cards_of(config.root())))),
              "0=bc:24:11:00:00:01 1=bc:24:11:00:00:02");
    EXPECT_TRUE(cards_in("x 1=zz 2").empty());
    Record record;
    ASSERT_TRUE(learn_identity(config.root(), record, {}));
    EXPECT_EQ(record["vm_mac"], "bc:24:11:00:00:01");
    // Nothing on the first card, a container's bridge, and an address of one link only.
    const json::Document interfaces = parsed(
        R"({"result":[{"name":"docker0","hardware-address":"02:42:00:00:00:01","ip-addresses":)"
        R"([{"ip-address":"172.17.0.1","ip-address-type":"ipv4"}]},)"
        R"({"name":"eth0","hardware-address":"BC:24:11:00:00:01","ip-addresses":)"
        R"([{"ip-address":"169.254.1.1","ip-address-type":"ipv4"}]},)"
        R"({"name":"eth1","hardware-address":"BC:24:11:00:00:02","ip-addresses":)"
        R"([{"ip-address":"192.0.2.7","ip-address-type":"ipv4"}]}]})");
    ASSERT_TRUE(learn_address(interfaces.root(), record, {}));
    EXPECT_EQ(record["vm_ip"], "192.0.2.7");
    EXPECT_EQ(record["vm_mac"], "bc:24:11:00:00:02");
}

TEST(AgentWords, AFileComesOutOfItsPiecesAsItWentIn) {
    std::string file;
    for (std::size_t at = 0; at < 2 * agent_piece_limit + 5; ++at)
        file += static_cast<char>(at * 7);
    const std::vector<std::string> pieces = pieces_of(file);
    ASSERT_EQ(pieces.size(), 3U);
    std::string decoded;
    for (const std::string& piece : pieces) {
        EXPECT_LE(piece.size(), 61'440U);
        auto input = vault::Secret::copy_of(piece);
        ASSERT_TRUE(input);
        // A program sees at most 60 KiB at once: the decoder of the system reads from a file.
        const std::string path = testing::TempDir() + "piece";
        FILE* const out = std::fopen(path.c_str(), "wb");
        ASSERT_NE(out, nullptr);
        std::fwrite(piece.data(), 1, piece.size(), out);
        std::fclose(out);
        decoded += run_to_end(call({"sh", "-c", "base64 -d " + path})).output;
    }
    EXPECT_EQ(decoded, file);
    EXPECT_EQ(pieces_of(""), std::vector<std::string>{""});
    EXPECT_EQ(pieces_of(std::string(agent_piece_limit, 'a')).size(), 1U);
}

TEST(ShellQuoting, TwoShellsDeepAsOverSsh) {
    const std::vector<std::string> inner{"printf", "[%s]", "it's $HOME", "a  b"};
    const std::vector<std::string> outer{"sh", "-c", shell_line(inner)};
    EXPECT_EQ(run_to_end(call({"sh", "-c", shell_line(outer)})).output, "[it's $HOME][a  b]");
}

TEST(Executions, StatusSignalAndMissingProgramAreToldApart) {
    EXPECT_EQ(run_to_end(call({"sh", "-c", "exit 7"})).status, 7);
    const Executed killed = run_to_end(call({"sh", "-c", "kill -9 $$"}));
    EXPECT_EQ(killed.how, Executed::How::killed);
    EXPECT_EQ(killed.status, SIGKILL);
    EXPECT_EQ(run_to_end(call({"no-such-program-here"})).how, Executed::How::not_started);
}

TEST(Executions, OutputIsKeptUpToItsLimitAndReadToItsEnd) {
    const Executed executed =
        run_to_end(call({"sh", "-c", "head -c 1000000 /dev/zero; echo end >&2"}));
    EXPECT_EQ(executed.status, 0);
    EXPECT_EQ(executed.output.size(), execution_output_limit);
    EXPECT_TRUE(executed.was_cut);
    EXPECT_EQ(executed.errors, "end\n");
}

TEST(Executions, TheEndOfInputIsTheWordToStop) {
    Execution execution = call({"sh", "-c", "read word; echo $word; cat; echo tidy"});
    execution.input = std::move(*vault::Secret::copy_of("secret\n"));
    execution.limit = 100ms;
    const Executed executed = run_to_end(std::move(execution));
    EXPECT_EQ(executed.how, Executed::How::overdue);
    EXPECT_EQ(executed.output, "secret\ntidy\n");
}

TEST(Executions, WhoDoesNotStopIsEnded) {
    Execution execution = call({"sh", "-c", "trap '' TERM; sleep 300 & wait; sleep 300"});
    execution.limit = 50ms;
    execution.stop_limit = 50ms;
    const Executed executed = run_to_end(std::move(execution));
    EXPECT_EQ(executed.how, Executed::How::overdue);
    EXPECT_EQ(executed.status, SIGKILL);
}

TEST(Executions, NoneInheritsATerminalOrOurDescriptors) {
    constexpr const char* count = "ls /proc/self/fd | wc -l; true </dev/tty && echo tty";
    // What whoever started this test left open is there in any child.
    std::FILE* const other = popen("ls /proc/self/fd | wc -l", "r");
    std::array<char, 32> expected{};
    ASSERT_NE(std::fgets(expected.data(), expected.size(), other), nullptr);
    pclose(other);
    EXPECT_EQ(run_to_end(call({"sh", "-c", count})).output, expected.data());
}

constexpr std::string_view interfaces = R"([
    {"name":"lo","hardware-address":"00:00:00:00:00:00","ip-addresses":[
        {"ip-address":"127.0.0.1","ip-address-type":"ipv4","prefix":8}]},
    {"name":"docker0","hardware-address":"02:42:aa:bb:cc:dd","ip-addresses":[
        {"ip-address":"172.17.0.1","ip-address-type":"ipv4","prefix":16}]},
    {"name":"eth1","hardware-address":"bc:24:11:00:00:02","ip-addresses":[
        {"ip-address":"192.0.2.2","ip-address-type":"ipv4","prefix":24}]},
    {"name":"eth0","hardware-address":"BC:24:11:00:00:01","ip-addresses":[
        {"ip-address":"fe80::1","ip-address-type":"ipv6","prefix":64},
        {"ip-address":"169.254.3.4","ip-address-type":"ipv4","prefix":16},
        {"ip-address":"2001:db8::5","ip-address-type":"ipv6","prefix":64},
        {"ip-address":"10.1.2.3","ip-address-type":"ipv4","prefix":8}]},
    {"name":"wg0"}])";

std::string chosen(const Wanted& wanted) {
    const auto config = parsed(R"({"net1":"virtio=BC:24:11:00:00:02,bridge=vmbr1",
        "net0":"model=virtio,macaddr=BC:24:11:00:00:01,bridge=vmbr0","net2":"virtio,bridge=x"})");
    const auto document = parsed(interfaces);
    const auto choice = choose_address(document.root(), cards_of(config.root()), wanted);
    return choice ? choice->address : "";
}

TEST(AddressChoice, TheVmsOwnCardsInTheirOrderAndNothingElse) {
    EXPECT_EQ(chosen({}), "10.1.2.3");
    EXPECT_EQ(chosen({.is_ipv6 = true}), "2001:db8::5");
    EXPECT_EQ(chosen({.card = 1}), "192.0.2.2");
    EXPECT_EQ(chosen({.card = 2}), "");
    EXPECT_EQ(chosen({.network = parse_network("192.0.2.0/24")}), "192.0.2.2");
    EXPECT_EQ(chosen({.network = parse_network("172.16.0.0/12")}), "");
    EXPECT_EQ(chosen({.network = parse_network("fe80::/10")}), "");
}

TEST(AddressChoice, NetworksHoldWhatTheyShould) {
    const auto holds = [](std::string_view network, std::string_view address) {
        return parse_network(network)->contains(*parse_address(address));
    };
    EXPECT_TRUE(holds("10.0.0.0/9", "10.127.255.255"));
    EXPECT_FALSE(holds("10.0.0.0/9", "10.128.0.0"));
    EXPECT_TRUE(holds("0.0.0.0/0", "8.8.8.8"));
    EXPECT_FALSE(holds("0.0.0.0/0", "::1"));
    EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
    for (const std::string_view bad : {"", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/", "a/8"})
        EXPECT_FALSE(parse_network(bad)) << bad;
}

TEST(AddressChoice, WhoHasAnAgentSaysItsConfiguration) {
    const auto says = [](std::string_view agent) {
        return has_agent(parsed(fmt::format(R"({{"agent":"{}"}})", agent)).root());
    };
    for (const std::string_view yes :
         {"1", "enabled=1", "1,fstrim_cloned_disks=1", "type=virtio,enabled=1"})
        EXPECT_TRUE(says(yes)) << yes;
    for (const std::string_view no : {"0", "enabled=0", "", "0,fstrim_cloned_disks=1"})
        EXPECT_FALSE(says(no)) << no;
    EXPECT_FALSE(has_agent(parsed("{}").root()));
}

TEST(GuestGrammar, NothingThatAShellOrSshCouldMistake) {
    for (const std::string_view bad : {"-x", "a b", "a;b", "$(id)", "a'b", "", "a\nb", "/etc",
                                       "a..b", "300.1.1.1", "100", "::g"})
        EXPECT_FALSE(is_of(Type::host, bad)) << bad;
    for (const std::string_view good : {"10.0.0.1", "::1", "web-01", "web.example.org"})
        EXPECT_TRUE(is_of(Type::host, good)) << good;
    for (const std::string_view bad : {"/dev/", "/dev/../sda", "/dev/disk/x", "sda", "/dev/-a"})
        EXPECT_FALSE(is_of(Type::disk, bad)) << bad;
    EXPECT_TRUE(is_of(Type::disk, "/dev/nvme0n1"));
    for (const std::string_view bad : {"http://a b", "file:///x", "http://a\"", "https://$x"})
        EXPECT_FALSE(is_of(Type::url, bad)) << bad;
    EXPECT_FALSE(is_of(Type::addresses, "1.1.1.1  2.2.2.2"));
    EXPECT_FALSE(is_of(Type::user_name, "-root"));
}

Ladder two_rungs() {
    Ladder ladder({{.name = "first", .limit = 10s, .advice = {}},
                   {.name = "second", .limit = 5s, .advice = {}}});
    ladder.begin(0ms, 60s);
    return ladder;
}

TEST(LadderOfRungs, PausesGrowToTheirCapAndNeverPassTheEnd) {
    Ladder ladder = two_rungs();
    ladder.miss(0, 0ms);
    milliseconds now{};
    milliseconds longest{};
    int looks = 0;
    while (!ladder.is_over(now)) {
        const milliseconds next = ladder.next_look(now), pause = next - now;
        // No look comes later than a fifth of the time that it has taken so far.
        EXPECT_LE(pause, std::max(250ms, now / 5));
        if (next < 10s) {
            EXPECT_GE(pause, std::max(250ms, longest));
        }
        longest = std::max(longest, pause);
        now = next;
        ++looks;
    }
    EXPECT_EQ(now, 10s);
    EXPECT_EQ(looks, 17);
    EXPECT_EQ(pause_after(60s, 250ms, 2s), 2s);
}

TEST(LadderOfRungs, EachRungHasItsOwnTimeAndOneThatIsLostAgainGetsNone) {
    Ladder ladder = two_rungs();
    ladder.miss(0, 9s);
    EXPECT_FALSE(ladder.is_over(9s));
    ladder.miss(1, 9s);
    EXPECT_EQ(ladder.missing().name, "second");
    ladder.miss(0, 12s);
    EXPECT_EQ(ladder.missing().name, "second");
    EXPECT_FALSE(ladder.is_over(13'999ms));
    EXPECT_TRUE(ladder.is_over(14s));
}

TEST(SshTroubles, EachWordOfSshsLeadsToItsRung) {
    const auto trouble = [](std::string errors, int status = 255) {
        Executed executed{.status = status, .errors = std::move(errors)};
        return take_marks(executed);
    };
    EXPECT_EQ(trouble("ssh: connect to host h port 22: Connection refused\r\n"), SshTrouble::port);
    EXPECT_EQ(trouble("ssh: connect to host h port 22: No route to host\n"), SshTrouble::port);
    EXPECT_EQ(trouble("Connection timed out during banner exchange\n"), SshTrouble::banner);
    EXPECT_EQ(trouble("kex_exchange_identification: Connection closed by remote host\n"
                      "Connection closed by 1.2.3.4 port 22\n"),
              SshTrouble::banner);
    EXPECT_EQ(trouble("root@h: Permission denied (publickey).\n"), SshTrouble::login);
    EXPECT_EQ(trouble("Host key verification failed.\n"), SshTrouble::identity);
    EXPECT_EQ(trouble("ssh: Could not resolve hostname x: Name or service not known\n"),
              SshTrouble::name);
    EXPECT_EQ(trouble(""), SshTrouble::lost);
    // Neither ssh nor a shell: what took the shell's place, as nologin does.
    EXPECT_EQ(trouble("Permission denied", 1), SshTrouble::login);
}

TEST(SshTroubles, WhatACommandSaysIsNeverTakenForSshsWords) {
    const std::string begun = fmt::format("noise of a login{}its own\n", begin_mark);
    for (const int status : {0, 1, 254}) {
        Executed executed{.status = status, .output = begun, .errors = "Permission denied\n"};
        EXPECT_EQ(take_marks(executed), SshTrouble::none);
        EXPECT_EQ(executed.output, "its own\n");
    }
    Executed own{.status = 255,
                 .output = begun,
                 .errors = fmt::format("Host key verification failed\n{}", own_status_mark)};
    EXPECT_EQ(take_marks(own), SshTrouble::none);
    EXPECT_EQ(own.errors, "Host key verification failed\n");
    Executed cut{.status = 255, .output = begun, .errors = "Host key verification failed\n"};
    EXPECT_EQ(take_marks(cut), SshTrouble::lost);
    // Before it has begun nothing of it can have come.
    Executed early{.status = 255, .errors = std::string(own_status_mark)};
    EXPECT_EQ(take_marks(early), SshTrouble::lost);
}

constexpr Prints some_prints{.columns = {{"vm_ip", text("{vm_ip}")}, {"made", text("{made}")}}};
constexpr GuestStep some_step{.commands = {{.stage = "make it",
                                            .script = "exit 0",
                                            .limit = 10s,
                                            .repeat = Repeat::until_ready,
                                            .proofs = {"made"}}}};

constexpr std::string_view own_uuid = "01234567-89ab-cdef-0123-456789abcdef";

class GuestWayTest : public testing::Test {
  protected:
    explicit GuestWayTest(const GuestStep& step = some_step)
        : guests_{.step = step, .ssh = {"config", "control", "known"}} {
        Record record(1);
        record.set("vm_ip", "192.0.2.1");
        record.set("vm_id", "100");
        record.set("vm_uuid", own_uuid);
        guests_.host_keys = {
            .are_known = [](const std::string&) { return false; },
            .keep = [](const std::string&, std::string_view) { return Outcome{}; },
            .adopt = [](const std::string&, const std::string&) { return Outcome{}; }};
        guests_.connections = {.take = [](const Record&, std::string_view) { return false; },
                               .drop = [](std::string_view) {},
                               .leave = [](const Record&, std::string_view) {}};
        walk_.emplace(run_, claimed_, std::move(record),
                      [this](Line& line) { return go_through_step(line, guests_, 1); });
    }

    Step answer(Executed executed) { return walk_->go_on(&executed, now_); }
    /// As it comes from a guest in which the command has begun.
    Step answer_begun(Executed executed) {
        executed.output.insert(0, begin_mark);
        return answer(std::move(executed));
    }
    Step wake_at(milliseconds now) {
        now_.elapsed = now;
        return walk_->go_on({}, now_);
    }
    Step get_in() {
        (void)walk_->begin(now_);
        (void)answer({.output = "user root\nstricthostkeychecking accept-new\n"});
        return answer_begun({.output = fmt::format("ready root\nuuid {}\n", own_uuid)});
    }
    static bool wants_ssh(const Step& step) {
        const auto* want = std::get_if<Want>(&step);
        return want != nullptr && std::holds_alternative<Execute>(*want);
    }
    static std::string call_in(const Step& step) {
        return fmt::format(
            "{}", fmt::join(std::get<Execute>(std::get<Want>(step)).execution.arguments, " "));
    }
    static const Sleep* sleep_in(const Step& step) {
        const auto* want = std::get_if<Want>(&step);
        return want == nullptr ? nullptr : std::get_if<Sleep>(want);
    }
    static std::string trace_of(const Step& step) { return std::get<Ending>(step).traces.at(0); }

    const proxmox::Run run_{
        .printing = {.prints = some_prints, .action = "guest_test", .carry = Carry::all},
        .wait = 100s};
    GuestRun guests_;
    ClaimedTasks claimed_;
    std::optional<Walk> walk_;
    Moment now_{};
};

TEST_F(GuestWayTest, NeverSleepsPastADeadlineAndNamesTheRung) {
    Step step = walk_->begin(now_);
    int attempts = 0;
    while (wants_ssh(step) && attempts++ < 1000) {
        step = answer({.status = 255, .errors = "ssh: connect to host h port 22: refused\n"});
        if (const Sleep* sleep = sleep_in(step)) {
            EXPECT_LE(sleep->until, 60s);
            step = wake_at(sleep->until);
        }
    }
    EXPECT_EQ(now_.elapsed, 60s);
    EXPECT_EQ(std::get<Ending>(step).exit, Exit::unreachable);
    EXPECT_NE(trace_of(step).find("vm_id 100 at 192.0.2.1: no open port after 60 s"),
              std::string::npos);
}

TEST_F(GuestWayTest, ASuccessWithoutItsProofIsAFailure) {
    ASSERT_TRUE(wants_ssh(get_in()));
    const Step step = answer_begun({.output = "made\nmadeup 1\n"});
    EXPECT_NE(trace_of(step).find("did not print its proof"), std::string::npos);
}

TEST_F(GuestWayTest, TheProofGoesIntoTheRecord) {
    get_in();
    const Step step = answer_begun({.output = "noise\nmade it well\n"});
    EXPECT_NE(std::get<Ending>(step).output.find(R"("made":"it well")"), std::string::npos);
}

TEST_F(GuestWayTest, NotYetIsAskedAgainUntilItsTimeIsUp) {
    get_in();
    Step step = answer_begun({.status = not_yet_status});
    ASSERT_NE(sleep_in(step), nullptr);
    EXPECT_TRUE(wants_ssh(wake_at(10s)));
    step = answer_begun({.status = not_yet_status});
    EXPECT_NE(trace_of(step).find("not yet after 10 s"), std::string::npos);
}

TEST_F(GuestWayTest, WhatOnlyLooksIsBegunAnewSomeTimesWhereItsConnectionIsLost) {
    const Executed lost{.status = 255, .errors = "Shared connection to h closed.\n"};
    get_in();
    for (int times = 0; times < longest_returns; ++times) {
        EXPECT_NE(call_in(answer(lost)).find("login"), std::string::npos);
        (void)answer_begun({.output = fmt::format("ready root\nuuid {}\n", own_uuid)});
    }
    EXPECT_EQ(std::get<Ending>(answer(lost)).exit, Exit::unreachable);
}

TEST_F(GuestWayTest, AProofIsTextWhateverItsBytes) {
    get_in();
    const Step step = answer_begun({.output = "made \xff\x1b[2J\n"});
    EXPECT_NE(std::get<Ending>(step).output.find("\"made\":\"\xef\xbf\xbd\\u001b[2J\""),
              std::string::npos);
}

TEST_F(GuestWayTest, OfAnUnknownMachineTheUsersPolicyIsAskedAndNeverLoosened) {
    EXPECT_NE(call_in(walk_->begin(now_)).find("ssh -G "), std::string::npos);
    const std::string strict = call_in(answer({.output = "user x\nstricthostkeychecking yes\n"}));
    EXPECT_EQ(strict.find("StrictHostKeyChecking"), std::string::npos);
}

TEST_F(GuestWayTest, WhereThePolicyTakesAnyKeyAChangedOneIsStillRefused) {
    (void)walk_->begin(now_);
    const std::string loose = call_in(answer({.output = "user x\nstricthostkeychecking false\n"}));
    EXPECT_NE(loose.find("StrictHostKeyChecking=accept-new"), std::string::npos);
}

TEST_F(GuestWayTest, AKnownMachineHasToShowItsKeyWhateverThePolicy) {
    guests_.host_keys.are_known = [](const std::string& file) {
        return file == fmt::format("known/{}", own_uuid);
    };
    const std::string knock = call_in(walk_->begin(now_));
    EXPECT_EQ(knock.find("ssh -G "), std::string::npos);
    EXPECT_NE(knock.find("StrictHostKeyChecking=yes"), std::string::npos);
}

class LeftConnectionTest : public GuestWayTest {
  protected:
    explicit LeftConnectionTest(const GuestStep& step = some_step) : GuestWayTest(step) {
        guests_.connections.take = [](const Record& record, std::string_view name) {
            return record["vm_id"] == "100" && name == "c1";
        };
        guests_.connections.leave = [this](const Record&, std::string_view) { ++left_; };
        guests_.connections.drop = [this](std::string_view name) { dropped_ = name; };
    }
    int left_ = 0;
    std::string dropped_;
};

TEST_F(LeftConnectionTest, NeedsNoLoginAndIsLeftToTheNextTool) {
    EXPECT_NE(call_in(walk_->begin(now_)).find("exit 0"), std::string::npos);
    EXPECT_EQ(left_, 0);
    (void)answer_begun({.output = "made it\n"});
    EXPECT_EQ(left_, 1);
}

TEST_F(LeftConnectionTest, WhereItHasGoneTheLoginComesFirstAfterAll) {
    (void)walk_->begin(now_);
    const Step asked =
        answer({.status = 255, .errors = "Connection closed by UNKNOWN port 65535\n"});
    EXPECT_NE(call_in(asked).find("ssh -G "), std::string::npos);
    const Step knock = answer({.output = "user root\nstricthostkeychecking accept-new\n"});
    EXPECT_NE(call_in(knock).find("login"), std::string::npos);
    EXPECT_NE(call_in(answer_begun({.output = "ready root\n"})).find("exit 0"), std::string::npos);
}

TEST_F(LeftConnectionTest, IsNotLeftByALineThatFailed) {
    (void)walk_->begin(now_);
    (void)answer_begun({.status = 1, .errors = "broken\n"});
    EXPECT_EQ(left_, 0);
}

constexpr GuestStep step_for_the_login{
    .commands = {{.stage = "look", .script = "exit 0", .limit = 10s, .needs = "device"}},
    .forgets_key = "forget_key"};

class LoginAloneTest : public LeftConnectionTest {
  protected:
    LoginAloneTest() : LeftConnectionTest(step_for_the_login) {}
};

TEST_F(LoginAloneTest, IsMadeEvenWhereAConnectionWasLeft) {
    EXPECT_NE(call_in(walk_->begin(now_)).find("ssh -G "), std::string::npos);
}

constexpr GuestStep changing_step{
    .commands = {{.stage = "change it", .script = "exit 0", .limit = 10s}}};

class ChangingWayTest : public GuestWayTest {
  protected:
    ChangingWayTest() : GuestWayTest(changing_step) {}
    Exit exit_after(Executed executed) {
        get_in();
        EXPECT_TRUE(walk_->doing().change_is_open);
        return std::get<Ending>(answer_begun(std::move(executed))).exit;
    }
};

class ChangingOverLeftConnectionTest : public LeftConnectionTest {
  protected:
    ChangingOverLeftConnectionTest() : LeftConnectionTest(changing_step) {}
};

TEST_F(ChangingOverLeftConnectionTest, ProvesItFirst) {
    const std::string knock = call_in(walk_->begin(now_));
    EXPECT_NE(knock.find("login"), std::string::npos);
    EXPECT_NE(knock.find("ProxyCommand=false"), std::string::npos);
    const Step step = answer_begun({.output = fmt::format("ready root\nuuid {}\n", own_uuid)});
    EXPECT_NE(call_in(step).find("exit 0"), std::string::npos);
}

TEST_F(ChangingOverLeftConnectionTest, DropsOneThatIsDeadAndLogsIn) {
    (void)walk_->begin(now_);
    const Step asked = answer({.how = Executed::How::overdue, .status = 255});
    EXPECT_EQ(dropped_, "c1");
    EXPECT_NE(call_in(asked).find("ssh -G "), std::string::npos);
}

TEST_F(ChangingWayTest, ALostConnectionIsAnUnknownOutcome) {
    get_in();
    const Step step = answer({.status = 255, .errors = "Shared connection to h closed.\n"});
    EXPECT_EQ(std::get<Ending>(step).exit, Exit::outcome_unknown);
}

TEST_F(ChangingWayTest, AKilledSshLeavesTheOutcomeUnknown) {
    EXPECT_EQ(exit_after({.how = Executed::How::killed, .status = 9}), Exit::outcome_unknown);
}

TEST_F(ChangingWayTest, WhatIsOverdueIsKnownOnceTheGuestSaysThatItHasStopped) {
    EXPECT_EQ(exit_after({.how = Executed::How::overdue, .status = 143}), Exit::line_failed);
}

TEST_F(ChangingWayTest, WhatIsOverdueAndSaysNothingIsUnknown) {
    EXPECT_EQ(exit_after({.how = Executed::How::overdue, .status = 255}), Exit::outcome_unknown);
}

}  // namespace
}  // namespace proxmox
