// Fuzzes the line protocol: what is accepted holds only ids that may come near a URL.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/escape.h"
#include "json/json.h"
#include "line/grammar.h"
#include "line/record.h"
#include "target.h"

using namespace proxmox;

namespace {

constexpr Input inputs[]{{"vm_id", Type::vm_id, required},
                         {"proxmox_node", Type::node},
                         {"vm_snapshot_name", Type::snapshot_name},
                         {"vm_snapshot_description"}};

bool is_printable(std::string_view text) {
    for (const char byte : text)
        if (static_cast<unsigned char>(byte) < ' ' || byte == 0x7f) return false;
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    const InputLine line{.number = 1,
                         .text = std::string(text),
                         .too_long = false,
                         .has_newline = text.size() % 2 == 0};
    fuzz::must(is_printable(escape(text)));
    const auto record = parse_record(line, inputs);
    if (!record || !*record) return 0;
    const Record& taken = **record;
    fuzz::must(is_vm_id(taken["vm_id"]));
    fuzz::must(!taken.has("proxmox_node") || is_node_name(taken["proxmox_node"]));
    fuzz::must(!taken.has("vm_snapshot_name") || is_snapshot_name(taken["vm_snapshot_name"]));
    std::string written;
    json::write_string(written, taken["vm_snapshot_description"]);
    const auto read_back = json::Document::parse(R"({"data":)" + written + '}');
    fuzz::must(read_back && read_back->root()["data"].text() == taken["vm_snapshot_description"]);
    return 0;
}
