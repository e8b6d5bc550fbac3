// A timeline as SVG: rows, bars, a scale, and the critical path, without anything from elsewhere.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/display_width.h"
#include "base/escape.h"
#include "print/timeline.h"

namespace proxmox {
namespace {

constexpr double width = 1000, margin = 16, row_height = 20, bar_height = 13;
constexpr double character_width = 6.8, widest_name_px = 200, legend_height = 20, head_height = 46;
constexpr double scale_height = 26, narrowest_bar = 1.5, result_width = 66;
constexpr double most_ticks = 9;

/// Told apart by eyes that see few colours, too, on white and on black.
constexpr std::array<std::string_view, 8> colours{"#4477aa", "#ee9a3a", "#2a9d6f", "#b05a9c",
                                                  "#66bbdd", "#cc5544", "#b5a642", "#8a8a8a"};

constexpr std::string_view style = R"(<style>
.page{fill:#fff}text{font:12px system-ui,sans-serif;fill:#222}.head{font-size:15px;font-weight:600}
.quiet{fill:#666}.failed{fill:#b3261e}.grid{stroke:#ddd}.path{stroke:#111;stroke-width:2;fill:none}
.bar{opacity:.5}.critical{opacity:1;stroke:#111;stroke-width:1.5}
@media(prefers-color-scheme:dark){.page{fill:#16181c}text{fill:#e6e6e6}.quiet{fill:#9aa0a6}
.failed{fill:#ff8a80}.grid{stroke:#33373d}.path{stroke:#fff}.critical{stroke:#fff}}
</style>
)";

/// Names come from guests and nodes: nothing of them may become markup.
std::string xml(std::string_view text) {
    std::string out;
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        switch (byte) {
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '&': out += "&amp;"; break;
            case '"': out += "&quot;"; break;
            default: out += code < 0x20 || code == 0x7f ? '?' : byte;
        }
    }
    return out;
}

/// Names of one exercise often begin alike: the middle goes.
std::string shortened(std::string_view name) {
    std::string whole = escape(name);
    constexpr auto columns = static_cast<std::size_t>(widest_name_px / character_width);
    if (display_width(whole) <= columns) return whole;
    std::size_t tail = whole.size() - columns / 2;
    while (tail < whole.size() && (static_cast<unsigned char>(whole[tail]) & 0xC0) == 0x80) ++tail;
    return cut_to_width(whole, columns / 2) + whole.substr(tail);
}

/// So that there are a handful of them, at times that people count in.
double tick_of(double length) {
    for (const double step : {0.1, 0.2, 0.5, 1., 2., 5., 10., 30., 60., 120., 300., 600., 1800.})
        if (length / step <= most_ticks) return step;
    return static_cast<double>(static_cast<long>(length / most_ticks / 3600) + 1) * 3600;
}

std::string text_of_tick(double seconds) {
    const bool is_plain =
        seconds < 60 && seconds == static_cast<double>(static_cast<long>(seconds));
    return is_plain ? fmt::format("{:.0f} s", seconds) : text_of_seconds(seconds);
}

class Drawing {
  public:
    explicit Drawing(const Timeline& timeline) : timeline_(timeline) {
        double longest = 0;
        for (const TimelineRow& row : timeline.rows())
            longest = std::max(longest, character_width * double(display_width(escape(row.name))));
        left_ = margin + std::min(longest, widest_name_px) + 10;
        right_ = width - margin - result_width;
        lay_out_legend();
    }

    std::string draw() {
        const double bottom = top_ + row_height * double(timeline_.rows().size());
        const double height = bottom + scale_height + margin;
        const std::string title = fmt::format("{} {} in {}", timeline_.rows().size(),
                                              timeline_.rows().size() == 1 ? "machine" : "machines",
                                              text_of_seconds(timeline_.length()));
        out_ = fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1:.0f}\" width=\"{0}\" "
            "height=\"{1:.0f}\" role=\"img\"><title>{2}</title>\n{3}"
            "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n"
            "<text class=\"head\" x=\"{4}\" y=\"24\">{2}</text>\n{5}",
            width, height, title, style, margin, legend_);
        draw_scale(bottom);
        for (std::size_t at = 0; at < timeline_.rows().size(); ++at) draw_row(at);
        draw_path();
        return out_ + "</svg>\n";
    }

  private:
    double x_of(double seconds) const {
        return left_ + (right_ - left_) * seconds / std::max(timeline_.length(), 1e-3);
    }
    double y_of(std::size_t row) const { return top_ + row_height * double(row); }
    std::string_view colour_of(std::string_view stage) const {
        const auto& stages = timeline_.stages();
        const auto at = std::ranges::find(stages, stage) - stages.begin();
        return colours[static_cast<std::size_t>(at) % colours.size()];
    }

    void lay_out_legend() {
        double x = margin, y = head_height;
        const auto place = [&](std::string_view swatch, const std::string& words) {
            const double room = 22 + character_width * double(display_width(words)) + 16;
            if (x + room > width - margin && x > margin) x = margin, y += legend_height;
            legend_ += fmt::format(
                "<g transform=\"translate({:.1f} {:.1f})\">{}<text x=\"20\">{}</text></g>\n", x, y,
                swatch, xml(words));
            x += room;
        };
        for (const std::string& stage : timeline_.stages())
            place(fmt::format("<rect y=\"-10\" width=\"14\" height=\"12\" rx=\"2\" fill=\"{}\"/>",
                              colour_of(stage)),
                  fmt::format("{} {}", stage, text_of_seconds(median_of_stage(timeline_, stage))));
        place(R"(<rect class="critical" y="-10" width="14" height="12" rx="2" fill="none"/>)",
              "critical path: shorten this");
        top_ = y + 16;
    }

    void draw_scale(double bottom) {
        const double step = tick_of(timeline_.length());
        for (double at = 0; at <= timeline_.length() + step / 1000; at += step)
            out_ += fmt::format(
                "<path class=\"grid\" d=\"M{0:.1f} {1:.1f}V{2:.1f}\"/><text class=\"quiet\" "
                "x=\"{0:.1f}\" y=\"{3:.1f}\" text-anchor=\"middle\">{4}</text>\n",
                x_of(at), top_, bottom + 4, bottom + 18, text_of_tick(at));
    }

    void draw_row(std::size_t at) {
        const TimelineRow& row = timeline_.rows()[at];
        const double y = y_of(at), base = y + bar_height - 1;
        out_ += fmt::format(
            "<g><title>{}</title><text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
            xml(row.name), left_ - 10, base, xml(shortened(row.name)));
        for (const Bar& bar : row.bars) {
            const double x = x_of(bar.start);
            out_ += fmt::format(
                "<rect class=\"bar{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\" "
                "rx=\"2\" fill=\"{}\"><title>{}: {} {}</title></rect>\n",
                bar.is_critical ? " critical" : "", x, y,
                std::max(x_of(bar.end) - x, narrowest_bar), bar_height, colour_of(bar.stage),
                xml(row.name), xml(bar.stage), text_of_seconds(bar.end - bar.start));
        }
        const double end = row.bars.back().end;
        out_ += fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text></g>\n",
                            row.has_failed ? "failed" : "quiet", x_of(end) + 6, base,
                            row.has_failed ? "failed" : text_of_seconds(end));
    }

    /// From one critical bar to the next, where they stand on different rows.
    void draw_path() {
        struct Stop {
            double start, end;
            std::size_t row;
        };
        std::vector<Stop> stops;
        for (std::size_t at = 0; at < timeline_.rows().size(); ++at)
            for (const Bar& bar : timeline_.rows()[at].bars)
                if (bar.is_critical) stops.push_back({bar.start, bar.end, at});
        std::ranges::sort(stops, {}, &Stop::start);
        for (std::size_t at = 1; at < stops.size(); ++at) {
            if (stops[at].row == stops[at - 1].row) continue;
            const double middle = bar_height / 2;
            out_ += fmt::format("<path class=\"path\" d=\"M{0:.1f} {1:.1f}V{2:.1f}\"/>\n",
                                x_of(stops[at].start), y_of(stops[at - 1].row) + middle,
                                y_of(stops[at].row) + middle);
        }
    }

    const Timeline& timeline_;
    std::string out_;
    std::string legend_;
    double left_ = 0, right_ = 0, top_ = 0;
};

}  // namespace

std::string svg_of(const Timeline& timeline) { return Drawing(timeline).draw(); }

}  // namespace proxmox
