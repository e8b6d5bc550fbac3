// Nothing: linked for its name alone, which is the place of the real library beside the tools.
// SPDX-License-Identifier: GPL-3.0-or-later
