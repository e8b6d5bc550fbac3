# Keeps secrets out of plans: what is secret is named by its key in the vault.
# SPDX-License-Identifier: GPL-3.0-or-later
import re

from trouble import Trouble

# Always named where they come from the vault; a password may come from nowhere else.
NAMED = ("vm_ci_password", "vm_ci_ssh_keys")
SECRET_KEY = re.compile(r"pass|secret|token|authkey|apikey|api_key|private", re.IGNORECASE)
# Ends of names whose values are no secrets: token_id says which token, not what it is.
NO_SECRET_KEY = re.compile(r"(token_id|_file|_path|ssh_key|pub_key)$", re.IGNORECASE)
# Shorter values stand in many texts by chance.
SHORTEST_SECRET = 6
PRIVATE_KEY = "PRIVATE KEY-----"


class Vaults:
    """The values of the vaults that a scenario has read, by their keys."""

    def __init__(self, vaults, opened, plain):
        self._paths = {}
        # A value that is a vault of its own is a secret, whatever its name.
        self._secrets = [text for text in opened if len(text) >= SHORTEST_SECRET]
        for data in vaults.values():
            for path, value in leaves(plain(data)):
                self._paths.setdefault(value.strip(), []).append(path)
                if SECRET_KEY.search(path) and not NO_SECRET_KEY.search(path) \
                        and len(value) >= SHORTEST_SECRET:
                    self._secrets.append(value)

    def name_of(self, value, names):
        """The vault's key that this value came from, by the names of the variables behind it."""
        for path in self._paths.get(value.strip(), []):
            if path.split(".", 1)[0] in names:
                return path
        return None

    def holds_secret(self, value):
        return PRIVATE_KEY in value or any(secret in value for secret in self._secrets)

    def hide(self, words):
        for secret in self._secrets:
            words = words.replace(secret, "[hidden]")
        return words


def leaves(data, before=""):
    for key, value in data.items():
        path = f"{before}{key}"
        if isinstance(value, dict):
            yield from leaves(value, path + ".")
        elif isinstance(value, (str, int)) and not isinstance(value, bool) and str(value):
            yield path, str(value)


def name_secrets(machine, vaults):
    """Puts {"vault": KEY} in the place of what must not be seen, and looks that nothing is."""
    for key in NAMED:
        value = machine.keys.get(key)
        if not isinstance(value, str):
            continue
        name = vaults.name_of(value, machine.sources.get(key, ()))
        if name is not None:
            machine.keys[key] = {"vault": name}
        elif key == "vm_ci_password":
            raise Trouble("the password of cloud-init comes from no vault", [machine.places[key]],
                          "put it into the vault, under the name that the template reads first")
    for key, value in machine.keys.items():
        texts = value.values() if isinstance(value, dict) and "vault" not in value else [value]
        if any(isinstance(one, str) and vaults.holds_secret(one) for one in texts):
            raise Trouble(f"'{key}' would show a secret of the vault", [machine.places[key]])
