"""A Hub on this machine: repositories in memory, spoken to as the Hub's client speaks, without xet.

It can be told to refuse requests and to break connections.
"""

import base64
import hashlib
import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from huggingface_hub import constants
from huggingface_hub.utils import _http

TOKEN = "hf_" + "a" * 34  # no real one
USER = "me"


@dataclass
class Repo:
    """A repository: the files of each commit, and the newest commit of each branch."""

    kind: str
    is_private: bool = False
    is_gated: bool = False
    commits: list = field(default_factory=lambda: [{".gitattributes": b"*.bin filter=lfs\n"}])
    branches: dict = field(default_factory=lambda: {"main": 0})
    messages: list = field(default_factory=lambda: ["initial commit"])

    def commit_at(self, revision):
        """Returns the number of a commit by its branch or id; None where there is none."""
        if revision in self.branches:
            return self.branches[revision]
        ids = [commit_id(number) for number in range(len(self.commits))]
        return ids.index(revision) if revision in ids else None

    def files(self, branch="main"):
        """Returns the files of a branch but the Hub's own."""
        found = self.commits[self.branches[branch]]
        return {name: content for name, content in found.items() if name != ".gitattributes"}


@dataclass
class Hub:
    """What it holds, and how it misbehaves.

    `answers` are statuses by a part of a path, such as "/commit/": of requests that hold it. `cut`
    is a part of a path too: such a connection ends in the middle of what is sent.
    """

    repos: dict = field(default_factory=dict)
    blobs: dict = field(default_factory=dict)
    answers: dict = field(default_factory=dict)
    says: str = "so it was told"  # with those statuses
    cut: str | None = None
    requests: list = field(default_factory=list)  # method and path of each
    url: str = ""


def commit_id(number):
    return f"{number:040x}"


def sha256(content):
    return hashlib.sha256(content).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        hub = self.server.hub
        path = unquote(urlsplit(self.path).path)
        hub.requests.append(f"{self.command} {path}")
        length = int(self.headers["Content-Length"] or 0)
        if hub.cut is not None and hub.cut in path:
            self.rfile.read(length // 2)
            self.connection.close()
            self.close_connection = True
            return
        self.content = (
            self._chunks() if self.headers["Transfer-Encoding"] else self.rfile.read(length)
        )
        for part, status in hub.answers.items():
            if part in path:
                self._send(status, {"error": hub.says})
                return
        self._route(hub, path.strip("/").split("/"))

    def do_HEAD(self):
        self.do_GET()

    def do_POST(self):
        self.do_GET()

    def do_PUT(self):
        self.do_GET()

    def _chunks(self):
        found = b""
        while size := int(self.rfile.readline(), 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def _route(self, hub, parts):
        if parts[:1] == ["lfs"]:
            if self.command == "PUT":
                hub.blobs[parts[1]] = self.content
            self._send(200, {})
        elif parts[:2] == ["api", "validate-yaml"]:
            self._send(200, {"errors": [], "warnings": []})
        elif parts[:2] == ["api", "whoami-v2"]:
            is_known = self.headers["Authorization"] == f"Bearer {TOKEN}"
            self._send(200 if is_known else 401, {"name": USER, "type": "user", "orgs": []})
        elif parts[:2] == ["api", "repos"]:
            self._create(hub, json.loads(self.content))
        elif parts[0] == "api" and parts[1] in ("models", "spaces"):
            asked = parts[4:] or ["revision", "main"]
            self._api(hub, (parts[1][:-1], "/".join(parts[2:4])), asked)
        elif parts[-3:] == ["lfs", "objects", "batch"]:
            self._batch(hub, json.loads(self.content))
        elif "resolve" in parts:
            place = parts.index("resolve")
            kind = "space" if parts[0] == "spaces" else "model"
            repo = "/".join(parts[place - 2 : place])
            self._file(hub, (kind, repo), parts[place + 1], "/".join(parts[place + 2 :]))
        else:
            self._send(404, {"error": "no such page"})

    def _create(self, hub, asked):
        name = f"{asked.get('organization') or USER}/{asked['name']}"
        kind = asked.get("type") or "model"
        if not name.startswith(f"{USER}/"):
            self._send(403, {"error": f"You don't have the rights to create a model in {name}"})
        elif (kind, name) in hub.repos:
            self._send(409, {"error": "You already created this repo", "url": f"{hub.url}/{name}"})
        else:
            hub.repos[kind, name] = Repo(kind, is_private=asked.get("visibility") == "private")
            self._send(200, {"url": f"{hub.url}/{'spaces/' if kind == 'space' else ''}{name}"})

    def _api(self, hub, key, asked):
        repo = hub.repos.get(key)
        name = key[1]
        action, rest, *inner = asked
        if repo is None:
            self._missing()
        elif action == "branch":
            repo.branches.setdefault(rest, repo.branches["main"])
            self._send(200, {})
        elif repo.commit_at(rest) is None:
            self._send(404, {"error": "Invalid rev id"}, code="RevisionNotFound")
        elif action == "revision":
            self._send(200, {"id": name, "sha": commit_id(repo.commit_at(rest)), "siblings": []})
        elif action == "tree" and inner:
            self._send(404, {"error": "no such folder"}, code="EntryNotFound")
        elif action == "tree":
            self._send(200, [_entry(*file) for file in repo.commits[repo.commit_at(rest)].items()])
        elif action == "preupload":
            self._send(200, {"files": [_mode(file) for file in json.loads(self.content)["files"]]})
        elif action == "commit":
            self._commit(hub, repo, name, rest)

    def _batch(self, hub, asked):
        objects = []
        for entry in asked["objects"]:
            actions = {
                "upload": {"href": f"{hub.url}/lfs/{entry['oid']}"},
                "verify": {"href": f"{hub.url}/lfs/{entry['oid']}/verify"},
            }
            objects.append(entry | ({} if entry["oid"] in hub.blobs else {"actions": actions}))
        self._send(200, {"transfer": "basic", "objects": objects})

    def _commit(self, hub, repo, name, branch):
        files = dict(repo.commits[repo.branches[branch]])
        for line in self.content.decode().splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "header":
                repo.messages.append(value["summary"])
            elif entry["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif entry["key"] == "lfsFile":
                files[value["path"]] = hub.blobs[value["oid"]]
            else:
                assert entry["key"] == "deletedFile", entry["key"]
                del files[value["path"]]
        repo.commits.append(files)
        repo.branches[branch] = len(repo.commits) - 1
        oid = commit_id(repo.branches[branch])
        self._send(200, {"commitUrl": f"{hub.url}/{name}/commit/{oid}", "commitOid": oid})

    def _file(self, hub, key, revision, path):
        repo = hub.repos.get(key)
        number = repo.commit_at(revision) if repo else None
        if repo is None:
            self._missing()
        elif repo.is_gated:
            self._send(403, {"error": "Access is restricted"}, code="GatedRepo")
        elif number is None:
            self._send(404, {}, code="RevisionNotFound")
        elif path not in repo.commits[number]:
            self._send(404, {}, code="EntryNotFound", headers={"X-Repo-Commit": commit_id(number)})
        else:
            content = repo.commits[number][path]
            headers = {"X-Repo-Commit": commit_id(number), "ETag": f'"{sha256(content)}"'}
            self._send(200, content, headers=headers)

    def _missing(self):
        """Answers as the Hub does, which tells strangers nothing of what is missing or private."""
        if self.headers["Authorization"]:
            self._send(404, {"error": "Repository not found"}, code="RepoNotFound")
        else:
            self._send(401, {"error": "Invalid username or password."})

    def _send(self, status, body, *, code=None, headers=None):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**({"X-Error-Code": code} if code else {}), **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _entry(path, content):
    return {"type": "file", "path": path, "size": len(content), "oid": sha256(content)[:40]}


def _mode(file):
    """Says how a file travels: arrays as large files, texts in the commit."""
    is_large = file["path"].endswith((".safetensors", ".keras", ".bin"))
    return {
        "path": file["path"],
        "uploadMode": "lfs" if is_large else "regular",
        "shouldIgnore": False,
    }


@contextmanager
def serving_hub(monkeypatch, home, *, token=TOKEN):
    """Serves a Hub, for the client in this process and those that it starts.

    Args:
        monkeypatch: Of pytest.
        home: A new folder, for the client's cache.
        token: The token that the client finds; None for none.
    """
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.hub = hub
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    # The client read its environment when it was imported; processes that are started read it anew.
    for name, value in (
        ("ENDPOINT", hub.url),
        ("HUGGINGFACE_CO_URL_TEMPLATE", hub.url + "/{repo_id}/resolve/{revision}/{filename}"),
        ("HF_HUB_CACHE", str(home / "hub")),
        ("HF_TOKEN_PATH", str(home / "token")),
        ("HF_HUB_DISABLE_XET", True),
        ("HF_HUB_OFFLINE", False),
    ):
        monkeypatch.setattr(constants, name, value)
    # Of the Hub's own address, https, the client reads 401 as "missing or private"; here too.
    of_http = _http.REPO_API_REGEX.pattern.replace("https://", "https?://")
    monkeypatch.setattr(_http, "REPO_API_REGEX", re.compile(of_http, re.VERBOSE))
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_HOME", str(home))
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    if token is not None:
        monkeypatch.setenv("HF_TOKEN", token)
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None)  # tries again
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
