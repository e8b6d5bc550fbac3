# Prints the result of each task as a JSON line, and at the end the statistics: for tests.
# SPDX-License-Identifier: GPL-3.0-or-later
import json

from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = "name: results\ntype: stdout\nshort_description: results as JSON lines"


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "results"

    def tell(self, **line):
        print(json.dumps(line, cls=AnsibleJSONEncoder, sort_keys=True), flush=True)

    def v2_runner_on_ok(self, result, **more):
        self.tell(result=dict((key, value) for key, value in {**result._result, **more}.items()
                              if not key.startswith("_ansible")))

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.v2_runner_on_ok(result, failed=True)

    def v2_playbook_on_stats(self, stats):
        self.tell(stats={host: stats.summarize(host) for host in stats.processed})
