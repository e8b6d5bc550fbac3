// Known keys from the command line: what is stored, and what the server shows.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "api/checks.h"
#include "api/config.h"
#include "api/http.h"
#include "base/escape.h"
#include "base/shell.h"
#include "edge/edge.h"
#include "json/json.h"
#include "setting_grammar.h"
#include "trust/openssl_start.h"
#include "trust/trust.h"

namespace proxmox {
namespace {

/// What is known of one server, and what it shows now.
struct Sight {
    std::string server;
    std::string known;
    std::string seen;
};

std::string line_of(const Sight& sight, std::string_view state) {
    std::string line = R"({"action":"api_trust","known_key":)";
    json::write_string(line, sight.known);
    line += R"(,"presented_key":)";
    json::write_string(line, sight.seen);
    line += R"(,"server":)";
    json::write_string(line, escape(sight.server));
    return line + fmt::format(",\"trust\":\"{}\"}}\n", state);
}

/// Shakes hands with a judge that refuses every key: no byte of a request can follow.
Result<std::string> key_shown_by(const std::string& host_and_port) {
    Trust judge({.mode = TrustMode::pin, .pins = {}, .authority_file = {}, .server_name = {}},
                host_and_port, {});
    const auto patience = patience_of_environment();
    if (!patience) return std::unexpected(patience.error());
    auto transfers = Transfers::open({host_and_port, {}}, judge, [](std::string_view) {});
    if (!transfers) return std::unexpected(transfers.error());
    (*transfers)->start({.path = "/version", .limit = std::min(read_limit, *patience)});
    std::vector<Finished> finished;
    while (finished.empty()) {
        if (const auto waited = (*transfers)->wait(read_limit, {}); !waited)
            return std::unexpected(waited.error());
        finished = (*transfers)->take_finished();
    }
    if (!judge.seen_pin().empty()) return judge.seen_pin();
    const Check check = check_answer(understand_status(finished.front().answer), host_and_port, {});
    return fail(Exit::unreachable, check.finding, check.remedy);
}

Result<std::string> key_known_for(const std::string& server, const std::string& path) {
    const auto known = read_known_keys(path);
    if (!known) return std::unexpected(known.error());
    for (const KnownKey& key : *known)
        if (server_name_of(key.server) == server) return key.pin;
    return std::string{};
}

/// One run of the tool.
class KeyKeeper {
  public:
    explicit KeyKeeper(Output& output) : output_(output) {}

    Result<Exit> list();
    Result<Exit> show(const std::string& host_and_port);
    Result<Exit> add(const std::string& host_and_port);
    Result<Exit> replace(const std::string& host_and_port);
    Result<Exit> remove(const std::string& host_and_port);

  private:
    Result<Sight> look(const std::string& host_and_port);

    Output& output_;
    std::string path_ = known_keys_path();
};

Result<Sight> KeyKeeper::look(const std::string& host_and_port) {
    Sight sight{.server = server_name_of(host_and_port), .known = {}, .seen = {}};
    auto known = key_known_for(sight.server, path_);
    if (!known) return std::unexpected(known.error());
    auto seen = key_shown_by(host_and_port);
    if (!seen) return std::unexpected(seen.error());
    sight.known = std::move(*known);
    sight.seen = std::move(*seen);
    return sight;
}

Result<Exit> KeyKeeper::list() {
    const auto known = read_known_keys(path_);
    if (!known) return std::unexpected(known.error());
    for (const KnownKey& key : *known)
        output_.put(line_of({.server = key.server, .known = key.pin, .seen = {}}, "stored"));
    return Exit::ok;
}

Result<Exit> KeyKeeper::show(const std::string& host_and_port) {
    const auto sight = look(host_and_port);
    if (!sight) return std::unexpected(sight.error());
    const bool is_known = sight->known == sight->seen;
    output_.put(line_of(*sight, is_known ? "known" : sight->known.empty() ? "unknown" : "changed"));
    return is_known ? Exit::ok : Exit::tls_identity;
}

Result<Exit> KeyKeeper::add(const std::string& host_and_port) {
    auto sight = look(host_and_port);
    if (!sight) return std::unexpected(sight.error());
    const auto meeting = add_known_key(path_, {sight->server, sight->seen, today()});
    if (!meeting) return std::unexpected(meeting.error());
    if (!meeting->trouble.empty())
        return fail(Exit::tls_identity, "the key is not stored: " + meeting->trouble);
    sight->known = meeting->key.pin;
    if (sight->known != sight->seen)
        return fail(Exit::tls_identity,
                    fmt::format("{} is known with the key {} and shows {}", sight->server,
                                sight->known, sight->seen),
                    fmt::format("to trust the new one, run: proxmox_api.trust {} --replace",
                                shell_word(sight->server)));
    output_.put(line_of(*sight, "known"));
    return Exit::ok;
}

Result<Exit> KeyKeeper::replace(const std::string& host_and_port) {
    auto sight = look(host_and_port);
    if (!sight) return std::unexpected(sight.error());
    const auto replaced = replace_known_key(path_, {sight->server, sight->seen, today()});
    if (!replaced) return std::unexpected(replaced.error());
    sight->known = sight->seen;
    output_.put(line_of(*sight, "known"));
    return Exit::ok;
}

Result<Exit> KeyKeeper::remove(const std::string& host_and_port) {
    const std::string server = server_name_of(host_and_port);
    const auto removed = replace_known_key(path_, {server, {}, {}});
    if (!removed) return std::unexpected(removed.error());
    if (*removed == 0)
        return fail(Exit::line_failed, fmt::format("no key is known for {}", server));
    return Exit::ok;
}

Result<Exit> keep(const Tool& tool, const Options& options, Output& output) {
    KeyKeeper keeper(output);
    if (options.operands.empty() && options.choice.empty()) return keeper.list();
    const std::string server = options.operands.empty() ? "" : options.operands.front();
    if (!vault::is_api_host(server))
        return fail(Exit::usage,
                    fmt::format("not {}: {}", tool.operands.called,
                                server.empty() ? "nothing is named" : escape(server)),
                    fmt::format("see {} --help", tool.name));
    if (!start_openssl()) return fail(Exit::unreachable, "cannot start OpenSSL: out of memory");
    if (options.choice == "--add") return keeper.add(server);
    if (options.choice == "--replace") return keeper.replace(server);
    if (options.choice == "--remove") return keeper.remove(server);
    return keeper.show(server);
}

}  // namespace

int keep_keys(const Tool& tool, int argc, char** argv) { return run_work(tool, argc, argv, keep); }

}  // namespace proxmox
