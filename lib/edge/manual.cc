// What a tool tells of itself to other programs, made from its Action.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/manual.h"

#include <fmt/format.h>

#include <algorithm>

#include "edge/arguments.h"
#include "edge/exit_texts.h"
#include "line/grammar.h"
#include "api/privileges.h"
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

std::string head_of(const Action& action) {
    std::string synopsis = action.filter.empty() ? "" : "[\\fIFILTER\\fR] ";
    if (!action.operand.empty()) synopsis += fmt::format("[\\fI{}\\fR] ", roff(action.operand));
    synopsis += "[\\fIOPTION\\fR]...";
    if (!action.input.empty() || !action.lines.empty()) synopsis += " < \\fIlines\\fR";
    return fmt::format(
        ".TH {} 1 \"{}\" \"range42\\-fastpath {}\" \"Proxmox VE tools\"\n"
        ".SH NAME\n{} \\- {}\n"
        ".SH SYNOPSIS\n\\fB{}\\fR {}\n",
        upper_case(action.tool), version_date, roff(version), roff(action.tool),
        roff(action.summary), roff(action.tool), synopsis);
}

std::string request_line(std::string_view method, std::string_view path) {
    return path.empty() ? "" : fmt::format("{} {}\n", method, roff(path));
}

std::string description_part(const Action& action) {
    std::string requests;
    if (!action.new_id.empty()) requests += request_line("GET", "/cluster/nextid");
    for (const Look& look : action.looks) requests += request_line("GET", look.path);
    requests += request_line(name_of(action.act.method), action.act.path);
    for (const Act& act : action.then) requests += request_line(name_of(act.method), act.path);
    requests += request_line("GET", action.read);
    std::string text = ".SH DESCRIPTION\n";
    if (!action.lines.empty()) return text + fmt::format("Each line is {}.\n", action.lines);
    if (!requests.empty())
        text += fmt::format(
            "For each line these requests go to the Proxmox VE API:\n.PP\n.nf\n"
            "{}.fi\n",
            requests);
    if (action.wait.count() > 0)
        text += fmt::format("{}Each task is waited for, up to {} s.\n",
                            requests.empty() ? "" : ".PP\n", action.wait.count());
    if (action.input.empty())
        return text + (requests.empty() ? "" : ".PP\n") + "Standard input is not read.\n";
    text += fmt::format(
        ".SH INPUT\nEach line is {} or a JSON object with these keys; "
        "others are ignored, or carried on with \\fB\\-\\-carry\\fR.\n",
        name_of(action.input.begin()->type));
    for (const Input& input : action.input)
        if (input.key != whole_line)
            text += fmt::format(".TP\n\\fB{}\\fR\n{}{}\n", roff(input.key), name_of(input.type),
                                input.presence == Presence::required ? "" : ", optional");
    return text;
}

std::string output_part(const Action& action) {
    if (action.output.empty()) return {};
    std::string text =
        ".SH OUTPUT\nOne compact JSON object a line, in the order of the input, with "
        "\\fBaction\\fR (\\(dq";
    text += fmt::format("{}\\(dq), \\fBproxmox_node\\fR, \\fBsource\\fR and:\n", action.name);
    for (const Column& column : action.output)
        text += fmt::format(
            ".TP\n\\fB{}\\fR\n{}\n", roff(column.key),
            column.source.starts_with('{') || column.source.starts_with('=')
                ? "of the line"
                : fmt::format("the field \\fI{}\\fR of the answer", roff(column.source)));
    return text;
}

std::string options_part(const Action& action) {
    std::string text = ".SH OPTIONS\n";
    for (const Choice& term : action.terms)
        text += fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(term.name), roff(term.meaning));
    if (!action.filter.empty())
        text += fmt::format(
            ".TP\n\\fIFILTER\\fR\nregular expression on {}, upper and lower case "
            "alike\n",
            roff(action.filter));
    for (const OptionText& option : options_of(action))
        text += fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(option.name),
                            option.value.empty() ? "" : fmt::format(" \\fI{}\\fR", option.value),
                            roff(option.meaning));
    return text;
}

std::string privileges_part(const Action& action) {
    const std::vector<std::string_view> privileges = privileges_of(action);
    if (privileges.empty()) return {};
    return fmt::format(".SH PRIVILEGES\nThe token needs {} on the VMs.\n",
                       fmt::join(privileges, ", "));
}

std::string exits_of() {
    std::string text;
    for (const ExitText& exit : exit_texts)
        text += fmt::format(".TP\n.B {}\n{}\n", static_cast<int>(exit.exit), exit.meaning);
    return text;
}

std::string manual_of(const Action& action) {
    return head_of(action) + description_part(action) + output_part(action) + options_part(action) +
           privileges_part(action) + ".SH EXIT STATUS\n" + exits_of() +
           fmt::format(".SH EXAMPLES\n.nf\n{}\n.fi\n.SH SEE ALSO\n.BR range42\\-fastpath (7)\n",
                       roff(action.example));
}

/// Name, value ("-" when it takes none) and meaning, a line for each option.
std::string option_rows(const Action& action) {
    std::string text;
    for (const OptionText& option : options_of(action))
        text += fmt::format("{}\t{}\t{}\n", option.name, option.value.empty() ? "-" : option.value,
                            option.meaning);
    if (!action.filter.empty())
        text += fmt::format("FILTER\t{}\tregular expression\n", action.filter);
    if (!action.operand.empty()) text += fmt::format("OPERAND\t{}\t-\n", action.operand);
    return text;
}

/// The keys of its lines, one a line.
std::string columns_of(const Action& action) {
    std::string keys;
    for (const Column& column : action.output) keys += fmt::format("{}\n", column.key);
    return keys;
}

}  // namespace

std::optional<std::string> description_of(const Action& action, std::string_view aspect) {
    if (aspect == "manual") return manual_of(action);
    if (aspect == "options") return option_rows(action);
    if (aspect == "privileges")
        return fmt::format("{}\t{}\n", action.tool, fmt::join(privileges_of(action), ","));
    if (aspect == "columns") return columns_of(action);
    if (aspect == "row") return fmt::format("{}\t{}\n", action.tool, action.summary);
    if (aspect == "exits") return exits_of();
    return std::nullopt;
}

}  // namespace proxmox
