"""An unmodified py-libp2p host driven by JSON lines on standard input: see interop/README.md. It speaks secio and yamux.

Only what the other peers do not show is here: secio, which is nowhere else.
"""

import json
import logging
import os
import sys

import multiaddr
import trio
from libp2p import create_yamux_muxer_option, new_host
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.network.stream.exceptions import StreamEOF
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.security.secio import transport as secio

ECHO = "/interop/echo/1.0.0"

logging.disable()
keys = create_new_key_pair()
host = new_host(key_pair=keys, sec_opt={secio.ID: secio.Transport(keys)}, muxer_opt=create_yamux_muxer_option())


async def chunks(stream):
    """What comes until the other side closes its writing: py-libp2p raises at an end."""
    try:
        while data := await stream.read(65536):
            yield data
    except StreamEOF:
        pass


async def answer_echo(stream) -> None:
    async for chunk in chunks(stream):
        await stream.write(chunk)
    await stream.close()


async def connect(request) -> object:
    info = info_from_p2p_addr(multiaddr.Multiaddr(request["addr"]))
    await host.connect(info)
    return info.peer_id


async def info(request) -> dict:
    return {"peerId": str(host.get_id()), "addrs": [str(addr) for addr in host.get_addrs()]}


async def dial(request) -> dict:
    return {"peerId": str(await connect(request))}


async def connections(request) -> dict:
    return {"count": len(host.get_connected_peers())}


async def echo(request) -> dict:
    stream = await host.new_stream(await connect(request), [ECHO])
    sent = os.urandom(request["bytes"])
    back = bytearray()

    async def send() -> None:
        await stream.write(sent)
        await stream.close_write()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(send)
        async for chunk in chunks(stream):
            back += chunk
    return {"bytes": len(back), "equal": bytes(back) == sent}


async def answer(request: dict) -> None:
    try:
        reply = {"ok": True, **await COMMANDS[request["cmd"]](request)}
    except Exception as err:
        reply = {"ok": False, "error": repr(err)}
    print(json.dumps({"id": request["id"], **reply}), flush=True)


COMMANDS = {"info": info, "dial": dial, "connections": connections, "echo": echo}


async def main() -> None:
    host.set_stream_handler(ECHO, answer_echo)
    listen = [multiaddr.Multiaddr("/ip4/127.0.0.1/tcp/0")]
    async with host.run(listen_addrs=listen), trio.open_nursery() as nursery:
        async for line in trio.wrap_file(sys.stdin):
            nursery.start_soon(answer, json.loads(line))
    os._exit(0)


trio.run(main)
