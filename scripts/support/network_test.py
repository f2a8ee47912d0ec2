"""The cases of scripts/network-test: ranks over slow, lossy and broken networks."""
import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path

import network_link
import network_plan
from network_link import Network
from network_ranks import Ranks, Run

TIMEOUT = 8
"""--ddp-timeout, in seconds, where something breaks."""
GRACE = 5
"""Seconds after it within which every rank has to end."""
CASES = {}


class Failure(Exception):
    pass


def check(condition, text):
    if not condition:
        raise Failure(text)


def case(function):
    CASES[function.__name__.replace("_", "-")] = function
    return function


class Desk:
    """What the cases share: the program, the data and a folder."""

    def __init__(self, program, trainer, tensors, root):
        self.program, self.trainer, self.tensors, self.root = program, trainer, tensors, root

    def run(self, name, **arguments):
        return Run(self.program, self.tensors, self.root, name, **arguments)

    def losses(self, name, ranks, **conditions):
        """Those of a run to its end, and how many seconds it took."""
        run = self.run(name)
        with Network(ranks, **conditions) as network, run.start(network) as started:
            began = time.monotonic()
            started.wait(240)
            check(set(started.codes) == {0}, f"{ranks} ranks ended with {started.codes}: {errors(started)}")
            return run.losses, time.monotonic() - began, network


def errors(ranks):
    return " | ".join(ranks.errors(number).strip()[-400:] for number in range(len(ranks.processes)))


def check_clear(ranks, number):
    """A failing rank says why in one line, its last."""
    lines = [line for line in ranks.errors(number).splitlines() if line.strip()]
    found = [line for line in lines if line.startswith("error: ")]
    check(len(found) == 1 and lines[-1] == found[0], f"rank {number} did not end with one line of error: {lines[-3:]}")
    check(ranks.codes[number] == 1, f"rank {number} ended with {ranks.codes[number]}")
    return found[0]


def check_ends(ranks, broke_at, but=(), allowed=TIMEOUT + GRACE):
    """Each rank but some has ended in time, with a clear error; how long the last one took, and the lines."""
    ends = ranks.wait(allowed + 30, but)
    late = [n for n, end in enumerate(ends) if n not in but and (end is None or end - broke_at > allowed)]
    times = [None if end is None else round(end - broke_at, 1) for end in ends]
    check(not late, f"ranks {late} had not ended {allowed} s after the break ({times}): {errors(ranks)}")
    lines = [check_clear(ranks, n) for n in range(len(ends)) if n not in but]
    return max(time for n, time in enumerate(times) if n not in but), lines


def wait_for_checkpoint(run, ranks, step):
    deadline = time.monotonic() + 120
    while max(run.checkpoints(), default=0) < step:
        check(time.monotonic() < deadline, f"no checkpoint of step {step} came: {errors(ranks)}")
        check(all(code is None for code in ranks.codes), f"a rank ended early: {errors(ranks)}")
        time.sleep(0.01)


def wait_for_start(ranks):
    """Until rank 0 has said its first words."""
    deadline = time.monotonic() + 120
    while not ranks.errors(0) and ranks.codes[0] is None:
        check(time.monotonic() < deadline, "rank 0 said nothing")
        time.sleep(0.02)


def broken(desk, count, name, break_it, mend=None, but=()):
    """A run that breaks in the middle; the newest checkpoint must go on to the bits of a run that was left alone."""
    arguments = {"max_steps": 80, "save_strategy": "steps", "save_steps": 5, "save_total_limit": 3,
                 "ddp_timeout": TIMEOUT}
    run, whole = desk.run(name, **arguments), desk.run(f"{name}-whole", **arguments)
    with Network(count, delay=0.002) as network, run.start(network) as ranks:
        wait_for_checkpoint(run, ranks, 10)
        broke_at = time.monotonic()
        break_it(network, ranks)
        took, lines = check_ends(ranks, broke_at, but)
        if mend:
            mend(ranks)
            # A rank that wakes up finds the others gone.
            ranks.wait(TIMEOUT + GRACE)
            lines += [check_clear(ranks, number) for number in but]
        check(all(code is not None for code in ranks.codes), f"something is left running: {ranks.codes}")
    step = max(run.checkpoints())
    check(step < 80, "the run ended before it was broken")
    with Network(count) as network:
        for each, more in ((run, {"resume_from_checkpoint": True}), (whole, {})):
            with each.start(network, ddp_timeout=60, **more) as ranks:
                ranks.wait(240)
                check(set(ranks.codes) == {0}, f"the second run ended with {ranks.codes}: {errors(ranks)}")
    check(run.result()["weights"] == whole.result()["weights"],
          f"the run resumed at step {step} ended with other weights than one that was never broken")
    return f"all ended after {took} s, resumed at step {step} to the same bits; {lines[0]}"


@case
def several_ranks(desk):
    """2, 3 and 4 machines train as ranks of one do."""
    counts = []
    for count in (2, 3, 4):
        losses, seconds, network = desk.losses("plain", count)
        check(len(losses) == 12, f"{count} ranks logged {len(losses)} losses")
        counts.append(f"{count}: {seconds:.1f} s, {network.carried} packets")
    return ", ".join(counts)


@case
def delay(desk):
    """20 ms each way change nothing but the time."""
    near, quick, _ = desk.losses("near", 2)
    far, slow, _ = desk.losses("far", 2, delay=0.02)
    check(near == far, "delay changed the losses")
    return f"{quick:.1f} s without, {slow:.1f} s with"


@case
def loss(desk):
    """1 % of the packets lost: TCP sends them again, and the losses stay."""
    plain, _, _ = desk.losses("plain", 3)
    lossy, seconds, network = desk.losses("lossy", 3, loss=0.01, delay=0.002)
    check(network.lost > 0, "no packet was lost")
    difference = max(abs(a - b) / abs(a) for a, b in zip(plain, lossy))
    check(len(plain) == len(lossy) and difference < 1e-6, f"the losses differ by {difference}")
    return f"{network.lost} packets lost of {network.carried + network.lost}, {seconds:.1f} s, difference {difference}"


@case
def narrow(desk):
    """1 Mbit/s."""
    plain, _, _ = desk.losses("plain", 2)
    losses, seconds, _ = desk.losses("narrow", 2, bits_per_second=1e6)
    check(plain == losses, "a narrow link changed the losses")
    return f"{seconds:.1f} s"


@case
def cut_first(desk):
    """The cable of the machine that serves the store is pulled in the middle of training."""
    return broken(desk, 3, "cut-first", lambda network, _: network.unplug(0))


@case
def cut_last(desk):
    """Another machine's cable is pulled in the middle of training."""
    return broken(desk, 3, "cut-last", lambda network, _: network.unplug(2))


@case
def cut_two(desk):
    """Two ranks, and the cable between them is pulled."""
    return broken(desk, 2, "cut-two", lambda network, _: network.unplug(1))


@case
def frozen(desk):
    """A machine freezes; the others end, and it too when it wakes up."""
    return broken(
        desk, 3, "frozen", lambda _, ranks: ranks.signal(1, signal.SIGSTOP),
        lambda ranks: ranks.signal(1, signal.SIGCONT), but=(1,))


@case
def frozen_store(desk):
    """The machine that serves the store freezes."""
    return broken(
        desk, 3, "frozen-store", lambda _, ranks: ranks.signal(0, signal.SIGSTOP),
        lambda ranks: ranks.signal(0, signal.SIGCONT), but=(0,))


@case
def killed(desk):
    """A rank is killed: the others need not wait for the time-out."""
    arguments = {"max_steps": 100000, "save_strategy": "steps", "save_steps": 10, "save_total_limit": 2,
                 "ddp_timeout": 60}
    run = desk.run("killed", **arguments)
    with Network(3) as network, run.start(network) as ranks:
        wait_for_checkpoint(run, ranks, 20)
        ranks.signal(2, signal.SIGKILL)
        took, lines = check_ends(ranks, time.monotonic(), but=(2,), allowed=GRACE)
        check(not any("rows" in line for line in lines), f"rows are blamed for a lost rank: {lines}")
    return f"all ended after {took} s; {lines[0]}"


def meeting(desk, name, count=2, unplugged=(), but=(), **variables):
    """Ranks that cannot come together: each says so within the time."""
    run = desk.run(name, ddp_timeout=TIMEOUT)
    with Network(count) as network:
        for number in unplugged:
            network.unplug(number)
        with run.start(network, **variables) as ranks:
            # Not counted: the time that the program itself needs to start.
            wait_for_start(ranks)
            return check_ends(ranks, time.monotonic(), but)


@case
def wrong_address(desk):
    """Rank 1 looks for the store at an address where no machine is."""
    took, lines = meeting(desk, "address", own_variables={1: {"MASTER_ADDR": "10.99.99.99"}})
    return f"all ended after {took} s; {lines[1]}"


@case
def silent_address(desk):
    """Rank 1 looks for the store at an address of the network that nobody has."""
    run = Network(1)
    silent = run.machines[0].address.rsplit(".", 1)[0] + ".99"
    run.close()
    took, lines = meeting(desk, "silent", own_variables={1: {"MASTER_ADDR": silent}})
    return f"all ended after {took} s; {lines[1]}"


@case
def refused_port(desk):
    """Rank 1 looks for the store at a port where nobody listens."""
    took, lines = meeting(desk, "port", own_variables={1: {"MASTER_PORT": "29777"}})
    return f"all ended after {took} s; {lines[1]}"


@case
def unknown_host(desk):
    """Rank 1 looks for the store at a name that has no address."""
    took, lines = meeting(desk, "host", own_variables={1: {"MASTER_ADDR": "nowhere.invalid"}})
    return f"all ended after {took} s; {lines[1]}"


@case
def unplugged_at_start(desk):
    """A machine whose cable is out from the start."""
    took, lines = meeting(desk, "unplugged", count=3, unplugged=(2,))
    return f"all ended after {took} s; {lines[0]}"


@case
def wrong_interface(desk):
    """Gloo is given an interface that is not there."""
    took, lines = meeting(desk, "interface", own_variables={1: {"GLOO_SOCKET_IFNAME": "eth9"}})
    return f"all ended after {took} s; {lines[1]}"


@case
def no_interface(desk):
    """Gloo is given no interface: the one that leads to the others is taken."""
    run = desk.run("no-interface", ddp_timeout=TIMEOUT)
    with Network(2) as network, run.start(network, variables={"GLOO_SOCKET_IFNAME": None}) as ranks:
        ranks.wait(60)
        check(ranks.codes == [0, 0], f"the ranks ended with {ranks.codes}: {errors(ranks)}")
    return "found"


def launch(desk, network, run):
    """`trainer launch` on each machine, which start the ranks, and start them again."""
    run.write(max_steps=200)
    words = [
        str(desk.trainer), "launch", "--nnodes", "2:3", "--nproc-per-node", "1", "--rdzv-id", run.folder.name,
        "--rdzv-endpoint", f"{network.machines[0].address}:29400", "--max-restarts", "3", "--rdzv-timeout", "60",
        "--rdzv-conf", "keep_alive_interval=2,keep_alive_max_attempt=8,last_call_timeout=20", "--",
        *run.words,
    ]
    alone = {name: None for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR",
                                     "MASTER_PORT", "GLOO_SOCKET_IFNAME")}
    return Ranks(network, words, run.folder, alone)


@case
def elastic(desk):
    """`trainer launch`: a machine of three is lost, and the other two begin anew from the last checkpoint."""
    run = desk.run("elastic", save_strategy="steps", save_steps=5, save_total_limit=3,
                   ddp_timeout=TIMEOUT)
    with Network(3, delay=0.002) as network, launch(desk, network, run) as ranks:
        wait_for_checkpoint(run, ranks, 10)
        step = max(run.checkpoints())
        network.unplug(2)
        broke_at = time.monotonic()
        ends = ranks.wait(240)
        check(ranks.codes[:2] == [0, 0], f"the machines that were left ended with {ranks.codes}: {errors(ranks)}")
        check(ranks.codes[2] not in (None, 0), f"the lost machine ended with {ranks.codes[2]}")
        check(run.result()["global_step"] == 200, "the run did not go on to its end")
        lost = round(ends[2] - broke_at, 1)
    check(not network.running, f"left running: {network.running}")
    return f"resumed from step {step} or later; the lost machine ended after {lost} s"


def plan(desk):
    """What `trainer doctor --plan` says comes within a quarter of what it takes; on a quiet machine only."""
    lines, largest = network_plan.compare(desk.trainer, desk.root)
    check(largest <= 0.25, "; ".join(lines))
    return "; ".join(lines)


# Where other work keeps the processors busy it says nothing.
NAMED_ONLY = {"plan": plan}


def main():
    parser = argparse.ArgumentParser(prog="scripts/network-test", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"only these of: {', '.join(CASES)}")
    parser.add_argument("--program", default="", help="the built RankProgram")
    parser.add_argument("--trainer", default="", help="the built trainer")
    parser.add_argument("--tensors", default="", help="the rows and first weights")
    parser.add_argument("--check", action="store_true", help="only say whether this machine can do it")
    options = parser.parse_args()
    for name in options.cases:
        if name not in {**CASES, **NAMED_ONLY}:
            parser.error(f"there is no case {name}; the cases are {', '.join({**CASES, **NAMED_ONLY})}")
    missing = network_link.what_is_missing()
    if missing:
        print(f"network-test: left out: {missing}", file=sys.stderr)
        return 77
    if options.check:
        return 0
    # Ends what runs, and takes the namespaces down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    failed = 0
    with tempfile.TemporaryDirectory(prefix="network-test-") as root:
        desk = Desk(*(Path(path).resolve() for path in (options.program, options.trainer, options.tensors)), root)
        for name in options.cases or CASES:
            began = time.monotonic()
            try:
                text = {**CASES, **NAMED_ONLY}[name](desk)
                result = "passed"
            except Failure as failure:
                failed += 1
                text, result = str(failure), "FAILED"
            print(f"{name:20} {result} {time.monotonic() - began:6.1f} s  {text}", flush=True)
    print(f"network-test: {failed} of {len(options.cases or CASES)} cases failed" if failed else
          f"network-test: {len(options.cases or CASES)} cases passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
