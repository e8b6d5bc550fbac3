// What deployments compare and compose: cards, sizes, checksums, addresses, marks, differences.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "factory/cloud_init.h"
#include "factory/configuration.h"
#include "factory/differences.h"
#include "factory/disk.h"
#include "factory/download.h"
#include "factory/mark.h"
#include "factory/network_card.h"

namespace proxmox {
namespace {

const std::string sum(64, 'a');
const std::string other(64, 'b');

TEST(Checksums, AreFoundInEachFormOfList) {
    EXPECT_EQ(checksum_in(sum + "  a.img\n" + other + "  b.img\n", "b.img", 64), other);
    EXPECT_EQ(checksum_in(sum + " *a.img\r\n" + other + " *b.img\r\n", "a.img", 64), sum);
    EXPECT_EQ(checksum_in("SHA256 (a.img) = " + sum + "\n", "a.img", 64), sum);
    EXPECT_EQ(checksum_in(sum + "  ./iso/a.img", "a.img", 64), sum);
    EXPECT_EQ(checksum_in(sum + "\n", "a.img", 64), sum);
}

TEST(Checksums, AreNotThoseOfAnotherFile) {
    EXPECT_EQ(checksum_in(sum + "  xa.img\n" + other + "  a.img.gz\n", "a.img", 64), "");
    EXPECT_EQ(checksum_in(sum + "  b.img\n", "a.img", 64), "");
    EXPECT_EQ(checksum_in(sum + "\n" + other + "\n", "a.img", 64), "");
    EXPECT_EQ(checksum_in(sum + "  a.img\n", "a.img", 128), "");
    EXPECT_EQ(checksum_in("<html>a.img</html>", "a.img", 64), "");
}

TEST(Sizes, HaveUnits) {
    EXPECT_EQ(kibibytes_of("16g"), 16 << 20);
    EXPECT_EQ(kibibytes_of("16"), 16 << 20);
    EXPECT_EQ(kibibytes_of("512M"), 512 << 10);
    EXPECT_EQ(kibibytes_of("528K"), 528);
    EXPECT_EQ(kibibytes_of("1T"), 1LL << 30);
    for (const std::string_view bad : {"", "g", "0", "-1", "1.5G", "12345678901", "16gb"})
        EXPECT_FALSE(kibibytes_of(bad)) << bad;
}

TEST(NetworkCards, KeepWhatIsNotNamed) {
    NetworkCard card("virtio=BC:24:11:00:00:64,bridge=vmbr0,firewall=1");
    EXPECT_TRUE(card.set("bridge", "net98"));
    EXPECT_EQ(card.text(), "virtio=BC:24:11:00:00:64,bridge=net98,firewall=1");
    EXPECT_TRUE(card.set("firewall", ""));
    EXPECT_TRUE(card.set("mac", "bc:24:11:00:00:65"));
    EXPECT_EQ(card.text(), "virtio=BC:24:11:00:00:65,bridge=net98");
    EXPECT_FALSE(card.set("bridge", "a,tag=7"));
    EXPECT_FALSE(card.set("a=b", "1"));
    EXPECT_EQ(NetworkCard("virtio=AA,tag=5,bridge=b"), NetworkCard("virtio=aa,bridge=b,tag=5"));
}

TEST(Addresses, AreComposedOrTakenAsTheyAre) {
    Record record;
    EXPECT_EQ(ip_config_of(record).value(), "");
    record.set("vm_ci_netmask", "24");
    EXPECT_EQ(ip_config_of(record).value(), "");
    record.set("vm_ci_ip", "10.0.0.2");
    EXPECT_EQ(ip_config_of(record).value(), "ip=10.0.0.2/24");
    record.set("vm_ci_ip_gw", "10.0.0.1");
    EXPECT_EQ(ip_config_of(record).value(), "ip=10.0.0.2/24,gw=10.0.0.1");
    record.set("vm_ci_ip_gw", "10.0.0.1,ip6=auto");
    EXPECT_FALSE(ip_config_of(record));
    record.set("vm_ci_ip", "ip=dhcp");
    EXPECT_EQ(ip_config_of(record).value(), "ip=dhcp");
}

TEST(Marks, AreWholeLines) {
    const std::string mark = "range42-fastpath 11111111-2222-4333-8444-555555555555";
    EXPECT_EQ(marks_in("notes\n" + mark), mark + '\n');
    EXPECT_EQ(marks_in("see " + mark), "");
    EXPECT_EQ(marks_in(mark + "0"), "");
    EXPECT_EQ(marks_in("range42-fastpath x"), "");
}

/// What is sent to a machine with this configuration for a record with these keys.
std::string sent(std::string_view config,
                 std::initializer_list<std::pair<std::string_view, std::string_view>> wanted) {
    Record record;
    record.set("vm_id", "100");
    for (const auto& [key, value] : wanted) record.set(key, value);
    std::string text(config);
    const auto document = json::Document::parse(text);
    const auto composed = compose_configuration(document->root(), record, {});
    return composed ? std::string(record["vm_changes"]) : "refused: " + composed.error().message;
}

TEST(Differences, AreNoneWhereTheSameIsSaidInAnotherWay) {
    EXPECT_EQ(sent(R"({"tags":"admin;web"})", {{"vm_tags", "Web,admin"}}), "");
    EXPECT_EQ(sent(R"({"memory":"current=2048"})", {{"vm_memory", "2048"}}), "");
    EXPECT_EQ(sent(R"({"description":"a\nb\n"})", {{"vm_description", "a\nb"}}), "");
    EXPECT_EQ(sent(R"({"net0":"virtio=AA:BB,tag=5,bridge=x"})",
                   {{"vm_cards_wanted", R"({"net0":{"tag":5,"bridge":"x","firewall":false}})"}}),
              "");
    EXPECT_EQ(sent(R"({"net0":"virtio=AA:BB,bridge=x"})",
                   {{"vm_cards_wanted", R"({"net0":"model=virtio,bridge=x"})"}}),
              "");
    EXPECT_EQ(sent(R"({"sshkeys":"ssh-rsa%20A%2fB%0A"})", {{"vm_ci_ssh_keys", "ssh-rsa A/B"}}), "");
    EXPECT_EQ(sent(R"({"ipconfig0":"gw=1.1.1.1,ip=1.1.1.2/24"})",
                   {{"vm_ci_ip", "ip=1.1.1.2/24,gw=1.1.1.1"}}),
              "");
    EXPECT_EQ(
        sent(R"({"nameserver":"1.1.1.1 9.9.9.9"})", {{"vm_ci_nameserver", "1.1.1.1,9.9.9.9"}}), "");
    EXPECT_EQ(sent(R"({"cipassword":"**********"})", {{"vm_ci_password", "x"}}), "");
}

TEST(Differences, AreSentWithTheDigest) {
    EXPECT_EQ(sent(R"({"digest":"abc","cores":1})", {{"vm_cores", "2"}}),
              R"({"cores":"2","digest":"abc"})");
    EXPECT_EQ(sent(R"({"digest":"abc","cores":2})", {{"vm_cores", "2"}}), "");
    EXPECT_EQ(sent(R"({"ide2":"local:1/vm-1-cloudinit.qcow2,media=cdrom",
                       "cipassword":"**********"})",
                   {{"vm_ci_password", "x"}, {"vm_set_password", "1"}}),
              R"({"cipassword":"x"})");
}

TEST(Differences, AreRefusedWhereTheMachineIsAnother) {
    EXPECT_NE(sent(R"({"name":"a"})", {{"vm_name", "b"}}).find("another machine"),
              std::string::npos);
    EXPECT_NE(sent(R"({"name":"a"})", {{"vm_ci_user", "b"}}).find("no cloud-init drive"),
              std::string::npos);
}

}  // namespace
}  // namespace proxmox
