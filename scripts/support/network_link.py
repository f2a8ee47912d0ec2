"""Machines on one desk: network namespaces whose packets pass through this process, which delays, loses or holds them
back as a bad network does.

The kernel's own netem would do as well where it is compiled in, but many machines, containers above all, lack it. Each
machine's interface is a TUN device: what its programs send comes here as an IP packet, and goes to the machine whose
address it bears. TCP above it is the kernel's, with its retransmissions and time-outs.
"""
import fcntl
import heapq
import os
import random
import selectors
import signal
import struct
import subprocess
import threading
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
INTERFACE = "link0"
"""The interface's name in every machine."""


class Machine:
    """A namespace with one interface and an address."""

    def __init__(self, number, mtu):
        self.number = number
        self.name = f"rank-{os.getpid()}-{number}"
        self.address = f"10.77.{os.getpid() % 250}.{number + 1}"
        device = f"tun{os.getpid()}-{number}"
        self.descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.descriptor, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
        ip("netns", "add", self.name)
        ip("link", "set", device, "netns", self.name, "name", INTERFACE)
        ip("-n", self.name, "link", "set", "lo", "up")
        ip("-n", self.name, "addr", "add", f"{self.address}/24", "dev", INTERFACE)
        ip("-n", self.name, "link", "set", INTERFACE, "mtu", str(mtu), "up")
        self.key = bytes(int(part) for part in self.address.split("."))
        # When the last byte that was sent will have left.
        self.free_at = 0.0

    def command(self, words):
        """What runs a program on this machine, until this process ends."""
        return ["setpriv", "--pdeathsig", "KILL", "ip", "netns", "exec", self.name, *words]

    @property
    def running(self):
        """The processes on it."""
        done = subprocess.run(["ip", "netns", "pids", self.name], capture_output=True, text=True)
        return [int(line) for line in done.stdout.split()]

    def close(self):
        for process in self.running:
            os.kill(process, signal.SIGKILL)
        subprocess.run(["ip", "netns", "del", self.name], stderr=subprocess.DEVNULL)
        os.close(self.descriptor)


class Network:
    """Machines that reach each other. Conditions may change while programs run."""

    def __init__(self, count, delay=0.0, loss=0.0, bits_per_second=None, mtu=1500, seed=1):
        """
        delay: seconds that each packet is on the way, one direction.
        loss: share of packets that are lost.
        bits_per_second: what each machine can send; None for as fast as it goes.
        """
        remove_leftovers()
        self.delay, self.loss, self.bits_per_second = delay, loss, bits_per_second
        self.unplugged = set()
        self.lost = self.carried = 0
        self.random = random.Random(seed)
        self.machines = []
        self.failure = None
        try:
            for number in range(count):
                self.machines.append(Machine(number, mtu))
        except BaseException:
            self.close_machines()
            raise
        self.by_address = {machine.key: machine for machine in self.machines}
        self.is_open = True
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    @property
    def running(self):
        return [process for machine in self.machines for process in machine.running]

    def unplug(self, number):
        """Pulls a machine's cable: nothing gets in or out any more, and nobody is told."""
        self.unplugged.add(number)

    def run(self):
        try:
            self.carry()
        except BaseException as error:
            self.failure = error

    def carry(self):
        waiting, order = [], 0
        selector = selectors.DefaultSelector()
        for machine in self.machines:
            selector.register(machine.descriptor, selectors.EVENT_READ, machine)
        while self.is_open:
            now = time.monotonic()
            while waiting and waiting[0][0] <= now:
                _, _, target, packet = heapq.heappop(waiting)
                if target.number not in self.unplugged:
                    write(target.descriptor, packet)
            pause = 0.1 if not waiting else max(0.0, min(0.1, waiting[0][0] - time.monotonic()))
            for key, _ in selector.select(pause):
                source = key.data
                for packet in packets(source.descriptor):
                    target = self.by_address.get(packet[16:20])
                    if packet[0] >> 4 != 4 or target is None or source.number in self.unplugged:
                        continue
                    if self.loss and self.random.random() < self.loss:
                        self.lost += 1
                        continue
                    self.carried += 1
                    order += 1
                    heapq.heappush(waiting, (self.arrival(source, len(packet)), order, target, packet))

    def arrival(self, source, size):
        sent = time.monotonic()
        if self.bits_per_second:
            sent = max(sent, source.free_at) + size * 8 / self.bits_per_second
            source.free_at = sent
        return sent + self.delay

    def close(self):
        self.is_open = False
        self.thread.join()
        self.close_machines()
        if self.failure:
            raise self.failure

    def close_machines(self):
        for machine in self.machines:
            machine.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def packets(descriptor, most=64):
    for _ in range(most):
        try:
            yield os.read(descriptor, 65536)
        except BlockingIOError:
            return


def write(descriptor, packet):
    try:
        os.write(descriptor, packet)
    except OSError:
        # Its queue is full or its namespace is going: lost, as on a wire.
        pass


def ip(*words):
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"error: ip {' '.join(words)}: {done.stderr.strip()}")


def remove_leftovers():
    """Namespaces of runs of this script that were killed."""
    for line in subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout.splitlines():
        name = line.split()[0] if line.split() else ""
        parts = name.split("-")
        if len(parts) == 3 and parts[0] == "rank" and parts[1].isdigit() and not os.path.exists(f"/proc/{parts[1]}"):
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)


def what_is_missing():
    """What this machine lacks for namespaces; None where nothing does."""
    if os.geteuid() != 0:
        return "network namespaces need root: run it with sudo"
    if not os.path.exists("/dev/net/tun"):
        return "there is no /dev/net/tun: load the kernel's module tun (modprobe tun)"
    try:
        done = subprocess.run(["ip", "netns", "add", f"rank-{os.getpid()}-try"], capture_output=True, text=True)
    except FileNotFoundError:
        return "there is no program ip: install iproute2"
    if done.returncode != 0:
        return f"no namespace can be made: {done.stderr.strip()}"
    subprocess.run(["ip", "netns", "del", f"rank-{os.getpid()}-try"])
    return None
