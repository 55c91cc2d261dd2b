"""A StorPool API that sends exactly the bytes that a test gives it."""

import contextlib
import json
import socket
import socketserver
import struct
import threading

VOLUME = {
    "name": "~o.n.1", "globalId": "o.n.1", "size": 10737418240, "creationTimestamp": 1767225600,
    "tags": {"virt": "pve", "pve-loc": "lab", "pve": "sp\u00e9cial \\ \"q\" \n", "pve-type": "images", "pve-vm": "104",
             "pve-disk": "0"}}
SNAPSHOT = {
    "name": "*o.n.1@2", "globalId": "o.n.2", "size": 10737418240, "creationTimestamp": 1767225601, "deleted": False,
    "transient": False, "tags": {}}
# Socket timeout of the handler, for a client that neither sends nor reads.
SECONDS = 60


def envelope(*elements):
    return json.dumps({"generation": 7, "data": elements}).encode()


HEALTHY = {"VolumesList": envelope(VOLUME), "SnapshotsList": envelope(SNAPSHOT)}


def reply(body, *fields, status="200 OK", length=None):
    """The bytes of a reply. With `length=False`, it has no Content-Length."""
    lines = [f"HTTP/1.0 {status}", "Content-Type: application/json", *fields]
    if length is not False:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Handler(socketserver.StreamRequestHandler):
    timeout = SECONDS

    def handle(self):
        with contextlib.suppress(OSError):
            call = self.rfile.readline().decode("latin-1").split()[1].rsplit("/", 1)[1]
            while self.rfile.readline() not in (b"\r\n", b"\n", b""):
                pass
            self.server.calls.append(call)
            for piece in self.server.pieces(call):
                self.wfile.write(piece)
            if self.server.resets:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class ScriptedAPI(socketserver.ThreadingTCPServer):
    """`script` maps calls to answers. Calls that are not in it get a healthy reply.

    An answer is bytes, a function that returns pieces, or a list of answers. The final answer of a list is repeated.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, **script):
        super().__init__(("127.0.0.1", 0), Handler)
        self.script, self.calls, self.resets = script, [], False
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def pieces(self, call):
        answer = self.script.get(call)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if answer is None:
            answer = reply(HEALTHY.get(call, envelope()))
        return [answer] if isinstance(answer, bytes) else answer()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


@contextlib.contextmanager
def serving_objects(volumes=(), snapshots=()):
    """Runs an API with these objects during the block and returns its URL. Changed lists take effect in the next call."""
    def answer(objects):
        return lambda: [reply(envelope(*objects))]

    with ScriptedAPI(
            VolumesList=answer(volumes), VolumesSpace=answer(volumes), SnapshotsList=answer(snapshots),
            SnapshotsSpace=answer(snapshots)) as api:
        yield api.url
