"""A peer: one list through proxmoxer, its settings given."""
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import re

import urllib3
from proxmoxer import ProxmoxAPI

urllib3.disable_warnings()
host, node = re.match(r"https://([^/]+)/api2/json/nodes/([^/]+)/", os.environ["BENCH_URL"]).groups()
user, token, secret = re.search(r"=(.*?)!(.*?)=(.*)", os.environ["BENCH_HEADER"]).groups()
api = ProxmoxAPI(host, user=user, token_name=token, token_value=secret, verify_ssl=False)
for row in sorted(api.nodes(node).qemu.get(), key=lambda row: row["vmid"]):
    print(json.dumps(row))
