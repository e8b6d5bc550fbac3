// A TLS server that counts what reaches it, and can stand between a tool and the real server.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the two servers that it can be, and what a connection left, belong together.
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace {

constexpr int backlog = 64;
constexpr int idle_limit_ms = 20'000;
constexpr std::size_t request_limit = 64 << 10;

using Options = std::map<std::string, std::string>;

template <auto free_function>
struct FreeWith {
    void operator()(auto* pointer) const { free_function(pointer); }
};
using Context = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, FreeWith<SSL_free>>;

constexpr std::string_view usage =
    "usage: witness --log FILE [--cert PEM --key PEM [--after N --then-cert PEM --then-key PEM]]\n"
    "               [--host ADDRESS] [--to PORT] [--say FILE] [--again SECONDS]\n"
    "The first line on stdout is the port. Without a certificate it speaks plain TCP. Each\n"
    "connection leaves one line in the log: how many handshakes it had, the bytes that came "
    "before\n"
    "TLS, whether its session went on from an earlier one, the bytes of requests. From the\n"
    "connection after the Nth on the other key is shown. --again asks each connection, in TLS "
    "1.2,\n"
    "for another handshake once its request is there, and waits so long for it.\n"
    "--to relays the requests to a TLS server on 127.0.0.1; --say answers with a file, in which\n"
    "@REQUEST@ stands for the value of the Authorization header that came.\n";

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

Address address_of(const std::string& host, std::uint16_t port) {
    Address address;
    if (host.find(':') != std::string::npos) {
        auto* six = reinterpret_cast<sockaddr_in6*>(&address.storage);
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        inet_pton(AF_INET6, host.c_str(), &six->sin6_addr);
        address.size = sizeof *six;
    } else {
        auto* four = reinterpret_cast<sockaddr_in*>(&address.storage);
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        inet_pton(AF_INET, host.c_str(), &four->sin_addr);
        address.size = sizeof *four;
    }
    return address;
}

int listen_on(const std::string& host) {
    const Address address = address_of(host, 0);
    const int listener = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 ||
        bind(listener, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0 ||
        listen(listener, backlog) != 0)
        return -1;
    Address bound;
    bound.size = sizeof bound.storage;
    getsockname(listener, reinterpret_cast<sockaddr*>(&bound.storage), &bound.size);
    // The port stands at the same place in both kinds of address.
    fmt::print("{}\n", ntohs(reinterpret_cast<const sockaddr_in*>(&bound.storage)->sin_port));
    std::fflush(stdout);
    return listener;
}

/// How often the one connection that a process has began a handshake.
int hellos = 0;

void count_hellos(int is_ours, int, int type, const void* message, std::size_t size, SSL*, void*) {
    const bool is_hello = type == SSL3_RT_HANDSHAKE && size > 0 &&
                          *static_cast<const unsigned char*>(message) == SSL3_MT_CLIENT_HELLO;
    hellos += is_ours == 0 && is_hello ? 1 : 0;
}

Context server_context(const std::string& certificate, const std::string& key) {
    Context context(SSL_CTX_new(TLS_server_method()));
    if (!context || SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
        return nullptr;
    SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_msg_callback(context.get(), count_hellos);
    return context;
}

/// No handshake of TLS 1.3 can be asked for again.
void ask_again(SSL* session, int connection, const std::string& limit_s) {
    const timeval limit{.tv_sec = std::stoi(limit_s), .tv_usec = 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    SSL_renegotiate(session);
    SSL_do_handshake(session);
    // The client's part is seen by reading on.
    std::array<char, 1> none{};
    SSL_read(session, none.data(), none.size());
}

/// Written with one call, so that connections at the same time do not mix their lines.
void log_line(const Options& options, std::size_t raw_bytes, const std::string& request,
              bool is_resumed = false) {
    const int log =
        open(options.at("--log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const bool has_token = request.find("PVEAPIToken") != std::string::npos;
    const std::string line =
        fmt::format("hellos={} raw_bytes={} resumed={} request_bytes={} token={}\n", hellos,
                    raw_bytes, is_resumed ? "yes" : "no", request.size(), has_token ? "yes" : "no");
    if (write(log, line.data(), line.size()) < 0) std::perror("witness");
    close(log);
}

bool is_whole(std::string_view request) { return request.find("\r\n\r\n") != request.npos; }

std::string header_value(const std::string& request) {
    constexpr std::string_view name = "Authorization: ";
    const std::size_t start = request.find(name);
    if (start == std::string::npos) return "none";
    return request.substr(start + name.size(), request.find("\r\n", start) - start - name.size());
}

/// The file's text, with what came put in where it asks for it.
std::string answer_from(const std::string& path, const std::string& request) {
    std::unique_ptr<FILE, FreeWith<fclose>> file(std::fopen(path.c_str(), "re"));
    std::string body(request_limit, '\0');
    body.resize(file ? std::fread(body.data(), 1, body.size(), file.get()) : 0);
    constexpr std::string_view place = "@REQUEST@";
    for (std::size_t at = body.find(place); at != std::string::npos; at = body.find(place))
        body.replace(at, place.size(), header_value(request));
    return body;
}

/// Asks the real server what was asked of us, and gives back all of its answer.
std::string relayed(std::uint16_t port, const std::string& request) {
    const Context context(SSL_CTX_new(TLS_client_method()));
    const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const Address address = address_of("127.0.0.1", port);
    const Session session(SSL_new(context.get()));
    std::string answer;
    if (connect(connection, reinterpret_cast<const sockaddr*>(&address.storage), address.size) ==
            0 &&
        SSL_set_fd(session.get(), connection) == 1 && SSL_connect(session.get()) == 1) {
        std::string closing = request;
        closing.insert(closing.find("\r\n") + 2, "Connection: close\r\n");
        SSL_write(session.get(), closing.data(), static_cast<int>(closing.size()));
        std::array<char, 4096> piece{};
        for (int got = 1; got > 0 && answer.size() < request_limit;) {
            got = SSL_read(session.get(), piece.data(), piece.size());
            if (got > 0) answer.append(piece.data(), static_cast<std::size_t>(got));
        }
    }
    close(connection);
    return answer;
}

/// Reads one request through `read`, as far as it comes.
std::string request_from(auto read) {
    std::string request;
    std::array<char, 4096> piece{};
    while (!is_whole(request) && request.size() < request_limit) {
        const auto got = read(piece.data(), piece.size());
        if (got <= 0) break;
        request.append(piece.data(), static_cast<std::size_t>(got));
    }
    return request;
}

void serve(int connection, SSL_CTX* context, const Options& options) {
    const timeval limit{.tv_sec = idle_limit_ms / 1000, .tv_usec = 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (context == nullptr) {
        const std::string request =
            request_from([&](char* to, std::size_t size) { return recv(connection, to, size, 0); });
        return log_line(options, request.size(), request);
    }
    const Session session(SSL_new(context));
    if (options.contains("--again")) SSL_set_max_proto_version(session.get(), TLS1_2_VERSION);
    SSL_set_fd(session.get(), connection);
    const bool shook_hands = SSL_accept(session.get()) == 1;
    std::string request;
    if (shook_hands)
        request = request_from([&](char* to, std::size_t size) {
            return SSL_read(session.get(), to, static_cast<int>(size));
        });
    if (options.contains("--again") && is_whole(request))
        ask_again(session.get(), connection, options.at("--again"));
    const std::size_t raw_bytes = BIO_number_read(SSL_get_rbio(session.get()));
    log_line(options, raw_bytes, request, SSL_session_reused(session.get()) == 1);
    if (!is_whole(request)) return;
    std::string answer;
    if (options.contains("--to"))
        answer = relayed(static_cast<std::uint16_t>(std::stoi(options.at("--to"))), request);
    else if (options.contains("--say"))
        answer = answer_from(options.at("--say"), request);
    if (!answer.empty()) SSL_write(session.get(), answer.data(), static_cast<int>(answer.size()));
    SSL_shutdown(session.get());
}

}  // namespace

int main(int argc, char** argv) {
    Options options{{"--host", "127.0.0.1"}};
    for (int at = 1; at + 1 < argc; at += 2) options[argv[at]] = argv[at + 1];
    if (!options.contains("--log") || argc % 2 == 0) {
        fmt::print(stderr, "{}", usage);
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGCHLD, SIG_IGN);
    const bool has_key = options.contains("--cert"), changes_key = options.contains("--after");
    const Context first =
        has_key ? server_context(options.at("--cert"), options.at("--key")) : nullptr;
    const Context later =
        changes_key ? server_context(options.at("--then-cert"), options.at("--then-key")) : nullptr;
    int left = changes_key ? std::stoi(options.at("--after")) : 0;
    const int listener = listen_on(options.at("--host"));
    if (listener < 0 || (has_key && !first) || (changes_key && !later)) {
        ERR_print_errors_fp(stderr);
        std::perror("witness");
        return 1;
    }
    while (true) {
        const int connection = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        SSL_CTX* const context = changes_key && left-- <= 0 ? later.get() : first.get();
        // A process for each: one that hangs holds up no other.
        if (fork() == 0) {
            close(listener);
            prctl(PR_SET_PDEATHSIG, SIGTERM);
            serve(connection, context, options);
            _exit(0);
        }
        close(connection);
    }
}
