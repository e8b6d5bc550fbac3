// Files on a storage: how they are downloaded there, and how they are listed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "calls/download.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "calls/calls.h"
#include "http/fetch.h"
#include "http/forms.h"

namespace demo_node {

namespace {

/// A content whose files are downloaded: where they lie, and how their names end.
struct Kind {
    std::string_view content;
    std::string_view folder;
    std::string_view endings;
};
constexpr Kind kinds[] = {{"iso", "template/iso", ".iso .img"},
                          {"vztmpl", "template/cache", ".tar.gz .tar.xz .tar.zst"},
                          {"import", "import", ".ova .qcow2 .raw .vmdk"}};

std::string files_path(const std::string& node, const std::string& storage) {
    return fmt::format("/nodes/{}/storage/{}/files", node, storage);
}

const Kind* kind_of(std::string_view content) {
    const auto found = std::ranges::find(kinds, content, &Kind::content);
    return found == std::end(kinds) ? nullptr : found;
}

bool ends_rightly(std::string_view name, const Kind& kind) {
    return std::ranges::any_of(split_list(kind.endings, " "), [name](const std::string& ending) {
        return name.ends_with(ending);
    });
}

struct Download {
    Stage& stage;
    std::string files, volume, content, url, target, algorithm, checksum;

    std::string mismatch(const std::string& got) const {
        return fmt::format("checksum mismatch: got '{}' != expect '{}'", got, checksum);
    }
    Plan::Duration begin(Task& task) const {
        task.log.push_back(fmt::format("downloading {} to {}", url, target));
        const Item* there = stage.objects.find(files, volume);
        if (there == nullptr) return stage.tasks.duration_ms(task.type);
        if (checksum.empty())
            return std::unexpected(fmt::format("refusing to override existing file '{}'", target));
        const std::string got = checksum_of(there->values.get("bytes"), algorithm);
        if (got != checksum) return std::unexpected(mismatch(got) + ", aborting");
        task.log.emplace_back("OK, got correct file already, no need to download");
        return 0;
    }
    Plan::Status end(Task& task) const {
        if (stage.objects.find(files, volume) != nullptr) return "OK";
        const auto fetched = fetch(url);
        if (!fetched) return std::unexpected(fetched.error());
        const std::string got = checksum.empty() ? "" : checksum_of(*fetched, algorithm);
        if (got != checksum) return std::unexpected(mismatch(got));
        if (!checksum.empty())
            task.log.emplace_back("calculating checksum...OK, checksum verified");
        Item file{volume};
        file.values.set("content", content);
        file.values.set("bytes", *fetched);
        file.values.set_number("ctime", std::time(nullptr));
        stage.objects.at(files).push_back(std::move(file));
        task.log.push_back(fmt::format("download of '{}' to '{}' finished", url, target));
        return "OK";
    }
};

}  // namespace

Answer storage_download(Call& call) {
    const std::string name = call.parameters.text("storage");
    const Item* storage = call.stage.objects.find(std::string(storages_path), name);
    if (!storage) return die(fmt::format("storage '{}' does not exist", name));
    const std::string content = call.parameters.text("content");
    const std::string file = call.parameters.text("filename");
    const Kind& kind = *kind_of(content);
    const std::vector<std::string> held = split_list(storage->values.get("content"));
    if (std::ranges::find(held, content) == held.end())
        return die(
            fmt::format("storage '{}' is not configured for content-type '{}'", name, content));
    if (!ends_rightly(file, kind)) return refuse_parameter("filename", "wrong file extension");
    std::string folder(kind.folder);
    const Download download{
        .stage = call.stage,
        .files = files_path(call.node(), name),
        .volume = fmt::format("{}:{}/{}", name, content, file),
        .content = content,
        .url = call.parameters.text("url"),
        .target = fmt::format("{}/{}/{}", storage->values.get("path"), folder, file),
        .algorithm = call.parameters.text("checksum-algorithm"),
        .checksum = call.parameters.text("checksum")};
    Plan plan;
    plan.id = file;
    plan.takes_lock = false;
    plan.begin = [download](Task& task) { return download.begin(task); };
    plan.end = [download](Task& task) { return download.end(task); };
    return begin_task(call, "download", std::move(plan));
}

std::vector<std::string> file_rows(Call& call, const std::string& storage) {
    const std::string wanted = call.parameters.text("content");
    std::vector<std::string> rows;
    if (call.parameters.has("vmid")) return rows;
    for (const Item& file : call.stage.objects.look(files_path(call.node(), storage))) {
        const std::string_view content = file.values.get("content");
        if (!wanted.empty() && wanted != content) continue;
        JsonObject row;
        row.text("volid", file.key).text("content", content);
        row.text("format", content == "iso" ? "iso" : file.key.substr(file.key.rfind('.') + 1));
        row.raw("ctime", file.values.get("ctime"));
        rows.push_back(row.number("size", file.values.get("bytes").size()).str(call.stage.random));
    }
    return rows;
}

}  // namespace demo_node
