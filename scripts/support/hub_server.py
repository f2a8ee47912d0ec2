#!/usr/bin/env python3
"""A small Hub for tests: speaks the HTTP API of the Hugging Face Hub on loopback, from memory.

Two servers run: the Hub (127.0.0.1) and a storage server (localhost, another port) to which LFS content is redirected and
uploaded. Prints one line of JSON with both ports, then serves until standard input closes.

What tests need besides is under /_test/: POST /_test/repository makes one, POST /_test/faults sets what goes wrong,
GET /_test/log tells the requests so far, POST /_test/reset forgets all.
"""

import base64
import hashlib
import json
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit

GOOD_TOKEN = "hf_good"
USER = "tester"
TYPES = {"models": "model", "datasets": "dataset", "spaces": "space"}


def git_blob(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def filler(size, seed):
    """Bytes that do not compress, the same for the same seed."""
    out = bytearray()
    counter = 0
    while len(out) < size:
        out += hashlib.sha256(f"{seed}:{counter}".encode()).digest() * 32
        counter += 1
    return bytes(out[:size])


class File:
    def __init__(self, content, lfs):
        self.content = content
        self.lfs = lfs
        self.sha256 = hashlib.sha256(content).hexdigest()
        if lfs:
            pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {len(content)}\n"
            self.pointer = pointer.encode()
            self.oid = git_blob(self.pointer)
        else:
            self.oid = git_blob(content)

    @property
    def etag(self):
        return self.sha256 if self.lfs else self.oid

    def entry(self, path):
        entry = {"type": "file", "oid": self.oid, "size": len(self.content), "path": path}
        if self.lfs:
            entry["lfs"] = {"oid": self.sha256, "size": len(self.content), "pointerSize": len(self.pointer)}
        return entry


class Repository:
    def __init__(self, kind, name, private=False, gated=False, tags=()):
        self.kind, self.name, self.private, self.gated = kind, name, private, gated
        self.tags = list(tags)
        self.commits = {}
        self.refs = {}
        self.messages = []
        self.commit({}, "main", "initial commit")

    def commit(self, files, branch, message):
        listing = json.dumps([sorted((p, f.oid) for p, f in files.items()), message, len(self.commits), self.name])
        sha = hashlib.sha1(listing.encode()).hexdigest()
        self.commits[sha] = files
        self.refs[branch] = sha
        self.messages.append({"branch": branch, "message": message, "sha": sha})
        return sha

    def resolve(self, revision):
        return revision if revision in self.commits else self.refs.get(revision)


class World:
    def __init__(self):
        self.lock = threading.RLock()
        self.ports = {}
        self.reset()

    def reset(self):
        with self.lock:
            self.repositories = {}
            self.objects = {}
            self.parts = {}
            self.log = []
            self.faults = []
            self.page_size = 1000
            self.part_size = None
            self.in_flight = 0
            self.most_in_flight = 0


WORLD = World()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    side = "hub"

    def log_message(self, *args):
        pass

    # Dispatch

    def handle_any(self):
        self.parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length) if length else b""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            self.body = self.read_chunks()
        if self.parts.path.startswith("/_test/"):
            return self.control()
        with WORLD.lock:
            WORLD.in_flight += 1
            WORLD.most_in_flight = max(WORLD.most_in_flight, WORLD.in_flight)
            self.record = {
                "side": self.side, "method": self.command, "path": self.path,
                "authorization": self.headers.get("Authorization"), "range": self.headers.get("Range"),
                "ifRange": self.headers.get("If-Range"), "userAgent": self.headers.get("User-Agent"), "status": None,
            }
            WORLD.log.append(self.record)
        try:
            fault = self.take_fault()
            self.fault = fault or {}
            if fault and self.fail(fault):
                return
            self.hub() if self.side == "hub" else self.storage()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with WORLD.lock:
                WORLD.in_flight -= 1

    do_GET = do_HEAD = do_POST = do_PUT = handle_any

    def read_chunks(self):
        body = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return body

    def take_fault(self):
        with WORLD.lock:
            for fault in WORLD.faults:
                if fault.get("side", self.side) != self.side or fault.get("method", self.command) != self.command:
                    continue
                if fault.get("match", "") not in unquote(self.path) or fault.get("times", 1) == 0:
                    continue
                if fault.get("skip", 0) > 0:
                    fault["skip"] -= 1
                    continue
                if fault.get("times", 1) > 0:
                    fault["times"] = fault.get("times", 1) - 1
                return fault
        return None

    def fail(self, fault):
        """Does what the fault says in place of an answer; False where it only changes how content is sent."""
        if "delay" in fault:
            time.sleep(fault["delay"])
        if fault.get("hangUp"):
            self.hang_up()
            return True
        if "status" in fault:
            body = fault.get("body", "").encode()
            if "bodySize" in fault:
                body = b"[" + b" " * fault["bodySize"] + b"]"
            self.answer(fault["status"], body, fault.get("headers", {}))
            return True
        return False

    def hang_up(self):
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    # Answers

    def answer(self, status, body=b"", headers=None):
        if getattr(self, "record", None) is not None:
            self.record["status"] = status
        headers = dict(headers or {})
        self.send_response(status)
        headers.setdefault("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def json(self, value, status=200, headers=None):
        headers = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        self.answer(status, json.dumps(value).encode(), headers)

    def error(self, status, code=None, message="", headers=None):
        headers = dict(headers or {})
        if code:
            headers["X-Error-Code"] = code
        if message:
            headers["X-Error-Message"] = message
        self.json({"error": message or code or "error"}, status, headers)

    def content(self, content, etag, headers):
        """A file, or the part that Range asks for; faults may cut, slow or change it."""
        if "corrupt" in self.fault:
            place = self.fault["corrupt"] % max(len(content), 1)
            content = content[:place] + bytes([content[place] ^ 1]) + content[place + 1:]
        total, start, end, status = len(content), 0, len(content) - 1, 200
        asked = self.headers.get("Range", "")
        condition = self.headers.get("If-Range")
        if asked.startswith("bytes=") and not self.fault.get("ignoreRange") and condition in (None, f'"{etag}"'):
            first, _, last = asked[6:].partition("-")
            start, end = int(first), min(int(last or total - 1), total - 1)
            if start >= total:
                return self.answer(416, b"", {"Content-Range": f"bytes */{total}"})
            status = 206
            headers["Content-Range"] = f"bytes {start + self.fault.get('shiftRange', 0)}-{end}/{total}"
        part = content[start:end + 1]
        headers.update({"ETag": f'"{etag}"', "Accept-Ranges": "bytes", "Content-Type": "application/octet-stream"})
        headers["Content-Length"] = str(len(part) + self.fault.get("extra", 0))
        self.record["status"] = status
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        part += b"x" * self.fault.get("extra", 0)
        cut = self.fault.get("cut")
        if cut is not None:
            self.wfile.write(part[:cut])
            self.wfile.flush()
            return self.hang_up()
        if "stall" in self.fault:
            self.wfile.write(part[:self.fault.get("after", 0)])
            self.wfile.flush()
            time.sleep(self.fault["stall"])
            return self.hang_up()
        step = self.fault.get("step")
        if step:
            for place in range(0, len(part), step):
                self.wfile.write(part[place:place + step])
                self.wfile.flush()
                if place + step < len(part):
                    time.sleep(self.fault.get("pause", 0.01))
        else:
            self.wfile.write(part)

    # The Hub

    def hub(self):
        path = [unquote(p) for p in self.parts.path.strip("/").split("/")]
        if path[:2] == ["api", "repos"] and path[2:] == ["create"]:
            return self.create()
        if path[:2] == ["api", "validate-yaml"]:
            return self.json({"errors": [], "warnings": []})
        if path[:2] == ["api", "whoami-v2"]:
            return self.json({"name": USER, "type": "user", "orgs": []})
        if path[0] == "api" and len(path) >= 3 and path[1] in TYPES:
            return self.api(TYPES[path[1]], path[2:])
        kind = "model"
        if path[0] in ("datasets", "spaces"):
            kind, path = TYPES[path[0]], path[1:]
        if path[-3:] == ["lfs", "objects", "batch"]:
            name = "/".join(path[:-4])
            return self.with_repository(kind, name.removesuffix(".git"), self.batch)
        if path[-1] == "lfs-complete" or path[-1] == "lfs-verify":
            return self.lfs_end(path[-1])
        if "resolve" in path:
            at = path.index("resolve")
            name, rest = "/".join(path[:at]), path[at + 1:]
            return self.with_repository(kind, name, lambda repo: self.resolve(repo, rest[0], "/".join(rest[1:])))
        self.error(404)

    def with_repository(self, kind, name, body):
        token = self.headers.get("Authorization")
        if token is not None and token != f"Bearer {GOOD_TOKEN}":
            return self.error(401, None, "Invalid credentials in Authorization header")
        repo = WORLD.repositories.get((kind, name))
        if repo is None:
            return self.error(404 if token else 401, "RepoNotFound", "Repository not found")
        if repo.private and token is None:
            return self.error(401, "RepoNotFound", "Repository not found")
        if repo.gated and token is None:
            return self.error(401, "GatedRepo", f"Access to {kind} {name} is restricted.")
        body(repo)

    def api(self, kind, path):
        known = ("revision", "tree", "preupload", "commit", "branch")
        at = next((i for i, part in enumerate(path) if part in known and i > 0), len(path))
        name, verb, rest = "/".join(path[:at]), path[at] if at < len(path) else None, path[at + 1:]
        self.with_repository(kind, name, lambda repo: self.repository_api(repo, verb, rest))

    def repository_api(self, repo, verb, rest):
        if verb == "branch":
            if rest[0] in repo.refs:
                return self.error(409, None, "Reference already exists")
            repo.refs[rest[0]] = repo.refs["main"]
            return self.json({})
        revision = rest[0] if rest else "main"
        sha = repo.resolve(revision)
        if sha is None:
            return self.error(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        files = repo.commits[sha]
        if verb in (None, "revision"):
            siblings = [{"rfilename": path} for path in sorted(files)]
            return self.json({
                "_id": "1", "id": repo.name, "modelId": repo.name, "sha": sha, "private": repo.private,
                "tags": repo.tags, "siblings": siblings})
        if verb == "tree":
            return self.tree(files)
        if not self.headers.get("Authorization"):
            return self.error(403, None, "a token with write permission is needed")
        if verb == "preupload":
            asked = json.loads(self.body)["files"]
            answers = []
            for file in asked:
                old = files.get(file["path"])
                sample = base64.b64decode(file["sample"])
                is_lfs = b"\0" in sample or file["size"] > 200_000 or file["path"].endswith((".safetensors", ".bin"))
                answers.append({
                    "path": file["path"], "uploadMode": "lfs" if is_lfs else "regular",
                    "shouldIgnore": file["path"].endswith(".ignored"), "oid": old.etag if old else None})
            return self.json({"files": answers})
        if verb == "commit":
            return self.commit(repo, revision, files)
        self.error(404)

    def tree(self, files):
        entries = [files[path].entry(path) for path in sorted(files)]
        folders = sorted({p.rsplit("/", 1)[0] for p in files if "/" in p})
        entries += [{"type": "directory", "oid": "0" * 40, "size": 0, "path": folder} for folder in folders]
        query = parse_qs(self.parts.query)
        start = int(query.get("cursor", ["0"])[0])
        page = entries[start:start + WORLD.page_size]
        headers = {}
        if start + WORLD.page_size < len(entries):
            next_page = f"http://{self.headers['Host']}{self.parts.path}?recursive=true&cursor={start + WORLD.page_size}"
            headers["Link"] = f'<{next_page}>; rel="next"'
        self.json(page, headers=headers)

    def resolve(self, repo, revision, path):
        sha = repo.resolve(revision)
        if sha is None:
            return self.error(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        file = repo.commits[sha].get(path)
        if file is None:
            return self.error(404, "EntryNotFound", "Entry not found", {"X-Repo-Commit": sha})
        headers = {"X-Repo-Commit": sha}
        if not file.lfs:
            return self.content(file.content, file.etag, headers)
        with WORLD.lock:
            WORLD.objects[file.sha256] = file.content
        location = f"http://localhost:{WORLD.ports['storage']}/objects/{file.sha256}?Signature={quote(path)}"
        headers.update({
            "X-Linked-Etag": f'"{file.sha256}"', "X-Linked-Size": str(len(file.content)),
            "ETag": f'"{file.oid}"', "Location": location})
        self.answer(302, f"Found. Redirecting to {location}".encode(), headers)

    def create(self):
        if self.headers.get("Authorization") != f"Bearer {GOOD_TOKEN}":
            return self.error(401, None, "Invalid credentials in Authorization header")
        asked = json.loads(self.body)
        kind = asked.get("type") or "model"
        name = f"{asked.get('organization') or USER}/{asked['name']}"
        prefix = "" if kind == "model" else f"{kind}s/"
        answer = {"url": f"http://{self.headers['Host']}/{prefix}{name}", "name": name}
        with WORLD.lock:
            if (kind, name) in WORLD.repositories:
                return self.json({**answer, "error": "You already created this repo"}, 409)
            private = asked.get("visibility") == "private" or asked.get("private") is True
            WORLD.repositories[(kind, name)] = Repository(kind, name, private=private)
        self.json(answer)

    def batch(self, repo):
        asked = json.loads(self.body)
        storage = f"http://localhost:{WORLD.ports['storage']}"
        objects = []
        for item in asked["objects"]:
            answer = {"oid": item["oid"], "size": item["size"]}
            if item["oid"] not in WORLD.objects:
                host = f"http://{self.headers['Host']}"
                verify = {"href": f"{host}/{repo.name}/lfs-verify", "header": {}}
                if WORLD.part_size and item["size"] > WORLD.part_size:
                    count = -(-item["size"] // WORLD.part_size)
                    header = {"chunk_size": str(WORLD.part_size)}
                    for number in range(1, count + 1):
                        header[f"{number:05d}"] = f"{storage}/parts/{item['oid']}/{number}?Signature=p"
                    upload = {"href": f"{host}/{repo.name}/lfs-complete?oid={item['oid']}", "header": header}
                else:
                    upload = {"href": f"{storage}/objects/{item['oid']}?Signature=u", "header": {}}
                answer["actions"] = {"upload": upload, "verify": verify}
            objects.append(answer)
        self.json({"transfer": "basic", "objects": objects})

    def lfs_end(self, verb):
        asked = json.loads(self.body)
        oid = asked["oid"]
        if verb == "lfs-complete":
            with WORLD.lock:
                parts = [WORLD.parts[(oid, part["partNumber"])] for part in asked["parts"]]
                names = [hashlib.md5(part).hexdigest() for part in parts]
                if [part["etag"].strip('"') for part in asked["parts"]] != names:
                    return self.error(400, None, "wrong etag of a part")
                content = b"".join(parts)
                if hashlib.sha256(content).hexdigest() != oid:
                    return self.error(400, None, "wrong hash")
                WORLD.objects[oid] = content
            return self.json({})
        content = WORLD.objects.get(oid)
        if content is None or len(content) != asked["size"]:
            return self.error(400, None, "the object is not there")
        self.json({})

    def commit(self, repo, branch, files):
        files = dict(files)
        message = ""
        for line in self.body.splitlines():
            item = json.loads(line)
            key, value = item["key"], item["value"]
            if key == "header":
                message = value["summary"]
                parent = value.get("parentCommit")
                if parent and not repo.refs[branch].startswith(parent):
                    return self.error(412, None, "A commit has happened since. Please refresh and try again.")
            elif key == "file":
                files[value["path"]] = File(base64.b64decode(value["content"]), lfs=False)
            elif key == "lfsFile":
                content = WORLD.objects.get(value["oid"])
                if content is None or len(content) != value.get("size", len(content)):
                    return self.error(400, None, f"the LFS object of {value['path']} is not there")
                files[value["path"]] = File(content, lfs=True)
            elif key == "deletedFile":
                files.pop(value["path"], None)
            elif key == "deletedFolder":
                files = {p: f for p, f in files.items() if not p.startswith(value["path"].rstrip("/") + "/")}
        with WORLD.lock:
            sha = repo.commit(files, branch, message)
        self.json({
            "success": True, "commitOid": sha, "commitUrl": f"http://{self.headers['Host']}/{repo.name}/commit/{sha}",
            "hookOutput": "", "pullRequestUrl": None})

    # The storage server

    def storage(self):
        if self.headers.get("Authorization"):
            return self.error(400, None, "Only one auth mechanism allowed")
        path = self.parts.path.strip("/").split("/")
        if "Signature" not in parse_qs(self.parts.query):
            return self.error(403, None, "no signature")
        if self.command == "PUT":
            if self.headers.get("Transfer-Encoding"):
                return self.error(501, None, "A header you provided implies functionality that is not implemented")
            if path[0] == "objects":
                if hashlib.sha256(self.body).hexdigest() != path[1]:
                    return self.error(400, None, "wrong hash")
                with WORLD.lock:
                    WORLD.objects[path[1]] = self.body
                return self.answer(200)
            with WORLD.lock:
                WORLD.parts[(path[1], int(path[2]))] = self.body
            return self.answer(200, b"", {"ETag": f'"{hashlib.md5(self.body).hexdigest()}"'})
        content = WORLD.objects.get(path[1])
        if content is None:
            return self.error(404)
        self.content(content, "storage-" + path[1][:8], {})

    # What tests ask for

    def control(self):
        verb = self.parts.path.removeprefix("/_test/")
        asked = json.loads(self.body) if self.body else {}
        if verb == "reset":
            WORLD.reset()
        elif verb == "repository":
            kind = asked.get("type", "model")
            with WORLD.lock:
                repo = WORLD.repositories.get((kind, asked["id"]))
                if repo is None:
                    repo = Repository(
                        kind, asked["id"], asked.get("private", False), asked.get("gated", False), asked.get("tags", []))
                    WORLD.repositories[(kind, asked["id"])] = repo
                files = {}
                for file in asked.get("files", []):
                    if "base64" in file:
                        content = base64.b64decode(file["base64"])
                    elif "size" in file:
                        content = filler(file["size"], file.get("seed", file["path"]))
                    else:
                        content = file.get("text", "").encode()
                    files[file["path"]] = File(content, file.get("lfs", False))
                sha = repo.commit(files, asked.get("branch", "main"), asked.get("message", "files"))
                for ref in asked.get("refs", []):
                    repo.refs[ref] = sha
            return self.json({"sha": sha})
        elif verb == "faults":
            WORLD.faults = asked["faults"]
        elif verb == "settings":
            for key, value in asked.items():
                setattr(WORLD, key, value)
        elif verb == "log":
            return self.json({"requests": WORLD.log, "mostInFlight": WORLD.most_in_flight})
        elif verb == "state":
            with WORLD.lock:
                return self.json([
                    {"type": r.kind, "id": r.name, "private": r.private, "refs": r.refs, "commits": r.messages,
                     "files": {p: f.sha256 for p, f in r.commits[r.refs["main"]].items()}}
                    for r in WORLD.repositories.values()])
        self.json({})


class StorageHandler(Handler):
    side = "storage"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        kind = sys.exc_info()[0]
        if not issubclass(kind, (ConnectionError, BrokenPipeError)):
            super().handle_error(request, client_address)


def main():
    hub = Server(("127.0.0.1", 0), Handler)
    storage = Server(("127.0.0.1", 0), StorageHandler)
    WORLD.ports = {"hub": hub.server_port, "storage": storage.server_port}
    for server in (hub, storage):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps(WORLD.ports), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
