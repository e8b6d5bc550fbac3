// Fuzzes what becomes part of a URL: a value stays one segment, a task id keeps to its grammar.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "line/expand.h"
#include "line/grammar.h"
#include "target.h"

using namespace proxmox;

namespace {

constexpr std::string_view path_template =
    "/nodes/{proxmox_node}/qemu/{vm_id}/snapshot/{x}/rollback";

bool is_url_byte(char byte) {
    return std::isalnum(static_cast<unsigned char>(byte)) != 0 ||
           std::string_view("._~-%/").find(byte) != std::string_view::npos;
}

void check_upid(std::string_view text) {
    const auto upid = parse_upid(text);
    if (!upid) return;
    for (const std::string_view part : {upid->node, upid->type, upid->id, upid->user})
        fuzz::must(part.find_first_of("/: \n") == std::string_view::npos);
    fuzz::must(is_node_name(upid->node));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    check_upid(text);
    const std::string encoded = percent_encode(text);
    fuzz::must(std::ranges::all_of(encoded, is_url_byte) && !encoded.contains('/'));
    Record record;
    record.set("proxmox_node", "px");
    record.set("vm_id", "100");
    record.set("x", text);
    const auto path = expand_path(path_template, record);
    if (!path) return 0;
    fuzz::must(std::ranges::count(*path, '/') == std::ranges::count(path_template, '/'));
    fuzz::must(std::ranges::all_of(*path, is_url_byte));
    fuzz::must(!path->contains("/../") && !path->contains("/./") && !path->contains("//"));
    return 0;
}
