// The store's file: opened safely, locked, read whole, appended to or exchanged whole.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace proxmox {

/// The file behind the known keys. What it says decides whom we trust, so that a file which others
/// can write, or which is no file, is refused.
class KeyStore {
  public:
    enum class Access : bool { read, change };

    KeyStore(KeyStore&& other) noexcept;
    KeyStore& operator=(KeyStore&&) = delete;
    ~KeyStore();

    /// To change it: creates what is missing, never follows a symbolic link, and holds the lock
    /// until the end. `error_number` is set when the system said no.
    static Result<KeyStore> open(const std::string& path, Access access, int& error_number);

    const std::string& text() const { return text_; }
    /// All of the lines or none of them.
    Outcome append(std::string_view lines);
    /// Readers see the old text or the new one.
    Outcome exchange(std::string_view text);

  private:
    KeyStore(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
    Outcome lock();
    bool is_current() const;
    Outcome read_whole();

    std::string path_;
    int descriptor_;
    std::string text_;
};

std::unexpected<Error> refuse_store(const std::string& path, std::string_view why,
                                    std::string remedy = {});

}  // namespace proxmox
