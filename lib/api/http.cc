// Requests to one Proxmox API host: a queue in front of libcurl's multi interface.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the only file that knows libcurl.
#include "api/http.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <utility>

#include "api/answer_limit.h"
#include "api/answer_reader.h"
#include "api/idle_connections.h"
#include "base/escape.h"
#include "base/timings.h"
#include "base/wiping_memory.h"
#include "trust/handshake.h"
#include "trust/openssl_start.h"

namespace proxmox {
namespace {

constexpr std::string_view api_prefix = "/api2/json";
constexpr long buffer_size = 64L << 10;
/// Below the 5 s after which Proxmox closes an idle connection.
constexpr long reuse_limit_s = 3;
constexpr long redirects_limit = 3;
constexpr const char* system_authorities = "/etc/ssl/certs";
/// Who has waited for an answer for that long is told so.
constexpr seconds silence_patience{5};

/// One request under way: what libcurl's callbacks write to.
struct Transfer {
    Transfer(std::uint64_t number, Request asked)
        : ticket(number), request(std::move(asked)), reader(answer_limit_of(request)) {}

    std::uint64_t ticket;
    Request request;
    std::string url;
    /// The request's body where it has secrets: libcurl only reads it.
    vault::Secret secret_body;
    std::string node;
    CURL* handle = nullptr;
    std::chrono::steady_clock::time_point began_at{};
    AnswerReader reader;
    /// libcurl's own words for what went wrong.
    std::array<char, CURL_ERROR_SIZE> trouble{};
};

std::size_t number_of(CURL* handle, CURLINFO info) {
    curl_off_t value = 0;
    curl_easy_getinfo(handle, info, &value);
    return static_cast<std::size_t>(std::max<curl_off_t>(value, 0));
}

std::size_t small_number_of(CURL* handle, CURLINFO info) {
    long value = 0;
    curl_easy_getinfo(handle, info, &value);
    return static_cast<std::size_t>(std::max(value, 0L));
}

/// What libcurl counted: HTTP's bytes, not those of TLS.
Trip trip_of(CURL* handle) {
    const microseconds connecting(number_of(handle, CURLINFO_APPCONNECT_TIME_T));
    const microseconds whole(number_of(handle, CURLINFO_TOTAL_TIME_T));
    return {.handshakes = small_number_of(handle, CURLINFO_NUM_CONNECTS),
            .bytes_sent = small_number_of(handle, CURLINFO_REQUEST_SIZE),
            .bytes_received = small_number_of(handle, CURLINFO_HEADER_SIZE) +
                              number_of(handle, CURLINFO_SIZE_DOWNLOAD_T),
            .connecting = connecting,
            .asking = whole - std::min(connecting, whole)};
}

/// How far a request came of which nothing was sent. libcurl counts the handshake to connecting.
Transport obstacle_of(CURL* handle, CURLcode code) {
    const bool is_over = code == CURLE_OPERATION_TIMEDOUT;
    if (code == CURLE_COULDNT_RESOLVE_HOST ||
        (is_over && number_of(handle, CURLINFO_NAMELOOKUP_TIME_T) == 0))
        return Transport::unresolved;
    if (code == CURLE_COULDNT_CONNECT ||
        (is_over && number_of(handle, CURLINFO_CONNECT_TIME_T) == 0))
        return Transport::port_closed;
    return Transport::not_connected;
}

/// What was not heard in time: the answer, or the beginning of TLS.
std::string silence_of(const Request& request, bool was_sent) {
    const milliseconds limit = was_sent ? request.limit : connect_limit;
    return fmt::format("{} within {} s", was_sent ? "no answer came" : "TLS did not begin",
                       std::chrono::ceil<seconds>(limit).count());
}

/// The system's own words for a connection that did not come about.
std::string trouble_of_connection(CURL* handle, CURLcode code) {
    const std::size_t number = small_number_of(handle, CURLINFO_OS_ERRNO);
    const bool is_over = code == CURLE_OPERATION_TIMEDOUT || number == 0;
    return std::strerror(is_over ? ETIMEDOUT : static_cast<int>(number));
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* reader) {
    const bool taken = static_cast<AnswerReader*>(reader)->take_header({data, size * count});
    return taken ? size * count : 0;
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* reader) {
    const bool taken = static_cast<AnswerReader*>(reader)->take_body({data, size * count});
    return taken ? size * count : 0;
}

CURLcode meet_server(CURL*, void* ssl_context, void* trust) {
    prepare_handshake(ssl_context, *static_cast<Trust*>(trust));
    return CURLE_OK;
}

/// HTTP knows an answer by its place alone: what came before the question is none to it.
int meet_connection(void* idle, char*, char*, int, int local_port) {
    return static_cast<IdleConnections*>(idle)->take(local_port) ? CURL_PREREQFUNC_OK
                                                                 : CURL_PREREQFUNC_ABORT;
}

bool start_library() {
    // libcurl would write the session keys where this variable says.
    const char* key_log = std::getenv("SSLKEYLOGFILE");
    const std::string kept = key_log == nullptr ? "" : key_log;
    unsetenv("SSLKEYLOGFILE");
    const CURLcode code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wiping_free,
                                               wiping_realloc, strdup, calloc);
    if (key_log != nullptr) setenv("SSLKEYLOGFILE", kept.c_str(), 1);
    return code == CURLE_OK;
}

/// "/nodes/NAME/..." is served by that node's workers, everything else by the host we talk to.
std::string node_of(std::string_view path) {
    constexpr std::string_view prefix = "/nodes/";
    if (!path.starts_with(prefix)) return {};
    path.remove_prefix(prefix.size());
    return std::string(path.substr(0, path.find_first_of("/?")));
}

curl_socket_t socket_of(CURL* handle) {
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket);
    return socket;
}

/// libcurl keeps a connection on which a request could not be sent, and OpenSSL keeps the request:
/// whoever came next on it would send that one instead of his own, and get its answer.
void end_connection(CURL* handle) {
    const curl_socket_t socket = socket_of(handle);
    if (socket != CURL_SOCKET_BAD) shutdown(socket, SHUT_RDWR);
}

}  // namespace

struct Transfers::Machinery {
    Machinery(Endpoint where, Trust& judge, Notify told)
        : endpoint(std::move(where)), trust(judge), notify(std::move(told)) {
        // libcurl only reads this list, so the token's header can stay in locked memory.
        headers[0] = {expect_nothing.data(), nullptr};
        json_header = {json_content.data(), &headers[0]};
        if (endpoint.authorization.empty()) return;
        headers[0].next = &headers[1];
        headers[1] = {const_cast<char*>(endpoint.authorization.reveal().data()), nullptr};
    }
    ~Machinery() {
        for (const auto& transfer : active) {
            curl_multi_remove_handle(multi, transfer->handle);
            curl_easy_cleanup(transfer->handle);
        }
        curl_multi_cleanup(multi);
        curl_share_cleanup(share);
    }
    Machinery(const Machinery&) = delete;
    Machinery& operator=(const Machinery&) = delete;

    void start_allowed();
    bool begin(std::unique_ptr<Transfer> transfer);
    void configure(CURL* handle);
    void aim(Transfer& transfer);
    bool give_secrets(Transfer& transfer);
    void aim_elsewhere(Transfer& transfer);
    void collect();
    void judge(Transfer& transfer, CURLcode code);
    void keep_connection(CURL* handle);
    void ask_again(Transfer& transfer);
    milliseconds until_silence_is_told(milliseconds time) const;
    void tell_silence();

    Endpoint endpoint;
    StandIns stand_ins;
    Trust& trust;
    Notify notify;
    CURLM* multi = curl_multi_init();
    CURLSH* share = curl_share_init();
    std::string expect_nothing = "Expect:";
    /// What a server gets that is none of Proxmox's.
    curl_slist plain_header{expect_nothing.data(), nullptr};
    std::string json_content = "Content-Type: application/json";
    curl_slist headers[2]{};
    curl_slist json_header{};
    /// Leads from the name that the certificate must carry to the host.
    std::string detour_text = "::" + server_name_of(endpoint.host_and_port);
    curl_slist detour{detour_text.data(), nullptr};
    std::uint64_t last_ticket = 0;
    std::deque<std::unique_ptr<Transfer>> waiting;
    std::vector<std::unique_ptr<Transfer>> active;
    std::vector<Finished> finished;
    std::vector<curl_waitfd> watched;
    IdleConnections idle;
    bool has_told_silence = false;
};

void Transfers::Machinery::configure(CURL* handle) {
    const auto set = [handle](CURLoption option, auto value) {
        curl_easy_setopt(handle, option, value);
    };
    set(CURLOPT_SHARE, share);
    set(CURLOPT_HTTPHEADER, &headers[0]);
    set(CURLOPT_HEADERFUNCTION, take_header);
    set(CURLOPT_WRITEFUNCTION, take_body);
    set(CURLOPT_BUFFERSIZE, buffer_size);
    set(CURLOPT_NOSIGNAL, 1L);
    // A resolver that does not answer is left behind instead of being waited for.
    set(CURLOPT_QUICK_EXIT, 1L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_SSL_ENABLE_ALPN, 0L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_limit.count()));
    set(CURLOPT_MAXAGE_CONN, reuse_limit_s);
    // Where the token goes is decided by the vault alone, never by a variable or a redirect.
    set(CURLOPT_PROTOCOLS_STR, "https");
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOPROXY, "*");
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    // A snapshot named ".." must not become the path above it.
    set(CURLOPT_PATH_AS_IS, 1L);

    const TrustPolicy& policy = trust.policy();
    const bool by_authority =
        policy.mode == TrustMode::system || policy.mode == TrustMode::authority_file;
    set(CURLOPT_SSL_VERIFYPEER, by_authority ? 1L : 0L);
    set(CURLOPT_SSL_VERIFYHOST, by_authority ? 2L : 0L);
    if (by_authority) know_certificate_digests();
    if (policy.mode != TrustMode::system) {
        set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
        set(CURLOPT_CAINFO,
            by_authority ? policy.authority_file.c_str() : static_cast<const char*>(nullptr));
    }
    set(CURLOPT_PREREQFUNCTION, meet_connection);
    set(CURLOPT_PREREQDATA, &idle);
    set(CURLOPT_SSL_CTX_FUNCTION, meet_server);
    set(CURLOPT_SSL_CTX_DATA, &trust);
}

void Transfers::Machinery::aim(Transfer& transfer) {
    const auto set = [handle = transfer.handle](CURLoption option, auto value) {
        curl_easy_setopt(handle, option, value);
    };
    const Request& request = transfer.request;
    const std::string& name = trust.policy().server_name;
    transfer.url = fmt::format("https://{}{}{}", name.empty() ? endpoint.host_and_port : name,
                               api_prefix, request.path);
    set(CURLOPT_URL, transfer.url.c_str());
    if (!name.empty()) set(CURLOPT_CONNECT_TO, &detour);
    set(CURLOPT_ERRORBUFFER, transfer.trouble.data());
    set(CURLOPT_HEADERDATA, &transfer.reader);
    set(CURLOPT_WRITEDATA, &transfer.reader);
    set(CURLOPT_HTTPHEADER, request.body_is_json ? &json_header : &headers[0]);
    set(CURLOPT_PRIVATE, &transfer);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.limit.count()));
    // libcurl repeats a request by itself when a reused connection turns out dead.
    set(CURLOPT_FRESH_CONNECT, request.method == Method::get ? 0L : 1L);
    set(CURLOPT_CUSTOMREQUEST, static_cast<char*>(nullptr));
    set(CURLOPT_HTTPGET, 1L);
    if (request.method == Method::del) set(CURLOPT_CUSTOMREQUEST, "DELETE");
    if (request.method == Method::post || request.method == Method::put) {
        const std::string_view body =
            transfer.secret_body.empty() ? request.body : transfer.secret_body.reveal();
        set(CURLOPT_POSTFIELDS, body.data());
        set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    }
    if (request.method == Method::put) set(CURLOPT_CUSTOMREQUEST, "PUT");
}

/// An ordinary web server never sees the token, may send us on, and is judged by the system's
/// authorities, whatever the policy towards Proxmox is.
void Transfers::Machinery::aim_elsewhere(Transfer& transfer) {
    const auto set = [handle = transfer.handle](CURLoption option, auto value) {
        curl_easy_setopt(handle, option, value);
    };
    const std::string& address = transfer.request.address;
    const char* const protocols = address.starts_with("https:") ? "https" : "http,https";
    set(CURLOPT_URL, address.c_str());
    set(CURLOPT_ERRORBUFFER, transfer.trouble.data());
    set(CURLOPT_HEADERDATA, &transfer.reader);
    set(CURLOPT_WRITEDATA, &transfer.reader);
    set(CURLOPT_HTTPHEADER, &plain_header);
    set(CURLOPT_PRIVATE, &transfer);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(transfer.request.limit.count()));
    set(CURLOPT_SHARE, static_cast<CURLSH*>(nullptr));
    set(CURLOPT_FRESH_CONNECT, 1L);
    set(CURLOPT_FORBID_REUSE, 1L);
    set(CURLOPT_PREREQFUNCTION, static_cast<decltype(&meet_connection)>(nullptr));
    set(CURLOPT_PROTOCOLS_STR, protocols);
    set(CURLOPT_REDIR_PROTOCOLS_STR, protocols);
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, redirects_limit);
    set(CURLOPT_SSL_CTX_FUNCTION, static_cast<decltype(&meet_server)>(nullptr));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
    set(CURLOPT_CAPATH, system_authorities);
    know_certificate_digests();
}

bool Transfers::Machinery::give_secrets(Transfer& transfer) {
    const Request& request = transfer.request;
    if (!stand_ins.are_in(request.body)) return true;
    auto body = stand_ins.filled(request.body, request.body_is_json);
    if (body) transfer.secret_body = std::move(*body);
    return body.has_value();
}

bool Transfers::Machinery::begin(std::unique_ptr<Transfer> transfer) {
    transfer->handle = curl_easy_init();
    if (transfer->handle == nullptr || !give_secrets(*transfer)) return false;
    configure(transfer->handle);
    if (transfer->request.address.empty())
        aim(*transfer);
    else
        aim_elsewhere(*transfer);
    curl_multi_add_handle(multi, transfer->handle);
    transfer->began_at = std::chrono::steady_clock::now();
    active.push_back(std::move(transfer));
    return true;
}

void Transfers::Machinery::start_allowed() {
    for (auto next = waiting.begin(); next != waiting.end();) {
        const auto busy = std::ranges::count(active, (*next)->node, &Transfer::node);
        if (static_cast<std::size_t>(busy) >= requests_per_node) {
            ++next;
            continue;
        }
        std::unique_ptr<Transfer> transfer = std::move(*next);
        const std::uint64_t ticket = transfer->ticket;
        next = waiting.erase(next);
        if (!begin(std::move(transfer))) finished.push_back({ticket, {.trouble = "out of memory"}});
    }
}

void Transfers::Machinery::judge(Transfer& transfer, CURLcode code) {
    Answer& answer = transfer.reader.answer();
    answer.transport = Transport::answered;
    answer.took = milliseconds(number_of(transfer.handle, CURLINFO_TOTAL_TIME_T) / 1'000);
    const bool is_whole = transfer.reader.has_whole_head();
    const bool is_elsewhere = !transfer.request.address.empty();
    // The clock that tasks are compared with is Proxmox's.
    if (is_elsewhere) answer.date.reset();
    if (code == CURLE_OK && is_whole && is_elsewhere) {
        // The head that was read first may be of whoever has sent us on.
        answer.status = static_cast<int>(small_number_of(transfer.handle, CURLINFO_RESPONSE_CODE));
        return;
    }
    if (code == CURLE_OK && is_whole) return keep_connection(transfer.handle);
    end_connection(transfer.handle);
    long sent = 0;
    curl_easy_getinfo(transfer.handle, CURLINFO_REQUEST_SIZE, &sent);
    answer.trouble =
        code == CURLE_OK ? "the answer ended within its headers" : curl_easy_strerror(code);
    if (transfer.reader.has_overflowed()) {
        answer.transport = Transport::too_large;
        answer.trouble = "the answer is larger than its question can need";
        return;
    }
    if (is_elsewhere) {
        answer.transport = Transport::lost;
        return;
    }
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
        trust.refuse_certificate(transfer.trouble.data());
    if (!trust.refusal().message.empty()) {
        answer.transport = Transport::refused_identity;
        answer.trouble = trust.refusal().message;
    } else {
        const bool is_over = code == CURLE_OPERATION_TIMEDOUT;
        if (is_over) answer.trouble = silence_of(transfer.request, sent > 0);
        answer.transport = sent > 0 ? (is_over ? Transport::silent : Transport::lost)
                                    : obstacle_of(transfer.handle, code);
        if (answer.transport == Transport::port_closed)
            answer.trouble = trouble_of_connection(transfer.handle, code);
    }
}

void Transfers::Machinery::keep_connection(CURL* handle) {
    const curl_socket_t socket = socket_of(handle);
    long port = 0;
    curl_easy_getinfo(handle, CURLINFO_LOCAL_PORT, &port);
    if (socket != CURL_SOCKET_BAD) idle.add(port, socket);
}

/// Nothing was sent, and the connection that was not fit for it is gone.
void Transfers::Machinery::ask_again(Transfer& transfer) {
    end_connection(transfer.handle);
    auto again = std::make_unique<Transfer>(transfer.ticket, std::move(transfer.request));
    again->node = transfer.node;
    waiting.push_front(std::move(again));
}

void Transfers::Machinery::collect() {
    int left = 0;
    bool any_again = false;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        CURL* handle = message->easy_handle;
        const CURLcode code = message->data.result;
        const auto found = std::ranges::find(active, handle, &Transfer::handle);
        Transfer& transfer = **found;
        if (code == CURLE_ABORTED_BY_CALLBACK) {
            ask_again(transfer);
            any_again = true;
        } else {
            judge(transfer, code);
            count_trip(trip_of(handle));
            finished.push_back({transfer.ticket, std::move(transfer.reader.answer())});
        }
        curl_multi_remove_handle(multi, handle);
        // What libcurl copied of the token goes, wiped, with the handle; the connection stays.
        curl_easy_cleanup(handle);
        active.erase(found);
    }
    if (any_again) start_allowed();
}

/// No longer than until somebody has been silent for so long that it is told.
milliseconds Transfers::Machinery::until_silence_is_told(milliseconds time) const {
    if (has_told_silence || active.empty()) return time;
    const auto oldest = (*std::ranges::min_element(active, {}, &Transfer::began_at))->began_at;
    const auto left = oldest + silence_patience - std::chrono::steady_clock::now();
    return std::min(time, std::chrono::ceil<milliseconds>(left));
}

/// Once: whoever waits for a run should know for what.
void Transfers::Machinery::tell_silence() {
    const auto since = std::chrono::steady_clock::now() - silence_patience;
    for (const auto& transfer : active) {
        if (has_told_silence || transfer->began_at > since) continue;
        has_told_silence = true;
        notify(fmt::format("https://{} has not answered {} {} for {} s yet",
                           escape(endpoint.host_and_port), name_of(transfer->request.method),
                           escape(transfer->request.path), silence_patience.count()));
    }
}

Result<std::unique_ptr<Transfers>> Transfers::open(Endpoint endpoint, Trust& trust, Notify notify) {
    const Timed timed(Stage::http_library);
    static const bool library_started = start_library();
    auto machinery = std::make_unique<Machinery>(std::move(endpoint), trust, std::move(notify));
    if (!library_started || machinery->multi == nullptr || machinery->share == nullptr)
        return fail(Exit::unreachable, "cannot start the HTTP library: out of memory");
    curl_share_setopt(machinery->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    return std::unique_ptr<Transfers>(new Transfers(std::move(machinery)));
}

Transfers::Transfers(std::unique_ptr<Machinery> machinery) : machinery_(std::move(machinery)) {}
Transfers::~Transfers() = default;

std::uint64_t Transfers::start(Request request) {
    auto transfer = std::make_unique<Transfer>(++machinery_->last_ticket, std::move(request));
    transfer->node = node_of(transfer->request.path);
    machinery_->waiting.push_back(std::move(transfer));
    return machinery_->last_ticket;
}

StandIns& Transfers::stand_ins() { return machinery_->stand_ins; }

std::vector<std::uint64_t> Transfers::forget_unsent_changes() {
    std::vector<std::uint64_t> forgotten;
    std::erase_if(machinery_->waiting, [&forgotten](const auto& transfer) {
        if (transfer->request.method == Method::get) return false;
        forgotten.push_back(transfer->ticket);
        return true;
    });
    return forgotten;
}

Outcome Transfers::wait(milliseconds time, std::span<const int> descriptors, int writable) {
    const Timed timed(Stage::network);
    Machinery& machinery = *machinery_;
    machinery.watched.clear();
    for (const int descriptor : descriptors)
        machinery.watched.push_back({descriptor, CURL_WAIT_POLLIN, 0});
    if (writable >= 0) machinery.watched.push_back({writable, CURL_WAIT_POLLOUT, 0});
    int running = 0;
    machinery.start_allowed();
    curl_multi_perform(machinery.multi, &running);
    machinery.collect();
    const bool has_news = !machinery.finished.empty();
    time = machinery.until_silence_is_told(time);
    const auto code = curl_multi_poll(
        machinery.multi, machinery.watched.data(), static_cast<unsigned>(machinery.watched.size()),
        has_news ? 0 : static_cast<int>(std::max<std::int64_t>(time.count(), 0)), nullptr);
    if (code != CURLM_OK)
        return fail(Exit::unreachable, fmt::format("cannot wait: {}", curl_multi_strerror(code)));
    if (!has_news) {
        curl_multi_perform(machinery.multi, &running);
        machinery.collect();
    }
    machinery.tell_silence();
    for (const std::string& note : machinery.trust.take_notes()) machinery.notify(note);
    return {};
}

std::vector<Finished> Transfers::take_finished() { return std::exchange(machinery_->finished, {}); }

bool Transfers::was_readable(std::size_t at) const { return machinery_->watched[at].revents != 0; }

}  // namespace proxmox
