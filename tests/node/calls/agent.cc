// Calls to the agent in a guest: pretended, since there is no guest; nothing is ever run.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "calls/calls.h"

namespace demo_node {

namespace {

constexpr std::size_t mac_size = 17;
/// What pveproxy says of a daemon that has not answered to the end.
constexpr int broken_by_worker = 596;

std::chrono::milliseconds running_for(const Guest& guest) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - guest.started);
}

bool is_enabled(const Config& config) {
    const std::string agent(config.get("agent"));
    return agent.starts_with("1") || agent.find("enabled=1") != std::string::npos;
}

/// Why the agent does not answer, in the words of PVE::QemuServer::Agent; empty when it does.
std::string trouble(const Call& call) {
    const Guest* guest = call.guest();
    if (!guest) return no_config_file(call);
    if (!is_enabled(guest->config)) return "No QEMU guest agent configured";
    if (!guest->running) return fmt::format("VM {} is not running", guest->id);
    if (running_for(*guest).count() < call.stage.options.agent_delay_ms)
        return "QEMU guest agent is not running";
    return {};
}

std::string mac_of_card(const Guest& guest) {
    const std::string net(guest.config.get("net0"));
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
std::string address_of(const Guest& guest) {
    return address(fmt::format("198.18.{}.{}", guest.id / 256 % 256, guest.id % 256), 16);
}

/// What comes from a guest is shown byte by byte: each one is a character of its own.
std::string as_characters(std::string_view bytes) {
    constexpr unsigned char first_of_two = 0x80, lead = 0xC0, follow = 0x80, low_bits = 0x3F;
    std::string text;
    for (const char sign : bytes) {
        const auto byte = static_cast<unsigned char>(sign);
        if (byte < first_of_two) {
            text += sign;
        } else {
            text += static_cast<char>(lead | byte >> 6);
            text += static_cast<char>(follow | (byte & low_bits));
        }
    }
    return text;
}

std::optional<std::string> from_base64(std::string text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string bytes(text.size() / 4 * 3, '\0');
    if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(text.data()),
                        static_cast<int>(text.size())) < 0)
        return std::nullopt;
    for (; text.ends_with('='); text.pop_back()) bytes.pop_back();
    return bytes;
}

}  // namespace

Answer agent_ping(Call& call) {
    if (const std::string text = trouble(call); !text.empty()) return die(text);
    return success(R"({"result":{}})");
}

Answer agent_interfaces(Call& call) {
    if (const std::string text = trouble(call); !text.empty()) return die(text);
    const Guest& guest = *call.guest();
    const Options& options = call.stage.options;
    const bool has_address =
        running_for(guest).count() >= options.agent_delay_ms + options.address_delay_ms;
    const std::string local = address("fe80::be24:11ff:fe00:64", 64, 6);
    const std::string own = has_address ? address_of(guest) : address("169.254.7.7", 16);
    return success(fmt::format(
        R"({{"result":[{},{},{},{}]}})",
        interface("lo", "00:00:00:00:00:00",
                  address("127.0.0.1", 8) + ',' + address("::1", 128, 6)),
        interface("docker0", "02:42:5e:1f:aa:01", address("172.17.0.1", 16)),
        interface("eth0", mac_of_card(guest), local + ',' + own),
        interface("veth7d1c", "ba:5e:ba:11:00:01", address("fe80::b85e:baff:fe11:1", 64, 6))));
}

Answer agent_exec(Call& call) {
    if (const std::string text = trouble(call); !text.empty()) return die(text);
    std::vector<std::string> words = call.parameters.words("command");
    const auto process =
        call.guest()->agent.run(std::move(words), call.parameters.text("input-data"));
    // The agent's words have typographic quotes, of which the daemon's worker dies.
    if (!process) return silent_failure(broken_by_worker, "Broken pipe");
    return success(fmt::format(R"({{"pid":{}}})", *process));
}

Answer agent_exec_status(Call& call) {
    if (const std::string text = trouble(call); !text.empty()) return die(text);
    Agent& agent = call.guest()->agent;
    const long process = call.parameters.number("pid");
    AgentProgram* const found = agent.look(process);
    if (!found) return die(fmt::format("Agent error: PID {} does not exist", process));
    if (!std::exchange(found->was_looked_at, true) || found->ends > Clock::now())
        return success(R"({"exited":0})");
    const AgentProgram program = std::move(*found);
    agent.forget(process);
    std::string end = program.signal == 0 ? fmt::format(R"("exitcode":{})", program.status)
                                          : fmt::format(R"("signal":{})", program.signal);
    if (!program.output.empty())
        end += fmt::format(R"(,"out-data":{})", quoted(as_characters(program.output)));
    if (!program.errors.empty())
        end += fmt::format(R"(,"err-data":{})", quoted(as_characters(program.errors)));
    return success(fmt::format(R"({{"exited":1,{}}})", end));
}

Answer agent_file_write(Call& call) {
    if (const std::string text = trouble(call); !text.empty()) return die(text);
    std::string content = call.parameters.text("content");
    if (call.parameters.text("encode", "1") == "0") {
        auto decoded = from_base64(content);
        if (!decoded) return die("Agent error: Invalid parameter type for 'buf-b64'");
        content = std::move(*decoded);
    }
    call.guest()->agent.write(call.parameters.text("file"), std::move(content));
    return success("null");
}

Answer agent_file_read(Call& call) {
    if (const std::string text = trouble(call); !text.empty()) return die(text);
    const std::string name = call.parameters.text("file");
    const std::string* const content = call.guest()->agent.read(name);
    if (!content)
        return die(
            fmt::format("Agent error: failed to open file '{}' (mode: 'r'): No such file "
                        "or directory",
                        name));
    return success(fmt::format(R"({{"content":{}}})", quoted(as_characters(*content))));
}

}  // namespace demo_node
