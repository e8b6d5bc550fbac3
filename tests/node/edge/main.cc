// range42-demo-node: a stand-in for a Proxmox VE node, for tests and rehearsals.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "edge/server.h"
#include "edge/vault_writer.h"
#include "edge/workspace.h"

namespace demo_node {

namespace {

constexpr std::string_view workspace_token = "range42@pam!devkit";

int complain(const proxmox::Error& error) {
    fmt::print(stderr, "range42-demo-node: {}\n", error.message);
    if (!error.remedy.empty()) fmt::print(stderr, "  {}\n", error.remedy);
    return static_cast<int>(error.exit);
}

Token make_workspace_token(const Options& options) {
    Token token{std::string(workspace_token),
                options.secret.empty() ? random_uuid() : options.secret, administrator()};
    if (options.no_audit)
        for (const std::string_view lacking : {"VM.Audit", "Sys.Audit"})
            token.privileges.reset(*privilege_index(lacking));
    return token;
}

proxmox::Result<Token> make_token(const ExtraToken& wanted) {
    Token token{wanted.name, wanted.secret, {}, wanted.path};
    if (wanted.privileges.empty()) token.privileges = administrator();
    for (const std::string& name : wanted.privileges) {
        const auto bit = privilege_index(name);
        if (!bit)
            return proxmox::fail(proxmox::Exit::usage,
                                 fmt::format("--token: no such privilege: '{}'", name));
        token.privileges.set(*bit);
    }
    return token;
}

void end_with_parent() {
    const pid_t parent = getppid();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    // It may have ended before the line above took hold.
    if (getppid() != parent) raise(SIGTERM);
}

proxmox::Outcome serve(const Options& options) {
    if (options.exit_with_parent) end_with_parent();
    auto identity = make_identity(options.node, options.rsa);
    if (!identity) return std::unexpected(identity.error());
    Stage stage(options);
    stage.fingerprint = identity->fingerprint;
    stage.access.tokens.push_back(make_workspace_token(options));
    for (const ExtraToken& wanted : options.tokens) {
        auto token = make_token(wanted);
        if (!token) return std::unexpected(token.error());
        // One of the same name replaces the workspace's: a test may need to know the secret before.
        if (token->name == workspace_token)
            stage.access.tokens[0] = *token;
        else
            stage.access.tokens.push_back(*token);
    }
    RequestLog log;
    if (!options.log.empty())
        if (auto opened = log.open(options.log); !opened) return opened;
    Server server(stage, identity->context.get(), log);
    const auto port = server.listen(options.port);
    if (!port) return std::unexpected(port.error());
    if (!options.workspace.empty()) {
        const WorkspaceFacts facts{options.workspace, options.node, identity->pin, *port};
        if (auto written = write_workspace(facts, stage.access.tokens[0]); !written) return written;
    }
    fmt::print("listening on 127.0.0.1:{}\n", *port);
    std::fflush(stdout);
    return server.run();
}

}  // namespace

}  // namespace demo_node

int main(int argc, char** argv) {
    using namespace demo_node;
    const auto options = read_options(std::vector<std::string>(argv + 1, argv + argc));
    if (!options) return complain(options.error());
    if (options->help) {
        fmt::print("{}", usage());
        return 0;
    }
    const auto served = serve(*options);
    return served ? 0 : complain(served.error());
}
