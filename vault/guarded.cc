// Guarded memory: small pieces are cells of one locked region, each between fences of its own.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guarded.h"

#include <sodium.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <span>

namespace proxmox::vault {
namespace {

/// As many secrets as the opening of a vault has at a time, and some more. With its fences the
/// region stays below the 64 KiB that older systems let a user lock.
constexpr std::size_t cell_limit = 6;
constexpr std::size_t region_pages = 14;

/// libsodium locks, fences and unlocks each piece with ten system calls, of which a list would make
/// seventy. One of its pieces holds the small ones here: pages, then a page that nobody can touch,
/// pages, and so on. What is given back is wiped and not used again.
class Region {
  public:
    void begin();
    char* take(std::size_t capacity);
    bool give_back(char* bytes);
    bool protect(const char* bytes);

  private:
    struct Cell {
        char* first_page;
        std::size_t size;
        char* bytes;
        bool is_read_only;
    };

    Cell* new_cell(std::size_t size);
    Cell* cell_of(const char* bytes);
    std::span<Cell> cells() { return std::span(cells_).first(cell_count_); }

    std::size_t page_size_ = 0;
    std::span<char> free_;
    std::array<Cell, cell_limit> cells_{};
    std::size_t cell_count_ = 0;
};
constinit Region region;
/// libsodium says nothing of pages that cannot be locked.
constinit bool all_is_locked = true;

char* locked_pages(std::size_t size) {
    auto* pages = static_cast<char*>(sodium_malloc(size));
    if (pages != nullptr && mlock(pages, size) != 0) all_is_locked = false;
    return pages;
}

void Region::begin() {
    page_size_ = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t size = region_pages * page_size_;
    // A whole number of pages begins and ends at the edges of pages. Without it every piece is one
    // of libsodium's own.
    if (char* pages = locked_pages(size)) free_ = {pages, size};
}

Region::Cell* Region::new_cell(std::size_t size) {
    if (cell_count_ == cell_limit || size + page_size_ > free_.size()) return nullptr;
    if (mprotect(free_.data() + size, page_size_, PROT_NONE) != 0) return nullptr;
    std::ranges::fill(free_.first(size), '\0');
    cells_[cell_count_] = {free_.data(), size, nullptr, false};
    free_ = free_.subspan(size + page_size_);
    return &cells_[cell_count_++];
}

char* Region::take(std::size_t capacity) {
    if (capacity > region_pages * page_size_) return nullptr;
    const std::size_t size = (capacity + page_size_ - 1) / page_size_ * page_size_;
    const auto released = std::ranges::find_if(
        cells(), [size](const Cell& cell) { return cell.bytes == nullptr && cell.size == size; });
    Cell* cell = released == cells().end() ? new_cell(size) : &*released;
    if (cell == nullptr) return nullptr;
    // At the end, so that the first byte too many meets the fence.
    cell->bytes = cell->first_page + size - capacity;
    return cell->bytes;
}

Region::Cell* Region::cell_of(const char* bytes) {
    const auto found = std::ranges::find(cells(), bytes, &Cell::bytes);
    return found == cells().end() ? nullptr : &*found;
}

bool Region::give_back(char* bytes) {
    Cell* cell = cell_of(bytes);
    if (cell == nullptr) return false;
    if (cell->is_read_only && mprotect(cell->first_page, cell->size, PROT_READ | PROT_WRITE) != 0)
        sodium_misuse();
    // What lies in front of the bytes was never ours to write.
    const auto before = static_cast<std::size_t>(cell->bytes - cell->first_page);
    if (!sodium_is_zero(reinterpret_cast<unsigned char*>(cell->first_page), before))
        sodium_misuse();
    sodium_memzero(cell->bytes, cell->size - before);
    cell->bytes = nullptr;
    cell->is_read_only = false;
    return true;
}

bool Region::protect(const char* bytes) {
    Cell* cell = cell_of(bytes);
    if (cell == nullptr) return false;
    cell->is_read_only = mprotect(cell->first_page, cell->size, PROT_READ) == 0;
    return true;
}

}  // namespace

void GuardedFree::operator()(char* bytes) const noexcept {
    if (!region.give_back(bytes)) sodium_free(bytes);
}

GuardedBytes guarded_bytes(std::size_t capacity) {
    // sodium_malloc() needs the page size and the canary that sodium_init() prepares.
    static const bool ready = sodium_init() >= 0 && (region.begin(), true);
    if (!ready) return nullptr;
    const std::size_t size = std::max<std::size_t>(capacity, 1);
    char* cell = region.take(size);
    return GuardedBytes(cell != nullptr ? cell : locked_pages(size));
}

bool memory_is_locked() { return all_is_locked; }

void make_read_only(const GuardedBytes& bytes) {
    if (!region.protect(bytes.get())) static_cast<void>(sodium_mprotect_readonly(bytes.get()));
}

}  // namespace proxmox::vault
