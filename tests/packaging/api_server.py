"""A real Kubernetes API server on loopback for one test: etcd and kube-apiserver from KUBEBUILDER_ASSETS.

KUBEBUILDER_ASSETS names a folder as `setup-envtest use -p path` prints it. Where that folder also holds
apiextensions-apiserver (the CRD server alone, of a newer release), StartCrdServer() starts it beside the first.
"""

import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ADMIN_TOKEN = "admin-token-of-this-test"
START_DEADLINE_SECONDS = 120


def assets_folder():
    """The folder of the servers, or None when this machine has none."""
    folder = os.environ.get("KUBEBUILDER_ASSETS", "")
    needed = ("etcd", "kube-apiserver", "kubectl")
    if folder and all(os.access(os.path.join(folder, program), os.X_OK) for program in needed):
        return folder
    return None


def _free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class ApiServer:
    """Use as a context manager; everything it made is gone at the end."""

    def __init__(self):
        self._assets = assets_folder()
        self._processes = []
        self.folder = None

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="schema-operator-apiserver-")
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self._processes):
            process.terminate()
        for process in reversed(self._processes):
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _write(self, name, text):
        with open(self._path(name), "w", encoding="utf-8") as out:
            out.write(text)
        return self._path(name)

    def _spawn(self, program, *arguments):
        with open(self._path(program + ".log"), "wb") as log:
            process = subprocess.Popen(
                [os.path.join(self._assets, program), *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder)
        self._processes.append(process)
        return process

    def _start(self):
        client, peer, secure = _free_ports(3)
        self._etcd = f"http://127.0.0.1:{client}"
        self._spawn("etcd", "--data-dir", self._path("etcd"), "--unsafe-no-fsync",
                    "--listen-client-urls", self._etcd, "--advertise-client-urls", self._etcd,
                    "--listen-peer-urls", f"http://127.0.0.1:{peer}")
        run = lambda *command: subprocess.run(command, check=True, capture_output=True)
        run("openssl", "genrsa", "-out", self._path("sa.key"), "2048")
        run("openssl", "rsa", "-in", self._path("sa.key"), "-pubout", "-out", self._path("sa.pub"))
        tokens = self._write("tokens.csv", f'{ADMIN_TOKEN},admin,1,"system:masters"\n')
        process = self._spawn(
            "kube-apiserver", "--etcd-servers", self._etcd, "--service-cluster-ip-range=10.0.0.0/24",
            "--bind-address=127.0.0.1", f"--secure-port={secure}", *self._no_insecure_port(),
            "--cert-dir", self._path("certs"), "--service-account-key-file", self._path("sa.pub"),
            "--service-account-signing-key-file", self._path("sa.key"),
            "--service-account-issuer=https://local", "--token-auth-file", tokens,
            "--authorization-mode=RBAC", "--disable-admission-plugins=ServiceAccount")
        self.url = f"https://127.0.0.1:{secure}"
        self.kubeconfig = self._write("kubeconfig", json.dumps(self._kubeconfig(self.url)))
        self._await_ready(process, "kube-apiserver", self.url + "/readyz")

    def _no_insecure_port(self):
        # Servers before 1.24 open a port without any authentication unless told not to; later ones lost the flag.
        text = subprocess.run([os.path.join(self._assets, "kube-apiserver"), "--help"], capture_output=True,
                              text=True, check=False).stdout
        return ["--insecure-port=0"] if "--insecure-port" in text else []

    @staticmethod
    def _kubeconfig(url):
        return {
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": url, "insecure-skip-tls-verify": True}}],
            "users": [{"name": "admin", "user": {"token": ADMIN_TOKEN}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
        }

    def _await_ready(self, process, program, url):
        deadline = time.monotonic() + START_DEADLINE_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            if self.request("GET", url)[0] == 200:
                return
            time.sleep(0.1)
        with open(self._path(program + ".log"), encoding="utf-8", errors="replace") as log:
            raise RuntimeError(f"{program} did not become ready:\n{log.read()[-3000:]}")

    def start_crd_server(self):
        """Starts the newer CRD server beside this one and returns its URL; None when there is none."""
        if not os.access(os.path.join(self._assets, "apiextensions-apiserver"), os.X_OK):
            return None
        (secure,) = _free_ports(1)
        process = self._spawn(
            "apiextensions-apiserver", "--etcd-servers", self._etcd, "--etcd-prefix=/modern",
            "--bind-address=127.0.0.1", f"--secure-port={secure}", "--cert-dir", self._path("crd-certs"),
            "--kubeconfig", self.kubeconfig, "--authentication-kubeconfig", self.kubeconfig,
            "--authorization-kubeconfig", self.kubeconfig, "--authentication-skip-lookup=true",
            "--enable-priority-and-fairness=false",
            "--disable-admission-plugins=ValidatingAdmissionPolicy,MutatingAdmissionPolicy,"
            "ValidatingAdmissionWebhook,MutatingAdmissionWebhook,NamespaceLifecycle")
        url = f"https://127.0.0.1:{secure}"
        self._await_ready(process, "apiextensions-apiserver", url + "/readyz")
        return url

    def request(self, method, url, body=None, content_type="application/json"):
        """(status, parsed JSON or text); status 0 when nothing answers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, method=method, headers={
            "Authorization": "Bearer " + ADMIN_TOKEN, "Content-Type": content_type})
        context = ssl._create_unverified_context()  # the server's certificate is made for this run
        try:
            with urllib.request.urlopen(request, timeout=30, context=context) as response:
                status, text = response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        except OSError:
            return 0, ""
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    def kubectl(self, *arguments, stdin=None):
        """Runs kubectl against this server; returns the finished process with its texts."""
        environment = dict(os.environ, KUBECONFIG=self.kubeconfig, HOME=self.folder)
        return subprocess.run([os.path.join(self._assets, "kubectl"), *arguments], input=stdin, text=True,
                              capture_output=True, check=False, env=environment)
