# The judgement of ansible's own code on files, many per start: ansible_oracle.py MODE DIRECTORY.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Prints one line "NAME VERDICT" for each file of the directory. It imports what ansible-vault
# itself imports, because starting ansible-vault once per case would take minutes.
import os
import sys

from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret, get_file_vault_secret
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

PASSWORD = b"correct horse"


def decrypt(path):
    vault = VaultLib([("default", VaultSecret(PASSWORD))])
    with open(path, "rb") as file:
        return "ok " + vault.decrypt(file.read()).hex()


def decrypt_with(path):
    with open(path, "rb") as file:
        password, _, sealed = file.read().partition(b"\n")
    vault = VaultLib([("default", VaultSecret(bytes.fromhex(password.decode())))])
    return "ok " + vault.decrypt(sealed).hex()


def encrypt(path):
    label = "lab" if path.endswith("labelled") else None
    vault = VaultLib()
    with open(path, "rb") as file:
        sealed = vault.encrypt(file.read(), VaultSecret(PASSWORD), vault_id=label)
    return "ok " + sealed.hex()


def password(path):
    secret = get_file_vault_secret(filename=path, vault_id="default", loader=DataLoader())
    secret.load()
    return "ok " + secret.bytes.hex()


def value(path):
    content = DataLoader().load_from_file(path)
    if not isinstance(content, dict):
        return "error"
    if "k" not in content:
        return "missing"
    found = content["k"]
    if found is None:
        return "null"
    if isinstance(found, (list, dict, set)):
        return "collection"
    kind = "text" if isinstance(found, str) else "retyped"
    return kind + " " + str(found).encode("utf-8").hex()


def plain(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    tag = Resolver().resolve(ScalarNode, text, (True, False)).rsplit(":", 1)[1]
    return {"str": "text", "null": "null"}.get(tag, "retyped")


def main(mode, directory):
    judge = {"decrypt": decrypt, "decrypt-with": decrypt_with, "encrypt": encrypt,
             "password": password, "value": value, "plain": plain}[mode]
    for name in sorted(os.listdir(directory)):
        try:
            verdict = judge(os.path.join(directory, name))
        except Exception:
            verdict = "error"
        print(name, verdict)


main(*sys.argv[1:])
