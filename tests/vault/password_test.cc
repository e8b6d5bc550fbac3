// Passwords: files and scripts, read as ansible reads them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "password.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include "script.h"
#include "workshop.h"

namespace proxmox::vault {
namespace {

using namespace std::chrono_literals;
using test::Workshop;

struct Case {
    std::string content;
    std::string password;
};

class PasswordTest : public testing::Test {
  protected:
    Result<Password> plain(std::string_view content) {
        return read_password(workshop.write("password", content));
    }
    Result<Password> script(std::string_view body, std::string_view name = "password") {
        return read_password(workshop.write(name, "#!/bin/sh\n" + std::string(body) + "\n", 0700));
    }
    void expect_failure(const Result<Password>& password, std::string_view part) {
        ASSERT_FALSE(password);
        EXPECT_EQ(password.error().exit, Exit::credentials);
        EXPECT_TRUE(password.error().message.starts_with("vault password "));
        EXPECT_NE(password.error().remedy, "");
        EXPECT_NE(password.error().message.find(part), std::string::npos)
            << password.error().message;
    }

    Workshop workshop;
};

TEST_F(PasswordTest, APlainFileLosesWhitespaceAtBothEnds) {
    const std::array cases{
        Case{"secret", "secret"},
        Case{"secret\n", "secret"},
        Case{"  two words \r\n\n", "two words"},
        Case{"\t\v\fx\f\v\t", "x"},
        Case{"one\ntwo\n", "one\ntwo"},
        Case{"\xef\xbb\xbf"
             "bom\n",
             "\xef\xbb\xbf"
             "bom"},
        Case{std::string("a\0b\0", 4), std::string("a\0b\0", 4)},
        Case{std::string(password_limit, 'x'), std::string(password_limit, 'x')},
    };
    for (const Case& each : cases) {
        const Result<Password> password = plain(each.content);
        ASSERT_TRUE(password) << password.error().message;
        EXPECT_EQ(password->bytes.reveal(), each.password);
    }
}

TEST_F(PasswordTest, AnEmptyOneIsAnError) {
    for (const char* content : {"", "\n", " \t\r\n"})
        expect_failure(plain(content), "the password is empty");
    expect_failure(script("echo"), "the password is empty");
}

TEST_F(PasswordTest, AScriptLosesOnlyLineEnds) {
    const Result<Password> password = script(R"(printf '\r\n  two words \n\r\n')");
    ASSERT_TRUE(password) << password.error().message;
    EXPECT_EQ(password->bytes.reveal(), "  two words ");
}

TEST_F(PasswordTest, SaysWhatIsWrongWithTheFile) {
    expect_failure(read_password(workshop.path("nothing")), "No such file or directory");
    expect_failure(read_password(workshop.directory()), "Is a directory");
    expect_failure(read_password("/dev/null"), "not a file");
    expect_failure(plain(std::string(password_limit + 1, 'x')), "larger than 65536 bytes");
    expect_failure(plain("$ANSIBLE_VAULT;1.1;AES256\n3030\n"), "itself encrypted");
}

TEST_F(PasswordTest, SaysThatAnExecutableTextIsNoScript) {
    const std::string path = workshop.write("password", "secret\n", 0700);
    const Result<Password> password = read_password(path);
    expect_failure(password, "Exec format error");
    EXPECT_EQ(password.error().remedy,
              "if this is not a script, remove its executable bit: chmod -x " + path);
}

TEST_F(PasswordTest, SaysHowTheScriptEnded) {
    expect_failure(script("echo secret; exit 7"), "ended with status 7");
    expect_failure(script("echo secret; kill -9 $$"), "killed by signal 9");
    expect_failure(script("exec head -c 70000 /dev/zero"), "prints more than 65536 bytes");
    expect_failure(script("exit 2", "keyring-client"), "knows no password of vault id default");
}

TEST_F(PasswordTest, AClientScriptIsToldTheVaultId) {
    const Result<Password> client = script(R"(echo "$# $1 $2")", "keyring-client.sh");
    ASSERT_TRUE(client) << client.error().message;
    EXPECT_EQ(client->bytes.reveal(), "2 --vault-id default");
    const Result<Password> other = script(R"(echo "$#")", "keyring-clients.sh");
    ASSERT_TRUE(other) << other.error().message;
    EXPECT_EQ(other->bytes.reveal(), "0");
}

TEST(ClientScript, IsRecognisedByItsNameAsPythonSplitsIt) {
    for (const char* path :
         {"x-client", "/a/x-client.sh", "x-client.tar.gz/y-client.py", "-client"})
        EXPECT_TRUE(is_client_script(path)) << path;
    for (const char* path :
         {"client", "x-client.", "x-client.tar.gz", "x-client/script", "x-Client"})
        EXPECT_EQ(is_client_script(path), std::string_view(path) == "x-client.") << path;
}

TEST_F(PasswordTest, AScriptSeesNeitherOurSecretsNorOurDescriptors) {
    setenv("TOKEN_SECRET", "canary", 1);
    setenv("TOKEN_SECRET_NAME", "kept", 1);
    constexpr int leaked = 50;
    ASSERT_EQ(dup2(STDERR_FILENO, leaked), leaked);
    const Result<Password> password =
        script(R"(echo "[$TOKEN_SECRET][$TOKEN_SECRET_NAME]$(ls /proc/$$/fd | tr '\n' ' ')$0")");
    close(leaked);
    unsetenv("TOKEN_SECRET");
    unsetenv("TOKEN_SECRET_NAME");
    ASSERT_TRUE(password) << password.error().message;
    const std::string seen(password->bytes.reveal());
    EXPECT_TRUE(seen.starts_with("[][kept]0 1 ")) << seen;
    EXPECT_EQ(seen.find(std::to_string(leaked) + ' '), seen.npos) << seen;
    EXPECT_TRUE(seen.ends_with(workshop.path("password"))) << seen;
}

TEST_F(PasswordTest, AScriptDoesNotReadOurLines) {
    std::array<int, 2> lines{};
    ASSERT_EQ(pipe(lines.data()), 0);
    ASSERT_EQ(write(lines[1], "line\n", 5), 5);
    const int standard_input = dup(STDIN_FILENO);
    dup2(lines[0], STDIN_FILENO);
    const Result<Password> password = script("cat; echo secret");
    dup2(standard_input, STDIN_FILENO);
    std::array<char, 8> left{};
    EXPECT_EQ(read(lines[0], left.data(), left.size()), 5) << "the line is still there";
    for (const int descriptor : {standard_input, lines[0], lines[1]}) close(descriptor);
    ASSERT_TRUE(password) << password.error().message;
    EXPECT_EQ(password->bytes.reveal(), "secret");
}

TEST_F(PasswordTest, AScriptStartsWithDefaultSignals) {
    signal(SIGPIPE, SIG_IGN);
    const Result<Password> password = script("kill -PIPE $$; echo survived");
    signal(SIGPIPE, SIG_DFL);
    expect_failure(password, "killed by signal 13");
}

TEST_F(PasswordTest, WorksWhereChildrenAreReapedByTheKernel) {
    signal(SIGCHLD, SIG_IGN);
    const Result<Password> password = script("echo secret");
    signal(SIGCHLD, SIG_DFL);
    ASSERT_TRUE(password) << password.error().message;
    EXPECT_EQ(password->bytes.reveal(), "secret");
}

TEST_F(PasswordTest, ARelativePathIsNotLookedUpInPath) {
    workshop.write("ls", "#!/bin/sh\necho \"$0\"\n", 0700);
    std::array<char, 4096> before{};
    ASSERT_NE(getcwd(before.data(), before.size()), nullptr);
    ASSERT_EQ(chdir(workshop.directory().c_str()), 0);
    const Result<Password> password = read_password("ls");
    ASSERT_EQ(chdir(before.data()), 0);
    ASSERT_TRUE(password) << password.error().message;
    EXPECT_EQ(password->bytes.reveal(), workshop.path("ls"));
}

bool has_children() { return waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

TEST_F(PasswordTest, AScriptThatDoesNotEndIsKilledAndReaped) {
    for (const std::string_view body :
         {"echo $$ > \"$0.pid\"; sleep 1000", "echo $$ > \"$0.pid\"; exec >&-; exec sleep 1000"}) {
        const std::string path =
            workshop.write("endless", "#!/bin/sh\n" + std::string(body) + "\n", 0700);
        expect_failure(read_password(path, 300ms), "not done in time");
        EXPECT_FALSE(has_children());
        pid_t process = 0;
        std::ifstream(path + ".pid") >> process;
        if (process > 0) {
            EXPECT_NE(kill(process, 0), 0) << "process " << process << " is left";
        }
    }
}

TEST_F(PasswordTest, AFifoIsReadToItsEndOrToTheDeadline) {
    const std::string path = workshop.path("fifo");
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    expect_failure(read_password(path, 50ms), "Connection timed out");
    std::thread writer([&] { std::ofstream(path) << " from a fifo\n"; });
    const Result<Password> password = read_password(path);
    writer.join();
    ASSERT_TRUE(password) << password.error().message;
    EXPECT_EQ(password->bytes.reveal(), "from a fifo");
}

TEST_F(PasswordTest, WarnsOfWhatOthersCanDo) {
    const auto count = [&](std::string_view content, mode_t mode) {
        const Result<Password> password = read_password(workshop.write("p", content, mode));
        EXPECT_TRUE(password);
        return password->warnings.size();
    };
    constexpr std::string_view prints = "#!/bin/sh\necho secret\n";
    EXPECT_EQ(count("secret", 0600), 0u);
    EXPECT_EQ(count("secret", 0644), 1u);
    EXPECT_EQ(count("secret", 0606), 2u);
    EXPECT_EQ(count(prints, 0755), 0u) << "a script is not the password";
    EXPECT_EQ(count(prints, 0707), 1u);
    ASSERT_EQ(chmod(workshop.directory().c_str(), 0777), 0);
    EXPECT_EQ(count("secret", 0600), 1u);
    EXPECT_EQ(count(prints, 0700), 1u);
}

}  // namespace
}  // namespace proxmox::vault
