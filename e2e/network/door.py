"""A TCP port of one network namespace that leads into another; `-` is the machine's own.

    door.py NAMESPACE ADDRESS PORT NAMESPACE ADDRESS PORT

Listens at the first and connects to the second for each who comes. Prints the port that it listens at (0 asks for any)
and ends with its standard input, so that it never outlives who started it.
"""

import asyncio
import ctypes
import os
import socket
import sys
import threading

CLONE_NEWNET = 0x40000000
CHUNK = 65536


def socket_in(namespace):
    """A socket belongs to the namespace of the thread that made it, wherever it is used later."""
    made = []

    def run():
        if namespace != "-":
            libc = ctypes.CDLL(None, use_errno=True)
            with open(f"/run/netns/{namespace}") as file:
                if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), f"setns {namespace}")
        made.append(socket.socket())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if not made:
        sys.exit(1)
    made[0].setblocking(False)
    made[0].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return made[0]


async def carry(reader, writer):
    try:
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def main():
    near, near_address, near_port, far, far_address, far_port = sys.argv[1:]

    async def let_through(reader, writer):
        through = socket_in(far)
        try:
            await asyncio.get_running_loop().sock_connect(through, (far_address, int(far_port)))
        except OSError:
            through.close()
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection(sock=through)
        await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))

    listening = socket_in(near)
    listening.bind((near_address, int(near_port)))
    server = await asyncio.start_server(let_through, sock=listening)
    print(listening.getsockname()[1], flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.read)
        # Connections that are still open hold nobody up.
        os._exit(0)


asyncio.run(main())
