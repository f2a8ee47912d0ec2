"""Ranks on the machines of a network: real processes of Tests/RankProgram, or of any program, and what they leave."""
import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from network_link import INTERFACE

PORT = 29500


class Ranks:
    """One process on each machine."""

    def __init__(self, network, words, folder, variables=None, own_variables=None):
        """
        words: the program and its words.
        variables: over those of a launcher; own_variables: rank → more, for that rank alone.
        """
        self.folder, self.processes, self.ends = Path(folder), [], {}
        size = len(network.machines)
        for machine in network.machines:
            environment = {
                **os.environ, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": INTERFACE, "RANK": str(machine.number),
                "LOCAL_RANK": "0", "WORLD_SIZE": str(size), "LOCAL_WORLD_SIZE": "1",
                "MASTER_ADDR": network.machines[0].address, "MASTER_PORT": str(PORT), **(variables or {}),
                **(own_variables or {}).get(machine.number, {}),
            }
            log = open(self.folder / f"errors.{machine.number}", "w")
            self.processes.append(
                subprocess.Popen(
                    machine.command(words), env={k: v for k, v in environment.items() if v is not None}, stderr=log,
                    stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, start_new_session=True))
            log.close()

    def wait(self, seconds, but=()):
        """When each rank ended, as `time.monotonic()` tells it; None for those that run on."""
        deadline = time.monotonic() + seconds
        left = [n for n in range(len(self.processes)) if n not in self.ends and n not in but]
        while left and time.monotonic() < deadline:
            for number in left:
                if self.processes[number].poll() is not None:
                    self.ends[number] = time.monotonic()
            left = [n for n in left if n not in self.ends]
            time.sleep(0.02)
        return [self.ends.get(number) for number in range(len(self.processes))]

    @property
    def codes(self):
        return [process.poll() for process in self.processes]

    def errors(self, number):
        return (self.folder / f"errors.{number}").read_text(errors="replace")

    def signal(self, number, what):
        self.processes[number].send_signal(what)

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Run:
    """A folder with a configuration of RankProgram in it."""

    def __init__(self, program, tensors, root, name, **arguments):
        self.program = program
        self.folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=root))
        self.configuration = {
            "fast": True, "tensors": str(tensors), "rows": 16,
            "arguments": {
                "output_dir": str(self.folder), "use_cpu": True, "report_to": "none", "disable_tqdm": True,
                "learning_rate": 0.01, "logging_steps": 1, "max_steps": 12, "seed": 7, "save_strategy": "no",
                "per_device_train_batch_size": 2, "ddp_timeout": 60, **arguments,
            },
        }

    def write(self, **arguments):
        self.configuration["arguments"].update(arguments)
        (self.folder / "configuration.json").write_text(json.dumps(self.configuration))

    @property
    def words(self):
        return [str(self.program), str(self.folder / "configuration.json")]

    def start(self, network, variables=None, own_variables=None, **arguments):
        self.write(**arguments)
        return Ranks(network, self.words, self.folder, variables, own_variables)

    def result(self, rank=0):
        return json.loads((self.folder / f"result.{rank}.json").read_text())

    @property
    def losses(self):
        return [entry["loss"] for entry in self.result()["log_history"] if "loss" in entry]

    def checkpoints(self):
        """Steps of the checkpoints, in order."""
        steps = [path.name.split("-")[1] for path in self.folder.glob("checkpoint-*")]
        return sorted(int(step) for step in steps if step.isdigit())
