// Who the stand-in says it is: a private key, a certificate made at start, and its pin.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/identity.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <array>

namespace demo_node {

using proxmox::Exit;
using proxmox::fail;
using proxmox::Result;

namespace {

constexpr unsigned rsa_bits = 2048;
constexpr long validity_seconds = 10L * 365 * 24 * 3600;

using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;
using Memory = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;

bool add_extension(X509* certificate, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool add_name(X509_NAME* name, const char* field, const std::string& value) {
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(value.c_str()), -1, -1,
                                      0) == 1;
}

Certificate make_certificate(EVP_PKEY* key, const std::string& node) {
    Certificate certificate(X509_new());
    if (!certificate) return nullptr;
    X509* const x509 = certificate.get();
    std::uint64_t serial = 0;
    X509_NAME* const name = X509_get_subject_name(x509);
    const bool made = RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1 &&
                      X509_set_version(x509, X509_VERSION_3) == 1 &&
                      ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1) == 1 &&
                      X509_gmtime_adj(X509_getm_notBefore(x509), -3600) != nullptr &&
                      X509_gmtime_adj(X509_getm_notAfter(x509), validity_seconds) != nullptr &&
                      X509_set_pubkey(x509, key) == 1 && add_name(name, "OU", "PVE Cluster Node") &&
                      add_name(name, "O", "Proxmox Virtual Environment") &&
                      add_name(name, "CN", node) && X509_set_issuer_name(x509, name) == 1 &&
                      add_extension(x509, NID_basic_constraints, "critical,CA:TRUE") &&
                      add_extension(x509, NID_subject_alt_name,
                                    "IP:127.0.0.1,IP:::1,DNS:localhost,DNS:" + node) &&
                      X509_sign(x509, key, EVP_sha256()) > 0;
    return made ? std::move(certificate) : nullptr;
}

std::string base64(const unsigned char* bytes, std::size_t size) {
    std::string text(4 * ((size + 2) / 3) + 1, '\0');
    text.resize(static_cast<std::size_t>(EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(size))));
    return text;
}

std::string spki_pin(X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    if (size <= 0) return {};
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(der, static_cast<std::size_t>(size), digest.data());
    OPENSSL_free(der);
    return "pin:sha256//" + base64(digest.data(), digest.size());
}

std::string fingerprint(X509* certificate) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    unsigned size = 0;
    X509_digest(certificate, EVP_sha256(), digest.data(), &size);
    return fmt::format("{:02X}", fmt::join(digest, ":"));
}

std::string pem(X509* certificate) {
    const Memory memory(BIO_new(BIO_s_mem()));
    if (!memory || PEM_write_bio_X509(memory.get(), certificate) != 1) return {};
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace

Result<TlsIdentity> make_identity(const std::string& node, bool rsa) {
    const Key key(rsa ? EVP_RSA_gen(rsa_bits) : EVP_EC_gen("P-256"));
    const Certificate certificate = key ? make_certificate(key.get(), node) : nullptr;
    TlsContext context(SSL_CTX_new(TLS_server_method()));
    if (!certificate || !context ||
        SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
        SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
        SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1)
        return fail(Exit::usage,
                    fmt::format("cannot make a certificate for node '{}': {}", node,
                                ERR_error_string(ERR_peek_last_error(), nullptr)),
                    "use a node name of letters, digits and '-'");
    // As on a real node, where each worker has its own keys: a session is hardly ever resumed.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
    return TlsIdentity{std::move(context), spki_pin(certificate.get()),
                       fingerprint(certificate.get()), pem(certificate.get())};
}

}  // namespace demo_node
