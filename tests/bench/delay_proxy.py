#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Forwards connections of loopback and holds every byte back for a while, as a distant server would.

Usage: delay_proxy.py TARGET_PORT MILLISECONDS_EACH_WAY   prints the port it listens on
"""
import asyncio
import socket
import sys


async def carry(reader, writer, delay):
    # Reading goes on while earlier bytes wait: this adds time, and takes no throughput.
    queue = asyncio.Queue(maxsize=4096)
    loop = asyncio.get_running_loop()

    async def send():
        while True:
            due, data = await queue.get()
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
            if not data:
                break
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()

    sender = asyncio.create_task(send())
    try:
        while data := await reader.read(1 << 18):
            await queue.put((loop.time() + delay, data))
        await queue.put((loop.time() + delay, b""))
        await sender
    except OSError:
        sender.cancel()


async def main():
    target, delay = int(sys.argv[1]), float(sys.argv[2]) / 1000

    async def accept(reader, writer):
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", target, limit=1 << 20)
        for one in (writer, there_writer):
            one.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.gather(carry(reader, there_writer, delay), carry(there_reader, writer, delay))
        for one in (writer, there_writer):
            one.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
