// Calls to the agent in a guest: pretended, since there is no guest; nothing is ever run.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "calls.h"

namespace demo_node {

namespace {

constexpr std::size_t mac_size = 17;

std::chrono::milliseconds running_for(const Vm& vm) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - vm.started);
}

bool is_enabled(const Config& config) {
    const std::string agent(config.get("agent"));
    return agent.starts_with("1") || agent.find("enabled=1") != std::string::npos;
}

/// Why the agent does not answer, in the words of PVE::QemuServer::Agent; empty when it does.
std::string trouble(const Call& call) {
    const Vm* vm = call.vm();
    if (!vm) return no_config_file(call);
    if (!is_enabled(vm->config)) return "No QEMU guest agent configured";
    if (!vm->running) return fmt::format("VM {} is not running", vm->id);
    if (running_for(*vm).count() < call.stage.options.agent_delay_ms)
        return "QEMU guest agent is not running";
    return {};
}

std::string mac_of_card(const Vm& vm) {
    const std::string net(vm.config.get("net0"));
    const std::size_t equals = net.find('=');
    if (equals == std::string::npos || net.size() < equals + 1 + mac_size) return {};
    std::string mac = net.substr(equals + 1, mac_size);
    std::ranges::transform(mac, mac.begin(), [](char byte) {
        return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
    });
    return mac;
}

std::string interface(std::string_view name, std::string_view mac, std::string_view addresses) {
    return fmt::format(R"({{"name":"{}","hardware-address":"{}","ip-addresses":[{}]}})", name, mac,
                       addresses);
}

std::string address(std::string_view text, int prefix, int version = 4) {
    return fmt::format(R"({{"ip-address":"{}","ip-address-type":"ipv{}","prefix":{}}})", text,
                       version, prefix);
}

/// From the range for benchmarks, so that it is nobody's: 198.18.0.100 for VM 100.
std::string address_of(const Vm& vm) {
    return address(fmt::format("198.18.{}.{}", vm.id / 256 % 256, vm.id % 256), 16);
}

}  // namespace

Answer agent_ping(Call& call) {
    if (const std::string text = trouble(call); !text.empty()) return die(text);
    return success(R"({"result":{}})");
}

Answer agent_interfaces(Call& call) {
    if (const std::string text = trouble(call); !text.empty()) return die(text);
    const Vm& vm = *call.vm();
    const Options& options = call.stage.options;
    const bool has_address =
        running_for(vm).count() >= options.agent_delay_ms + options.address_delay_ms;
    const std::string local = address("fe80::be24:11ff:fe00:64", 64, 6);
    const std::string own = has_address ? address_of(vm) : address("169.254.7.7", 16);
    return success(fmt::format(
        R"({{"result":[{},{},{},{}]}})",
        interface("lo", "00:00:00:00:00:00",
                  address("127.0.0.1", 8) + ',' + address("::1", 128, 6)),
        interface("docker0", "02:42:5e:1f:aa:01", address("172.17.0.1", 16)),
        interface("eth0", mac_of_card(vm), local + ',' + own),
        interface("veth7d1c", "ba:5e:ba:11:00:01", address("fe80::b85e:baff:fe11:1", 64, 6))));
}

Answer agent_exec(Call& call) {
    if (const std::string text = trouble(call); !text.empty()) return die(text);
    Vm& vm = *call.vm();
    vm.agent_runs.push_back(call.parameters.words("command"));
    vm.agent_input = call.parameters.text("input-data");
    return success(fmt::format(R"({{"pid":{}}})", vm.agent_runs.size()));
}

/// It ends at the second look. Its output is what it was given: words as lines, then the input.
Answer agent_exec_status(Call& call) {
    if (const std::string text = trouble(call); !text.empty()) return die(text);
    Vm& vm = *call.vm();
    const long pid = call.parameters.number("pid");
    if (pid < 1 || pid > static_cast<long>(vm.agent_runs.size()))
        return die(fmt::format("Agent error: PID {} does not exist", pid));
    if (std::exchange(vm.agent_looked_at, pid) != pid) return success(R"({"exited":0})");
    const std::vector<std::string>& words = vm.agent_runs[static_cast<std::size_t>(pid - 1)];
    std::string output;
    for (const std::string& word : words) output += word + '\n';
    output += vm.agent_input;
    const int status = !words.empty() && words[0] == "false" ? 1 : 0;
    return success(
        fmt::format(R"({{"exited":1,"exitcode":{},"out-data":{}}})", status, quoted(output)));
}

Answer agent_file_write(Call& call) {
    if (const std::string text = trouble(call); !text.empty()) return die(text);
    return success("null");
}

}  // namespace demo_node
