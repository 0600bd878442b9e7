"""One side of a secio handshake with py-libp2p (pip install libp2p), then an echo.

peer.py listen            prints the port, then who came
peer.py dial PORT PEER    prints who is there
"""

import sys

import trio

from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.io.trio import TrioTCPStream
from libp2p.network.connection.raw_connection import RawConnection
from libp2p.peer.id import ID
from libp2p.security.secio.transport import Transport

keys = create_new_key_pair()
transport = Transport(keys, secure_bytes_provider=lambda n: __import__("os").urandom(n))


def say(line: str) -> None:
    print(line, flush=True)


async def echo(session) -> None:
    say(f"remote {session.get_remote_peer()}")
    try:
        while data := await session.read():
            await session.write(data)
    except Exception as err:  # py-libp2p has no end in good order: a read that meets it raises
        say(f"end {type(err).__name__}")
    await session.close()


async def listen() -> None:
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    say(f"port {listener.socket.getsockname()[1]}")
    stream = await listener.accept()
    await echo(await transport.secure_inbound(RawConnection(TrioTCPStream(stream), False)))


async def dial(port: int, peer: str) -> None:
    stream = await trio.open_tcp_stream("127.0.0.1", port)
    conn = RawConnection(TrioTCPStream(stream), True)
    await echo(await transport.secure_outbound(conn, ID.from_base58(peer)))


say(f"self {ID.from_pubkey(keys.public_key)}")
if sys.argv[1] == "listen":
    trio.run(listen)
else:
    trio.run(dial, int(sys.argv[2]), sys.argv[3])
