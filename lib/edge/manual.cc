// What a tool tells of itself to other programs, made from its Tool.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/manual.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/privileges.h"
#include "edge/arguments.h"
#include "edge/exit_texts.h"
#include "line/grammar.h"
#include "version.h"
#include "version_date.h"

namespace proxmox {
namespace {

/// Text that roff prints as it stands, and that can be copied from the page.
std::string roff(std::string_view text) {
    std::string out;
    if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
    for (const char byte : text) {
        if (byte == '\\')
            out += "\\e";
        else if (byte == '-')
            out += "\\-";
        else if (byte == '\'')
            out += "\\(aq";
        else
            out += byte;
    }
    return out;
}

std::string upper_case(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char byte) {
        return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : byte;
    });
    return out;
}

std::string head_of(const Tool& tool) {
    std::string synopsis = tool.prints.filter.empty() ? "" : "[\\fIFILTER\\fR] ";
    if (!tool.operands.called.empty())
        synopsis += fmt::format("[\\fI{}\\fR] ", roff(tool.operands.called));
    synopsis += "[\\fIOPTION\\fR]...";
    if (has_keys(tool) || !tool.lines.described.empty()) synopsis += " < \\fIlines\\fR";
    return fmt::format(
        ".TH {} 1 \"{}\" \"range42\\-fastpath {}\" \"Proxmox VE tools\"\n"
        ".SH NAME\n{} \\- {}\n"
        ".SH SYNOPSIS\n\\fB{}\\fR {}\n",
        upper_case(tool.name), version_date, roff(version), roff(tool.name), roff(tool.summary),
        roff(tool.name), synopsis);
}

std::string description_part(const Tool& tool) {
    std::string requests;
    for (const auto& [method, path] : requests_of(tool))
        requests += fmt::format("{} {}\n", name_of(method), roff(path));
    std::string text = ".SH DESCRIPTION\n";
    if (!tool.lines.described.empty())
        return text + fmt::format("Each line is {}.\n", tool.lines.described);
    if (!requests.empty())
        text += fmt::format(
            "For each line these requests go to the Proxmox VE API:\n.PP\n.nf\n"
            "{}.fi\n",
            requests);
    if (tool.wait.count() > 0)
        text += fmt::format("{}Each task is waited for, up to {} s.\n",
                            requests.empty() ? "" : ".PP\n", tool.wait.count());
    const std::vector<Input> inputs = keys_of(tool.lines);
    if (inputs.empty())
        return text + (requests.empty() ? "" : ".PP\n") + "Standard input is not read.\n";
    text += fmt::format(
        ".SH INPUT\nEach line is {} or a JSON object with these keys; "
        "others are ignored, or carried on with \\fB\\-\\-carry\\fR and in lines of a plan.\n",
        name_of(inputs.front().type));
    for (const Input& input : inputs)
        if (input.key != whole_line)
            text += fmt::format(".TP\n\\fB{}\\fR\n{}{}\n", roff(input.key), name_of(input.type),
                                input.presence == Presence::required ? "" : ", optional");
    return text;
}

std::string output_part(const Tool& tool) {
    if ((tool.prints.columns.size() == 0)) return {};
    std::string text =
        ".SH OUTPUT\nOne compact JSON object a line, in the order of the input, with "
        "\\fBaction\\fR (\\(dq";
    text += fmt::format("{}\\(dq), \\fBproxmox_node\\fR, \\fBsource\\fR and:\n", tool.action);
    for (const Column& column : tool.prints.columns)
        text += fmt::format(
            ".TP\n\\fB{}\\fR\n{}\n", roff(column.key),
            column.source.is_of_line()
                ? "of the line"
                : fmt::format("the field \\fI{}\\fR of the answer", roff(column.source.what)));
    return text;
}

std::string options_part(const Tool& tool) {
    std::string text = ".SH OPTIONS\n";
    for (const Choice& term : tool.operands.terms)
        text += fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(term.name), roff(term.meaning));
    if (!tool.prints.filter.empty())
        text += fmt::format(
            ".TP\n\\fIFILTER\\fR\nregular expression on {}, upper and lower case "
            "alike\n",
            roff(tool.prints.filter));
    for (const OptionText& option : options_of(tool))
        text += fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(option.name),
                            option.value.empty() ? "" : fmt::format(" \\fI{}\\fR", option.value),
                            roff(option.meaning));
    return text;
}

std::string privileges_part(const Tool& tool) {
    if (tool.needs.size() == 0) return {};
    return fmt::format(".SH PRIVILEGES\nThe token needs {}.\n", told_needs(tool.needs));
}

std::string exits_of() {
    std::string text;
    for (const ExitText& exit : exit_texts)
        text += fmt::format(".TP\n.B {}\n{}\n", static_cast<int>(exit.exit), exit.meaning);
    return text;
}

std::string manual_of(const Tool& tool) {
    return head_of(tool) + description_part(tool) + output_part(tool) + options_part(tool) +
           privileges_part(tool) + ".SH EXIT STATUS\n" + exits_of() +
           fmt::format(".SH EXAMPLES\n.nf\n{}\n.fi\n.SH SEE ALSO\n.BR range42\\-fastpath (7)\n",
                       roff(tool.example));
}

/// Name, value ("-" when it takes none) and meaning, a line for each option.
std::string option_rows(const Tool& tool) {
    std::string text;
    for (const OptionText& option : options_of(tool))
        text += fmt::format("{}\t{}\t{}\n", option.name, option.value.empty() ? "-" : option.value,
                            option.meaning);
    if (!tool.prints.filter.empty())
        text += fmt::format("FILTER\t{}\tregular expression\n", tool.prints.filter);
    if (!tool.operands.called.empty())
        text += fmt::format("OPERAND\t{}\t-\n", tool.operands.called);
    return text;
}

/// Those on guests, which is what the doctor can look at.
std::string vm_privileges(const Tool& tool) {
    std::string all;
    for (const Need& need : tool.needs)
        if (need.path == guest_permissions)
            all += fmt::format("{}{}", all.empty() ? "" : ",", need.privilege);
    return all;
}

/// The keys of its lines, one a line.
std::string columns_of(const Tool& tool) {
    std::string keys;
    for (const Column& column : tool.prints.columns) keys += fmt::format("{}\n", column.key);
    return keys;
}

}  // namespace

std::optional<std::string> description_of(const Tool& tool, std::string_view aspect) {
    if (aspect == "manual") return manual_of(tool);
    if (aspect == "options") return option_rows(tool);
    if (aspect == "privileges") return fmt::format("{}\t{}\n", tool.name, vm_privileges(tool));
    if (aspect == "columns") return columns_of(tool);
    if (aspect == "row") return fmt::format("{}\t{}\n", tool.name, tool.summary);
    if (aspect == "exits") return exits_of();
    return std::nullopt;
}

}  // namespace proxmox
