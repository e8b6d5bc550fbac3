// The vault as a whole: two paths in, settings or one sentence out.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "workshop.h"

namespace proxmox::vault {
namespace {

using test::sample_yaml;
using test::seal;
using test::Workshop;

class VaultTest : public testing::Test {
  protected:
    void expect_failure(const Result<Settings>& settings, std::string_view message) {
        ASSERT_FALSE(settings);
        EXPECT_EQ(settings.error().exit, Exit::credentials);
        EXPECT_NE(settings.error().remedy, "");
        EXPECT_EQ(settings.error().message, message);
    }

    Workshop workshop;
    std::string password = workshop.write("vault_pass.txt", "secret\n");
};

TEST_F(VaultTest, OpensAnEncryptedFile) {
    const std::string vault = workshop.write("vault.yml", seal(sample_yaml, "secret"));
    const Result<Settings> settings = open_vault(vault, password);
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->node, "pve");
    EXPECT_TRUE(settings->is_encrypted);
    EXPECT_TRUE(settings->warnings.empty());
}

TEST_F(VaultTest, OpensThroughASymbolicLinkToADirectory) {
    workshop.write("vault.yml", seal(sample_yaml, "secret"));
    const Workshop other;
    ASSERT_EQ(symlink(workshop.directory().c_str(), other.path("secrets").c_str()), 0);
    EXPECT_TRUE(open_vault(other.path("secrets//vault.yml"), password));
}

TEST_F(VaultTest, ReadsAPlaintextFileWithAWarningAndWithoutAPassword) {
    const std::string vault = workshop.write("vault.yml", sample_yaml);
    const Result<Settings> settings = open_vault(vault, workshop.path("none"));
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_FALSE(settings->is_encrypted);
    ASSERT_EQ(settings->warnings.size(), 1u);
    EXPECT_EQ(settings->warnings[0], vault + ": not encrypted (ansible-vault encrypt makes it so)");
}

TEST_F(VaultTest, RefusesAPlaintextFileThatOthersCouldHaveWritten) {
    const std::string vault = workshop.write("vault.yml", sample_yaml);
    const auto expect_refused = [&](const std::string& open) {
        const Result<Settings> settings = open_vault(vault, workshop.path("none"));
        ASSERT_FALSE(settings) << open;
        EXPECT_EQ(settings.error().exit, Exit::tls_identity);
        EXPECT_EQ(settings.error().message,
                  "the vault is not encrypted, and others could have written it: " + open +
                      ": other users can change it (chmod go-w makes it yours alone)");
        EXPECT_NE(settings.error().remedy.find("ansible-vault encrypt " + vault),
                  std::string::npos);
    };
    ASSERT_EQ(chmod(vault.c_str(), 0666), 0);
    expect_refused(vault);
    ASSERT_EQ(chmod(vault.c_str(), 0600), 0);
    ASSERT_EQ(chmod(workshop.directory().c_str(), 0777), 0);
    expect_refused(workshop.directory());
    // Behind a link that nobody else can change it is no better.
    const Workshop other;
    ASSERT_EQ(symlink(workshop.directory().c_str(), other.path("secrets").c_str()), 0);
    EXPECT_FALSE(open_vault(other.path("secrets/vault.yml"), workshop.path("none")));
    // What is encrypted has its own proof.
    workshop.write("vault.yml", seal(sample_yaml, "secret"), 0666);
    EXPECT_TRUE(open_vault(vault, password));
}

TEST_F(VaultTest, RefusesAPlaintextFileOfAnotherOwner) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    const std::string vault = workshop.write("vault.yml", sample_yaml);
    ASSERT_EQ(chown(vault.c_str(), 65'534, static_cast<gid_t>(-1)), 0);
    const Result<Settings> settings = open_vault(vault, workshop.path("none"));
    ASSERT_FALSE(settings);
    EXPECT_NE(settings.error().message.find("belongs to another user"), std::string::npos);
}

TEST_F(VaultTest, CollectsTheWarningsOfBothFiles) {
    const std::string vault = workshop.write("vault.yml", seal(sample_yaml, "secret"), 0644);
    ASSERT_EQ(chmod(password.c_str(), 0644), 0);
    const Result<Settings> settings = open_vault(vault, password);
    ASSERT_TRUE(settings);
    ASSERT_EQ(settings->warnings.size(), 2u);
    EXPECT_TRUE(settings->warnings[0].starts_with(vault));
    EXPECT_TRUE(settings->warnings[1].starts_with(password));
}

TEST_F(VaultTest, SaysWhichFileOrKeyIsAtFault) {
    const std::string vault = workshop.write("vault.yml", seal(sample_yaml, "other"));
    expect_failure(open_vault(vault, password),
                   vault + ": the password does not open it, or the vault was altered");
    expect_failure(open_vault(vault, workshop.path("none")),
                   "vault password file " + workshop.path("none") + ": No such file or directory");
    expect_failure(open_vault(workshop.path("none"), password),
                   workshop.path("none") + ": No such file or directory");
    workshop.write("vault.yml", seal("proxmox_node: pve\n", "secret"));
    expect_failure(open_vault(vault, password), vault + ": proxmox_api_host is missing");
    workshop.write("vault.yml", seal("", "secret"));
    expect_failure(open_vault(vault, password), vault + ": there is nothing in it");
    workshop.write("vault.yml", seal(sample_yaml, "secret").substr(0, 200));
    expect_failure(open_vault(vault, password),
                   vault + ": the vault is damaged: its body is cut short");
}

TEST_F(VaultTest, RefusesWhatIsNoRegularFileOrTooLarge) {
    const std::string fifo = workshop.path("fifo");
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    for (const std::string& path : {fifo, std::string("/dev/null"), workshop.directory()})
        expect_failure(open_vault(path, password), path + ": not a regular file");
    const std::string large = workshop.write("large", std::string(file_limit + 1, '#'));
    expect_failure(open_vault(large, password), large + ": larger than 1048576 bytes");
}

TEST_F(VaultTest, OpensTheLargestFile) {
    std::string yaml(sample_yaml);
    yaml += "# " + std::string(file_limit / 5, 'x');
    EXPECT_TRUE(open_vault(workshop.write("vault.yml", seal(yaml, "secret")), password));
    std::string plain(sample_yaml);
    plain += "#" + std::string(file_limit - plain.size() - 1, 'x');
    EXPECT_TRUE(open_vault(workshop.write("plain.yml", plain), password));
}

TEST_F(VaultTest, OpensTheCommittedFixtures) {
    for (const char* name : {"whole-1.1.yml", "labelled-1.2.yml", "inline.yml"}) {
        const Result<Settings> settings =
            open_vault(std::string(test::fixtures_directory) + "/" + name,
                       std::string(test::fixtures_directory) + "/throw-away-password.txt");
        ASSERT_TRUE(settings) << name << ": " << settings.error().message;
        EXPECT_EQ(settings->api_host, "203.0.113.10:8006");
        EXPECT_EQ(settings->token_secret.reveal(), "8f1c2d3e-0000-4000-8000-123456789abc");
    }
}

}  // namespace
}  // namespace proxmox::vault
