# What the programs for scenarios are called with alike; the rest of its words each adds itself.
# SPDX-License-Identifier: GPL-3.0-or-later
import argparse


def parser_of(name, flags):
    """Its executable has looked at the words already: these are all that can come."""
    parser = argparse.ArgumentParser(prog=name, add_help=False, allow_abbrev=False)
    parser.add_argument("directory", nargs="?", default=".")
    parser.add_argument("--tools", required=True)
    parser.add_argument("-e", "--extra-vars", action="append", default=[])
    parser.add_argument("--inventory", action="append", default=[])
    parser.add_argument("--playbook")
    parser.add_argument("--vault-password-file")
    for flag in ("--linked", "--manifest", *flags):
        parser.add_argument(flag, action="store_true")
    return parser
