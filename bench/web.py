"""nginx on loopback with the body of one list in a file: a server that costs next to nothing."""
# SPDX-License-Identifier: GPL-3.0-or-later
import base64
import hashlib
import os
import shutil
import subprocess
import time
import urllib.parse

from stage import Node, START_LIMIT_S

CONFIGURATION = """
daemon off;
master_process off;
worker_processes 1;
pid {place}/nginx.pid;
error_log {place}/nginx.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    default_type application/json;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_protocols TLSv1.3;
        ssl_certificate {place}/nginx.pem;
        ssl_certificate_key {place}/nginx.key;
        root {place}/files;
    }}
}}
"""


def is_here():
    return shutil.which("nginx", path="/usr/sbin:/usr/bin") is not None


class StaticNode(Node):
    """A node that has answered once: nginx takes its place, its port and its workspace."""

    def __enter__(self):
        super().__enter__()
        settings = self.settings()
        path = f"/api2/json/nodes/{settings['proxmox_node']}/qemu"
        header = ("Authorization: PVEAPIToken={proxmox_api_user}!{proxmox_api_token_id}="
                  "{proxmox_api_token_secret}").format(**settings)
        body = subprocess.run(["curl", "-sk", "-H", header, f"https://127.0.0.1:{self.port}{path}"],
                              check=True, capture_output=True).stdout
        self.process.terminate()
        self.process.wait()
        file = os.path.join(self.place, "files", urllib.parse.unquote(path).lstrip("/"))
        os.makedirs(os.path.dirname(file))
        with open(file, "wb") as served:
            served.write(body)
        self.environment["RANGE42_PROXMOX_API_TLS"] = "pin:sha256//" + self.make_key()
        self.serve()
        return self

    def make_key(self):
        """A certificate with an RSA key of 2048 bits; gives the hash of its public key."""
        key, certificate = (os.path.join(self.place, "nginx." + end) for end in ("key", "pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        public = subprocess.run(["openssl", "rsa", "-in", key, "-pubout", "-outform", "DER"],
                                check=True, capture_output=True).stdout
        return base64.b64encode(hashlib.sha256(public).digest()).decode()

    def serve(self):
        path = os.path.join(self.place, "nginx.conf")
        with open(path, "w") as file:
            file.write(CONFIGURATION.format(place=self.place, port=self.port))
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-c", path, "-p", self.place,
                                         "-e", os.path.join(self.place, "nginx.log")],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_LIMIT_S
        probe = ["curl", "-sko", "/dev/null", f"https://127.0.0.1:{self.port}/"]
        while subprocess.run(probe, check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("bench: nginx did not start")
            time.sleep(0.01)
