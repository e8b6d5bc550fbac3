// Turn virtual machines into templates; what is one already is left as it is.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: it has a way of its own.
#include "factory/templates.h"
#include "tool/ways.h"
using namespace proxmox;

constexpr Change conversion{.method = Method::post,
                            .path = "{guest}/template",
                            .tasks = {"template"},
                            .proof = {"{guest}/config", shows_template}};

constexpr Reading nothing_read{};

Way<Printed> convert_there(Line& line) {
    const Finding config =
        co_await see_unlocked(line, "{guest}/config", std::string(line.record["vm_id"]));
    if (config.data()["template"].integer() == 1) {
        line.note(line.subject() + " is a template already");
        co_return Printed{};
    }
    Made made = co_await make_unlocked(line, conversion);
    co_return co_await finish(line, std::move(made), conversion, nothing_read);
}

Way<Printed> convert(Line& line) { return where_it_is(line, convert_there); }

constexpr Tool convert_to_template{
    .name = "proxmox_template.convert_to_template",
    .action = "template_convert_vm_to_template",
    .summary = "turn virtual machines into templates",
    .example = "echo 9001 | proxmox_template.convert_to_template",
    .lines = {.keys = {{"vm_id", Type::vm_id, required},
                       {"proxmox_node", Type::node},
                       {"proxmox_storage"}}},
    .own = {.way = convert,
            .acts = true,
            .requests = {{Method::get, "{guest}/config"}, {Method::post, "{guest}/template"}}},
    .wait = 600s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")},
                           {"proxmox_storage", text("{proxmox_storage}"), ""},
                           {"status", "", R"("template created")"}}},
    .words = {"POST template", "task {upid} still running after {wait}s"},
    .needs = {{"VM.Allocate"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(convert_to_template, argc, argv); }
