"""A road between two network namespaces that loses, delays and reorders packets: what `tc netem` does where the kernel
has it. Makes one TUN device in each namespace and carries IP packets between the two.

    impair.py NAMESPACE DEVICE NAMESPACE DEVICE

Prints `ready` when both devices are there. Then each line of standard input is a JSON object with `up` (first namespace
to second), `down` (back) or both, each holding the settings of `Lane` that are to change; each is answered by a line
with the counters so far. Ends with its standard input, so that it never outlives who started it.
"""

import ctypes
import fcntl
import heapq
import json
import os
import random
import selectors
import struct
import sys
import threading
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
LARGEST_PACKET = 65536


class Lane:
    """One direction."""

    def __init__(self, out):
        self.out = out
        # Share of packets lost, 0 to 1, and how many in a row on average (Gilbert's model); 1 is independent loss.
        self.loss, self.burst = 0.0, 1.0
        # Milliseconds: how long every packet takes, and how much more or less at random. Packets may overtake.
        self.delay, self.jitter = 0.0, 0.0
        # Kilobits per second, 0 for no limit, and milliseconds of traffic that wait for their turn before more is lost.
        self.rate, self.queue = 0.0, 200.0
        # The same seed gives the same losses and delays again, packet by packet.
        self.random = random.Random()
        self.losing = False
        self.free_at = 0.0
        self.passed = self.lost = 0

    def change(self, settings):
        for name, value in settings.items():
            if name == "seed":
                self.random.seed(value)
                self.losing = False
                continue
            if name not in ("loss", "burst", "delay", "jitter", "rate", "queue"):
                raise ValueError(f"no such setting: {name}")
            setattr(self, name, float(value))

    def loses(self):
        """Decides about one packet. Bursts begin as often as keeps the share at `loss`."""
        if self.burst <= 1 or self.loss >= 1:
            return self.random.random() < self.loss
        leave, enter = 1 / self.burst, self.loss / (self.burst * (1 - self.loss))
        self.losing = self.random.random() >= leave if self.losing else self.random.random() < enter
        return self.losing

    def due(self, now, size):
        """When a packet that comes `now` arrives, or None for never."""
        if self.loses():
            return None
        start = now
        if self.rate > 0:
            start = max(now, self.free_at)
            if start - now > self.queue / 1000:
                return None
            self.free_at = start = start + size * 8 / (self.rate * 1000)
        return start + max(0.0, self.delay + self.random.uniform(-self.jitter, self.jitter)) / 1000


def in_namespace(name, make):
    """Runs `make` in a thread of that namespace: what it opens stays there, this program does not."""
    result = []

    def run():
        libc = ctypes.CDLL(None, use_errno=True)
        with open(f"/run/netns/{name}") as namespace:
            if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), f"setns {name}")
        result.append(make())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if not result:
        sys.exit(1)
    return result[0]


def tun(device):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
    return fd


def main():
    near_name, near_device, far_name, far_device = sys.argv[1:]
    near = in_namespace(near_name, lambda: tun(near_device))
    far = in_namespace(far_name, lambda: tun(far_device))
    lanes = {"up": Lane(far), "down": Lane(near)}
    lane_from = {near: lanes["up"], far: lanes["down"]}
    control = sys.stdin.fileno()
    os.set_blocking(control, False)
    waiting = selectors.DefaultSelector()
    for fd in (near, far, control):
        waiting.register(fd, selectors.EVENT_READ)
    print("ready", flush=True)

    under_way = []
    taken = 0
    orders = b""
    while True:
        patience = max(0.0, under_way[0][0] - time.monotonic()) if under_way else None
        for key, _ in waiting.select(patience):
            if key.fd == control:
                more = os.read(control, LARGEST_PACKET)
                if not more:
                    return
                *lines, orders = (orders + more).split(b"\n")
                for line in lines:
                    for name, settings in json.loads(line).items():
                        lanes[name].change(settings)
                    counters = {name: {"passed": lane.passed, "lost": lane.lost} for name, lane in lanes.items()}
                    print(json.dumps(counters), flush=True)
                continue
            lane = lane_from[key.fd]
            try:
                packet = os.read(key.fd, LARGEST_PACKET)
            except OSError:
                continue
            due = lane.due(time.monotonic(), len(packet))
            if due is None:
                lane.lost += 1
                continue
            lane.passed += 1
            taken += 1
            heapq.heappush(under_way, (due, taken, lane.out, packet))
        while under_way and under_way[0][0] <= time.monotonic():
            _, _, out, packet = heapq.heappop(under_way)
            try:
                os.write(out, packet)
            except OSError:
                pass  # The device is down: lost, as on any road.


main()
