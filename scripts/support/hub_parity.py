"""Compares `trainer download` and `trainer upload` with Python's huggingface_hub against one server (hub_server.py).

Both must leave the same cache to the byte, use each other's offline, upload what the other reads, and share locks; and a
download that is killed at any instant must go on to the same result.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = [
    {"path": "config.json", "text": '{"model_type": "bert"}\n'},
    {"path": "model.safetensors", "size": 3_000_000, "lfs": True},
    {"path": "tokenizer/vocab.txt", "text": "[PAD]\n[UNK]\n"},
    {"path": "tokenizer/deeper/merges.txt", "text": "a b\n"},
    {"path": "empty.txt", "text": ""},
    {"path": "Über/ein Name (1).txt", "text": "ü"},
    {"path": "a#b?c%20d.txt", "text": "x"},
    {"path": "same-1.bin", "size": 5000, "seed": "same", "lfs": True},
    {"path": "same-2.bin", "size": 5000, "seed": "same", "lfs": True},
    {"path": ".gitattributes", "text": "*.bin filter=lfs\n"},
    {"path": "plain.bin", "size": 70_000},
] + [{"path": f"data/part-{number:03d}.txt", "text": f"{number}\n" * number} for number in range(40)]


class Hub:
    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, HERE / "hub_server.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.ports = json.loads(self.process.stdout.readline())
        self.endpoint = f"http://127.0.0.1:{self.ports['hub']}"

    def control(self, verb, value=None):
        data = None if value is None else json.dumps(value).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.endpoint}/_test/{verb}", data)) as answer:
            return json.load(answer)

    def repository(self, name, files, **more):
        return self.control("repository", {"id": name, "files": files, **more})["sha"]

    def faults(self, *faults):
        self.control("faults", {"faults": faults})

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


class Peer:
    """A Python process with huggingface_hub that runs what it is sent, for the import takes seconds."""

    LOOP = """
import contextlib, io, json, sys, traceback
from huggingface_hub import *
for line in sys.stdin:
    asked, out = json.loads(line), io.StringIO()
    failed = False
    with contextlib.redirect_stdout(out):
        try:
            exec(asked["code"], {**globals(), "values": asked["values"]})
        except Exception:
            failed = True
            out = io.StringIO(traceback.format_exc())
    print(json.dumps({"failed": failed, "text": out.getvalue()}), flush=True)
"""

    def __init__(self, environment):
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.LOOP], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=environment, text=True)

    def run(self, code, values):
        self.process.stdin.write(json.dumps({"code": code, "values": values}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


class Comparison:
    def __init__(self, hub, trainer, folder):
        self.hub, self.trainer, self.folder = hub, trainer, folder
        self.checks = 0
        self.peers = {}
        self.environment = {
            **os.environ, "HF_ENDPOINT": hub.endpoint, "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HOME": str(folder / "home"), "HF_TOKEN": "hf_good",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        }
        for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
            self.environment.pop(name, None)

    def check(self, isTrue, what):
        self.checks += 1
        if not isTrue:
            raise SystemExit(f"hub-parity: {what}")

    # Runs

    def ours(self, *words, offline=False, fails=False):
        environment = {**self.environment, **({"HF_HUB_OFFLINE": "1"} if offline else {})}
        run = subprocess.run(
            [self.trainer, *map(str, words)], env=environment, capture_output=True, text=True, timeout=120)
        if (run.returncode != 0) != fails:
            raise SystemExit(f"hub-parity: trainer {' '.join(map(str, words))}: {run.returncode}\n{run.stderr}")
        return run.stderr.strip() if fails else run.stdout.strip()

    def python(self, code, *values, offline=False, fails=False, alone=False):
        """Runs code on Python's client; in a process of its own where `alone`."""
        if alone or offline not in self.peers:
            peer = Peer({**self.environment, **({"HF_HUB_OFFLINE": "1"} if offline else {})})
            if not alone:
                self.peers[offline] = peer
        else:
            peer = self.peers[offline]
        answer = peer.run(code, [str(v) if isinstance(v, Path) else v for v in values])
        if alone:
            peer.close()
        if answer["failed"] != fails:
            raise SystemExit(f"hub-parity: Python: {answer['text']}")
        return answer["text"].strip()

    def pythonDownload(self, cache, name, kind="model", revision=None, allow=None, ignore=None, **more):
        return self.python(
            "print(snapshot_download(values[1], repo_type=values[2], revision=values[3], cache_dir=values[0],"
            " allow_patterns=values[4], ignore_patterns=values[5]))", cache, name, kind, revision, allow, ignore, **more)

    def ourDownload(self, cache, name, kind="model", revision=None, allow=None, ignore=None, **more):
        words = ["download", name, "--repo-type", kind, "--cache-dir", cache]
        words += ["--revision", revision] if revision else []
        for pattern in allow or []:
            words += [f"--include={pattern}"]
        for pattern in ignore or []:
            words += [f"--exclude={pattern}"]
        return self.ours(*words, **more)

    # What is left

    @staticmethod
    def tree(folder):
        """Every entry by name: what links point to, what files hold."""
        result = {}
        for place, folders, files in os.walk(folder):
            for name in folders + files:
                path = Path(place) / name
                key = str(path.relative_to(folder))
                if path.is_symlink():
                    result[key] = ("link", os.readlink(path))
                elif path.is_dir():
                    result[key] = ("folder",)
                else:
                    # Python makes lists of files readable to their owner alone, for it makes them by mkstemp.
                    mode = None if "/trees/" in key else oct(path.stat().st_mode & 0o777)
                    content = path.read_bytes()
                    # Without the time.
                    if key.endswith(".metadata"):
                        content = content.splitlines()[:2]
                    result[key] = ("file", content, mode)
        return result

    def same(self, python, ours, what):
        left, right = self.tree(python), self.tree(ours)
        for name in sorted(set(left) | set(right)):
            self.check(left.get(name) == right.get(name), f"{what}: {name}: Python {left.get(name, 'nothing')!s:.300}, ours {right.get(name, 'nothing')!s:.300}")

    # Cases

    def caches(self, name):
        return self.folder / name / "python", self.folder / name / "ours"

    def downloads(self):
        first = self.hub.repository("org/model", FILES, refs=["v1.0", "refs/pr/1"])
        self.hub.repository("org/model", FILES[:-3] + [{"path": "new.txt", "text": "n"}])
        self.hub.repository("org/data", FILES, type="dataset")
        self.hub.repository("plain", FILES[:3])
        self.hub.control("settings", {"page_size": 7})
        cases = {
            "all": [dict(name="org/model")],
            "tag": [dict(name="org/model", revision="v1.0")],
            "pull request": [dict(name="org/model", revision="refs/pr/1")],
            "commit": [dict(name="org/model", revision=first)],
            "several revisions": [dict(name="org/model", revision="v1.0"), dict(name="org/model")],
            "data set": [dict(name="org/data", kind="dataset")],
            "bare name": [dict(name="plain")],
            "allowed": [dict(name="org/model", allow=["*.json", "tokenizer/*"])],
            "ignored": [dict(name="org/model", ignore=["data/", "*.bin", "model*"])],
            "both": [dict(name="org/model", allow=["data/*"], ignore=["*1.txt", "data/part-00[2-5].txt"])],
            "twice": [dict(name="org/model"), dict(name="org/model")],
            "piece by piece": [dict(name="org/model", allow=["*.json"]), dict(name="org/model")],
        }
        for what, runs in cases.items():
            python, ours = self.caches(what)
            for run in runs:
                left, right = self.pythonDownload(python, **run), self.ourDownload(ours, **run)
                self.check(Path(left).relative_to(python) == Path(right).relative_to(ours), f"{what}: {left}, {right}")
            self.same(python, ours, what)
            # Each from the other's cache, without the server.
            before = len(self.hub.control("log")["requests"])
            self.pythonDownload(ours, offline=True, **runs[-1])
            self.ourDownload(python, offline=True, **runs[-1])
            self.check(len(self.hub.control("log")["requests"]) == before, f"{what}: the server was asked offline")

    def localDirs(self):
        """The files themselves in a folder, with what each client notes of them; each goes on with the other's."""
        def python(folder, run, **more):
            return self.python(
                "print(snapshot_download(values[1], local_dir=values[0], revision=values[2], allow_patterns=values[3]))",
                folder, "org/model", run.get("revision"), run.get("allow"), **more)

        def ours(folder, run, **more):
            words = ["download", "org/model", "--local-dir", folder]
            words += ["--revision", run["revision"]] if "revision" in run else []
            words += [f"--include={pattern}" for pattern in run.get("allow", [])]
            return self.ours(*words, **more)

        cases = {
            "all": [{}], "twice": [{}, {}], "a tag, then the branch": [{"revision": "v1.0"}, {}],
            "piece by piece": [{"allow": ["*.json"]}, {}],
        }
        for what, runs in cases.items():
            left, right = (self.folder / "local" / what / name for name in ("python", "ours"))
            for run in runs:
                self.check(Path(python(left, run)) == left.resolve(), f"{what}: Python's folder")
                self.check(Path(ours(right, run)) == right, f"{what}: our folder")
            self.same(left, right, f"local folder, {what}")
            # Each goes on with what the other has noted.
            reads = len([r for r in self.hub.control("log")["requests"] if r["method"] == "GET" and "resolve" in r["path"]])
            python(right, runs[-1])
            ours(left, runs[-1])
            now = len([r for r in self.hub.control("log")["requests"] if r["method"] == "GET" and "resolve" in r["path"]])
            self.check(now == reads, f"local folder, {what}: {now - reads} files were read again")
            python(right, runs[-1], offline=True)
            ours(left, runs[-1], offline=True)

    def singleFiles(self):
        python, ours = self.caches("files")
        for name in ("config.json", "model.safetensors", "tokenizer/vocab.txt", "empty.txt", "a#b?c%20d.txt"):
            left = self.python("print(hf_hub_download(values[1], values[2], cache_dir=values[0]))", python, "org/model", name)
            right = self.ours("download", "org/model", name, "--cache-dir", ours)
            self.check(Path(left).relative_to(python) == Path(right).relative_to(ours), f"{name}: {left}, {right}")
        for name in ("none.txt", "sub/none.txt"):
            self.python("hf_hub_download(values[1], values[2], cache_dir=values[0])", python, "org/model", name, fails=True)
            self.ours("download", "org/model", name, "--cache-dir", ours, fails=True)
        self.same(python, ours, "single files")

    def failures(self):
        for name, revision in (("org/none", None), ("org/model", "none")):
            python, ours = self.caches(f"failures {name} {revision}")
            self.pythonDownload(python, name, revision=revision, fails=True)
            text = self.ourDownload(ours, name, revision=revision, fails=True)
            self.check(text.startswith("error: ") and "\n" not in text, text)
            self.check("hf_good" not in text, "the token is in an error")

    def uploads(self):
        source = self.folder / "source"
        for file in FILES:
            path = source / file["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(os.urandom(file["size"]) if "size" in file else file["text"].encode())
        (source / ".git").mkdir()
        (source / ".git" / "HEAD").write_text("x")
        for part_size in (None, 1_000_000):
            self.hub.control("settings", {"part_size": part_size, "objects": {}})
            names = [f"org/by-{side}-{part_size}" for side in ("python", "us")]
            self.python(
                "api = HfApi()\napi.create_repo(values[1])\n"
                "api.upload_folder(folder_path=values[0], repo_id=values[1])", source, names[0])
            self.hub.control("settings", {"objects": {}})
            self.ours("upload", source, names[1])
            trees = []
            for name in names:
                cache = self.folder / "uploads" / name.replace("/", "-")
                trees.append(Path(self.pythonDownload(cache / "python", name)))
                ours = Path(self.ourDownload(cache / "ours", name))
                self.same(trees[-1], ours, f"read back {name}")
            contents = [self.content(tree) for tree in trees]
            expected = self.content(source)
            for name, content in zip(names, contents):
                wanted = {k: v for k, v in expected.items() if not k.startswith(".git/")}
                self.check(content == wanted, f"{name} holds {set(content) ^ set(wanted)}")
            before = self.hub.control("state")
            self.ours("upload", source, names[0])
            self.check(self.hub.control("state") == before, "an upload without changes made a commit")
        self.hub.control("settings", {"part_size": None})

    @staticmethod
    def content(folder):
        return {str(p.relative_to(folder)): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}

    def together(self):
        self.hub.control("settings", {"log": []})
        self.hub.faults({"side": "storage", "step": 100_000, "pause": 0.02, "times": -1})
        cache = self.folder / "together"
        errors = []

        def run(body):
            try:
                body(cache, "org/model")
            except BaseException as error:  # SystemExit too
                errors.append(error)

        def alone(cache, name):
            self.pythonDownload(cache, name, alone=True)

        threads = [threading.Thread(target=run, args=[body]) for body in 2 * [self.ourDownload, alone]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.hub.faults()
        self.check(not errors, f"side by side: {errors}")
        reads = [r for r in self.hub.control("log")["requests"] if r["side"] == "storage"]
        self.check(len(reads) == 2, f"side by side the storage server was asked {len(reads)} times for 2 contents")
        python = self.folder / "together-python"
        self.pythonDownload(python, "org/model")
        self.same(python, cache, "side by side")

    def locks(self):
        """A content that Python holds the lock of is waited for, and the other way round."""
        cache = self.folder / "locks"
        self.ours("download", "org/model", "model.safetensors", "--cache-dir", cache)
        lock = next(p for p in (cache / ".locks" / "models--org--model").iterdir())
        shutil.rmtree(cache / "models--org--model")
        hold = "from filelock import FileLock\nimport sys, time\nwith FileLock(sys.argv[1]):\n print('held', flush=True)\n time.sleep(1.5)"
        holder = subprocess.Popen([sys.executable, "-c", hold, lock], stdout=subprocess.PIPE)
        holder.stdout.readline()
        started = time.monotonic()
        self.ours("download", "org/model", "model.safetensors", "--cache-dir", cache)
        self.check(time.monotonic() - started > 0.8, "Python's lock was not waited for")
        holder.wait()

    @staticmethod
    def awaitKill(process, cache):
        """Until a random instant, or until a random number of bytes of a file has come."""
        if random.random() < 0.25:
            return time.sleep(random.uniform(0, 0.5))
        wanted = random.choice([1, random.randrange(3_000_000), random.randrange(20_000_000)])
        blobs = cache / "models--org--killed" / "blobs"
        while process.poll() is None:
            try:
                if any(e.name.endswith(".incomplete") and e.stat().st_size >= wanted for e in os.scandir(blobs)):
                    return None
            except FileNotFoundError:
                pass
            time.sleep(0.001)
        return None

    def kills(self, count, seed):
        """Killed at random instants, again and again; each run goes on, and the end is the same."""
        self.hub.repository("org/killed", [
            {"path": "model.safetensors", "size": 20_000_000, "lfs": True}, {"path": "plain.bin", "size": 3_000_000},
            {"path": "config.json", "text": "{}"}])
        python = self.folder / "killed-python"
        self.pythonDownload(python, "org/killed")
        random.seed(seed)
        cache = self.folder / "killed"
        goneOn = 0
        for number in range(count):
            if number % 8 == 0:
                shutil.rmtree(cache, ignore_errors=True)
            # Slow enough that a kill meets each part of the work.
            self.hub.faults(
                {"match": "plain.bin", "method": "GET", "step": 100_000, "pause": 0.004, "times": -1},
                {"side": "storage", "step": 200_000, "pause": 0.004, "times": -1})
            process = subprocess.Popen(
                [self.trainer, "download", "org/killed", "--cache-dir", cache], env=self.environment,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.awaitKill(process, cache)
            process.send_signal(signal.SIGKILL)
            process.wait()
            partial = [p for p in cache.rglob("*.incomplete") if p.stat().st_size > 0]
            goneOn += bool(partial)
            for link in cache.glob("models--*/snapshots/*/**/*"):
                if link.is_symlink():
                    self.check(link.exists(), f"after kill {number} {link} leads nowhere")
            if number % 8 == 7:
                self.hub.faults()
                self.ourDownload(cache, "org/killed")
                self.same(python, cache, f"after kill {number}")
        self.hub.faults()
        ranges = [r for r in self.hub.control("log")["requests"] if r["range"]]
        self.check(count < 16 or ranges, "no killed download went on where it was")
        return f"{count} kills, {goneOn} with a file begun, {len(ranges)} requests for a rest"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trainer", required=True)
    parser.add_argument("--kills", type=int, default=96)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    hub = Hub()
    with tempfile.TemporaryDirectory(prefix="hub-parity-") as folder:
        comparison = Comparison(hub, os.path.abspath(arguments.trainer), Path(folder))
        try:
            for name in ("downloads", "localDirs", "singleFiles", "failures", "uploads", "together", "locks"):
                started = time.monotonic()
                getattr(comparison, name)()
                print(f"hub-parity: {name}: same ({time.monotonic() - started:.0f} s)", flush=True)
            print(f"hub-parity: {comparison.kills(arguments.kills, arguments.seed)}: same")
            print(f"hub-parity: passed, {comparison.checks} comparisons")
        finally:
            for peer in comparison.peers.values():
                peer.close()
            hub.close()


if __name__ == "__main__":
    main()
