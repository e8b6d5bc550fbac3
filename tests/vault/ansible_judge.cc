// The judgement of the installed ansible: its interpreter found, its verdicts collected.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible_judge.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <map>

#include "envelope.h"
#include "open.h"

namespace proxmox::vault::test {
namespace {

std::string trimmed(std::string_view text) { return std::string(strip_whitespace(text)); }

}  // namespace

std::string our_verdict(std::string_view text, std::string_view password) {
    const Result<Envelope> envelope = parse_envelope(text);
    if (!envelope) return "error";
    const Result<Secret> opened = open_envelope(*envelope, password);
    return opened ? "ok " + hexlify(opened->reveal()) : "error";
}

void DifferentialTest::SetUp() {
    const std::string command = trimmed(output_of("sh -c 'command -v ansible-vault'"));
    if (command.empty()) GTEST_SKIP() << "ansible-vault is not installed";
    std::ifstream script(command);
    std::string line;
    std::getline(script, line);
    ASSERT_TRUE(line.starts_with("#!")) << command << " does not name its interpreter";
    python_ = trimmed(line.substr(2));
}

std::string DifferentialTest::add(std::string_view content, mode_t mode, std::string_view suffix) {
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), "%05zu", names_.size());
    names_.push_back(number.data() + std::string(suffix));
    return cases_.write(names_.back(), content, mode);
}

std::vector<std::string> DifferentialTest::judge(const std::string& mode) {
    std::map<std::string, std::string> by_name;
    const std::string output =
        output_of(python_ + " " + std::string(oracle_path) + " " + mode + " " + cases_.directory());
    for (std::size_t start = 0; start < output.size();) {
        const std::size_t end = output.find('\n', start);
        const std::string line = output.substr(start, end - start);
        by_name[line.substr(0, line.find(' '))] = line.substr(line.find(' ') + 1);
        start = end + 1;
    }
    std::vector<std::string> verdicts;
    for (const std::string& name : names_) verdicts.push_back(by_name[name]);
    EXPECT_EQ(by_name.size(), names_.size()) << "ansible judges every case";
    return verdicts;
}

std::string DifferentialTest::output_of(const std::string& command, int* status) const {
    const std::string apart =
        "env -u ANSIBLE_CONFIG -u ANSIBLE_VAULT_PASSWORD_FILE -u ANSIBLE_VAULT_IDENTITY_LIST "
        "LC_ALL=C.UTF-8 ANSIBLE_HOME=" +
        workshop.path("home") + " ";
    FILE* pipe = popen((apart + command + " 2>/dev/null </dev/null").c_str(), "r");
    std::string output;
    if (!pipe) return output;
    std::array<char, 4096> buffer;
    while (const std::size_t size = fread(buffer.data(), 1, buffer.size(), pipe))
        output.append(buffer.data(), size);
    const int ended = pclose(pipe);
    if (status) *status = ended;
    return output;
}

}  // namespace proxmox::vault::test
