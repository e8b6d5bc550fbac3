// Take back what a journal says was made, last first, after proving that it is still the same.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/undo.h"
using namespace proxmox;

int main(int argc, char** argv) { return run(take_back, argc, argv); }
