// The run: lines come in, jobs take them through the API, results go out in the order of the lines.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the queues of a run and what moves between them belong together.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "loop/equipment.h"
#include "loop/executions.h"
#include "line/failed_lines.h"
#include "api/http.h"
#include "way/job.h"
#include "line/lines.h"
#include "edge/output.h"
#include "loop/plan.h"
#include "loop/progress.h"
#include "edge/signals.h"
#include "loop/task_watch.h"

namespace proxmox {

/// Lines taken in and not yet printed; at the limit reading stops, and the pipe pushes back.
inline constexpr std::size_t lines_held_limit = 512;
/// After an interruption, how long a change that was sent may still be answered.
inline constexpr milliseconds interrupted_patience{2'000};
/// ... and how long programs that were told to stop may put things in order.
inline constexpr milliseconds interrupted_program_patience =
    execution_stop_limit + 2 * execution_end_limit;
inline constexpr milliseconds longest_wait{60'000};
/// Another process does not say when it gives its turn back.
inline constexpr milliseconds turn_pause{200};

/// Makes what a line turns into, where that is no Job.
using WorkMaker = std::function<std::unique_ptr<Work>(const Plan& plan, Record record)>;

/// How a run ended.
struct RunEnd {
    Exit exit = Exit::ok;
    /// A line whose outcome is unknown but whose state was printed counts as done.
    std::size_t lines_done = 0;
    std::size_t lines_failed = 0;
};

class Pipeline {
  public:
    Pipeline(const Plan& plan, std::size_t jobs, Transfers& transfers, Output& output,
             const Signals& signals, WorkMaker make_work = {})
        : plan_(plan),
          jobs_limit_(jobs),
          transfers_(transfers),
          output_(output),
          signals_(signals),
          make_work_(std::move(make_work)) {}

    /// For tools that make VMs.
    void equip(Equipment& equipment) { equipment_ = &equipment; }
    /// Takes a record as if it had been read.
    void add(Record record);
    /// Takes the answer to a question that jobs share as if it had been asked.
    void know(const std::string& path, Answer answer);
    /// Asks for the cluster's nodes and takes a record for each that is online.
    void add_every_node();
    /// Asks for the VMs of the vault's node, or of all, and takes a record for each.
    void add_every_vm(bool whole_cluster);
    /// From now on, lines that fail are also written there.
    void keep_failed(FailedLines& failed) { failed_ = &failed; }
    /// From now on the run shows how far it is.
    void show_progress(ProgressLine& line) { progress_ = &line; }
    /// Runs until every line has ended; `input` may be null.
    RunEnd run(LineReader* input);

  private:
    using JobNumber = std::uint64_t;
    struct Slot {
        bool is_done = false;
        /// An input line led to it.
        bool is_of_line = false;
        std::string output{};
        std::shared_ptr<RowLines> rows{};
        std::vector<std::string> traces{};
        /// The input line as it came, while failed lines are kept.
        std::string line{};
        std::string failed{};
        std::string advice{};
        /// Bytes of the output that stdout has taken.
        std::size_t written = 0;
    };
    struct Waiting {
        std::size_t slot;
        Record record;
    };
    struct Running {
        std::size_t slot;
        std::vector<std::string> lanes;
        std::unique_ptr<Work> work;
        milliseconds since;
        std::optional<milliseconds> wake{};
        /// The turn that it waits for or has.
        std::string turn{};
        std::optional<Turn> given_turn{};
        /// How the line ended whose VM this job takes back.
        std::optional<Ending> first_end{};
    };
    /// A question that is asked once for all jobs.
    struct Shared {
        std::optional<Answer> answer{};
        std::vector<JobNumber> waiting{};
    };
    /// Who gets a transfer's answer: one job, all that share the path, or a node's task watch.
    struct ForShared {
        std::string path;
    };
    struct ForWatch {
        std::string node;
    };
    struct ForOpening {};
    /// A question asked before there is any line; again, where it `may_read_again`.
    struct Opening {
        std::string path{};
        bool asks_nodes = false;
        int tries = 0;
        std::optional<milliseconds> due{milliseconds{}};
        milliseconds asked_at{};
    };
    struct ForProgress {
        std::string upid;
    };
    using Receiver = std::variant<JobNumber, ForShared, ForWatch, ForOpening, ForProgress>;
    /// How far the task is that the progress line shows.
    struct Watched {
        std::string upid{};
        std::int64_t log_lines = 0;
        std::string progress{};
        milliseconds next_question{};
        bool is_asked = false;
    };

    void read_lines(LineReader& input);
    void take_line(const Line& line);
    void refuse_line(const Line& line, const Error& error);
    void start_jobs();
    void wake_jobs();
    void poll_tasks();
    void expire_tasks();
    void forget_old_claims();
    void work_on_executions();
    void deliver(Finished finished);
    void deliver_shared(const std::string& path, Answer& answer, const Moment& now);
    void ask_opening();
    void deliver_opening(Answer& answer);
    Outcome add_nodes(std::string& list);
    Outcome add_vms(std::string& list);
    void end_first(std::string text, Exit exit, std::string advice = {});
    void deliver_ended_tasks(TaskWatch& watch);
    void take(JobNumber number, Step step);
    void ask(JobNumber number, Ask ask);
    void reserve(JobNumber number, const ReserveId& wanted);
    void give_turns();
    void christen(Record& record) const;
    bool begin_undo(JobNumber number, Ending& ending);
    void keep(const std::string& entry, Ending& ending);
    void end(JobNumber number, Ending ending);
    void end_slot(std::size_t slot, Ending ending, const Record& record);
    void flush();
    void tell_progress();
    std::string slowest_job(milliseconds now);
    void ask_progress(std::string_view upid, milliseconds now);
    void deliver_progress(const std::string& upid, const Answer& answer);
    static bool has_output(Slot& slot);
    bool offer(Slot& slot);
    void cut_short();
    void wake_to_wind_up();
    void give_up();
    void tell_cut_short(JobNumber number);
    void abandon(JobNumber number);
    Ending not_attempted(const Record& record, std::string_view why);
    RunEnd result() const;
    bool is_over(const LineReader* input) const;
    std::vector<std::string> lanes_of(const Record& record) const;
    bool is_lane_busy(const std::string& lane) const;
    milliseconds patience() const;
    Moment moment() const;
    milliseconds time_to_wait() const;

    const Plan& plan_;
    const std::size_t jobs_limit_;
    Transfers& transfers_;
    Output& output_;
    const Signals& signals_;
    const WorkMaker make_work_;
    const milliseconds began_ = time_since_boot();

    std::deque<Slot> slots_;
    std::size_t first_slot_ = 0;
    std::deque<Waiting> waiting_;
    std::map<JobNumber, Running> running_;
    JobNumber last_job_ = 0;
    std::map<std::uint64_t, Receiver> receivers_;
    std::map<std::string, Shared> shared_;
    Executions executions_;
    /// By the ticket of the execution.
    std::map<std::uint64_t, JobNumber> executing_;
    std::map<std::string, TaskWatch> watches_;
    ClaimedTasks claimed_;
    std::size_t claims_limit_ = 0;
    Equipment* equipment_ = nullptr;
    bool awaits_turn_ = false;
    std::optional<std::pair<std::time_t, milliseconds>> server_clock_;

    std::optional<Opening> opening_;
    FailedLines* failed_ = nullptr;
    ProgressLine* progress_ = nullptr;
    std::set<std::string> advice_given_;
    Watched watched_;
    /// Since jobs were last begun one has ended, which may be what a line waits for.
    bool has_freed_place_ = false;
    /// Lines are done that stdout does not take yet: nothing new begins.
    bool is_stalled_ = false;

    RunEnd result_;
    /// Why no further job begins; the lines that are left say so.
    std::string hopeless_;
    Exit hopeless_exit_ = Exit::ok;
    std::optional<milliseconds> cut_short_at_;
};

}  // namespace proxmox
