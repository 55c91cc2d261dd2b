#!/usr/bin/env python3
"""Clients that repeat one request until they are killed. Each client has one connection and sends again after each reply.

Prints a line when every client has received a reply.
"""

import argparse
import select
import socket
import sys

READ_SIZE = 1 << 18


class Client:
    """A client with one connection. It counts the data of each read as one reply."""

    def __init__(self, port, request, closes):
        self.port, self.request, self.closes = port, request, closes
        self.answered = 0
        self.connect()

    def connect(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.socket.send(self.request)

    def fileno(self):
        return self.socket.fileno()

    def receive(self):
        """Reads a reply and sends the request again. Returns whether this opened a new connection."""
        try:
            received = self.socket.recv(READ_SIZE)
            if received:
                self.answered += 1
                if not self.closes:
                    self.socket.send(self.request)
                return False
        except BlockingIOError:
            return False
        except OSError:
            pass
        self.socket.close()
        self.connect()
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--clients", type=int, default=512)
    parser.add_argument("--method", default="HEAD")
    parser.add_argument("--path", default="/metrics")
    parser.add_argument("--field", action="append", default=[], help="a header field, such as 'Accept-Encoding: gzip'")
    parser.add_argument("--pipeline", type=int, default=1, help="number of requests sent at once")
    parser.add_argument("--close", action="store_true", help="use a new connection for each request")
    arguments = parser.parse_args()
    fields = ["Host: localhost", *arguments.field, *(["Connection: close"] if arguments.close else [])]
    request = "\r\n".join([f"{arguments.method} {arguments.path} HTTP/1.1", *fields, "", ""]).encode() * arguments.pipeline
    poll = select.epoll()
    clients = {}

    def watch(client):
        clients[client.fileno()] = client
        poll.register(client.fileno(), select.EPOLLIN)

    for _ in range(arguments.clients):
        watch(Client(arguments.port, request, arguments.close))
    waiting = set(clients.values())
    while True:
        for number, _ in poll.poll():
            client = clients[number]
            if client.receive():
                watch(client)
            elif waiting:
                waiting.discard(client)
                if not waiting:
                    print("busy", flush=True)
                    waiting = None
    return 0


if __name__ == "__main__":
    sys.exit(main())
