"""Passes questions for names on, where the engine's own name server is out of reach.

On a network that is not the engine's default, containers ask 127.0.0.11, from where the packet filter of the machine's
kernel leads to the engine. A container with a kernel of its own has another 127.0.0.11: this listens there, and asks
the name servers that the word "names=" on the command line lists. Questions and answers pass unchanged. The program that
asks may be hostile: what is under way is bounded in number, size and time, and while it is at a bound no more is read.
"""
import _socket as socket  # the small half, as in worker_link

HERE, PORT = '127.0.0.11', 53
QUESTIONS, CONNECTIONS = 32, 4
QUESTION_BYTES, ANSWER_BYTES, CHUNK_BYTES = 4096, 65_535, 16_384
# Of one name server; a resolver asks again after 5 s (resolv.conf(5)), and there are at most three servers.
SERVER_SECONDS = 1.5
CONNECTION_SECONDS = 10.0
HEAD_BYTES = 12
# "I cannot": SERVFAIL, NOTIMP and REFUSED of RFC 1035, chapter 4.1.1. Another name server may be able to.
CANNOT = (2, 4, 5)


def begin(loop, servers):
    for kind, guard in ((socket.SOCK_DGRAM, Questions), (socket.SOCK_STREAM, Connections)):
        try:
            door = _new(kind)
            door.bind((HERE, PORT))
            guard(loop, door, servers)
        except OSError:
            pass  # the place is taken: then something else answers there


def _new(kind):
    made = socket.socket(socket.AF_INET, kind)
    made.setblocking(False)
    return made


class Guarded:
    """Lets in a few at once; the others wait in the kernel, which has a bound of its own."""

    def __init__(self, loop, door, servers, most):
        self._loop, self._door, self._servers, self._most = loop, door, servers, most
        self._count = 0
        loop.watch(door.fileno(), self._let_in)

    def _let_in(self):
        raise NotImplementedError

    def _add(self, more):
        self._count += more
        self._loop.want_read(self._door.fileno(), self._count < self._most)


class Questions(Guarded):
    def __init__(self, loop, door, servers):
        Guarded.__init__(self, loop, door, servers, QUESTIONS)

    def _let_in(self):
        try:
            data, asker = self._door.recvfrom(QUESTION_BYTES + 1)
        except OSError:
            return
        if HEAD_BYTES <= len(data) <= QUESTION_BYTES:
            self._add(1)
            Question(self._loop, data, self._servers, lambda answer: self._answer(answer, asker))

    def _answer(self, answer, asker):
        self._add(-1)
        if answer is not None:
            try:
                self._door.sendto(answer, asker)
            except OSError:
                pass  # the program that asked is gone


class Question:
    """Asks one name server after the other; on_end(answer) is called once, with None if there was none."""

    def __init__(self, loop, data, servers, on_end):
        self._loop, self._data, self._left, self._on_end = loop, data, list(servers), on_end
        self._link = self._answer = None
        self._ask_next()

    def _ask_next(self):
        self._hang_up()
        while self._left:
            # A socket of its own for each question, and the kernel drops what comes from elsewhere.
            link = None
            try:
                link = _new(socket.SOCK_DGRAM)
                link.connect((self._left.pop(0), PORT))
                link.send(self._data)
            except OSError:
                if link:
                    link.close()
                continue
            self._link = link
            self._loop.watch(link.fileno(), self._read)
            self._loop.after(self, SERVER_SECONDS, self._ask_next)
            return
        self._on_end(self._answer)

    def _read(self):
        try:
            answer = self._link.recv(ANSWER_BYTES)
        except BlockingIOError:
            return
        except OSError:  # no name server is there
            self._ask_next()
            return
        if len(answer) < HEAD_BYTES or answer[:2] != self._data[:2]:
            return
        self._answer = answer
        if answer[3] & 15 not in CANNOT:
            self._left = []
        self._ask_next()

    def _hang_up(self):
        self._loop.cancel(self)
        if self._link:
            self._loop.forget(self._link.fileno())
            self._link.close()
            self._link = None


class Connections(Guarded):
    def __init__(self, loop, door, servers):
        door.listen(CONNECTIONS)
        Guarded.__init__(self, loop, door, servers, CONNECTIONS)

    def _let_in(self):
        try:
            number, _ = self._door._accept()
        except OSError:
            return
        asker = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, number)
        asker.setblocking(False)
        self._add(1)
        Connection(self._loop, asker, self._servers, lambda: self._add(-1))


class Connection:
    """Leads on to the first name server that accepts; when one side ends, so does the other."""

    def __init__(self, loop, asker, servers, on_end):
        self._loop, self._asker, self._left, self._on_end = loop, asker, list(servers), on_end
        self._server = None
        loop.after(self, CONNECTION_SECONDS, self.end)
        self._call_next()

    def _call_next(self):
        self._drop_server()
        if not self._left:
            self.end()
            return
        try:
            self._server = _new(socket.SOCK_STREAM)
            self._server.connect_ex((self._left.pop(0), PORT))
        except OSError:
            self.end()
            return
        self._loop.watch(self._server.fileno(), None, self._called)
        self._loop.want_write(self._server.fileno(), True)
        self._loop.after((self, 'call'), SERVER_SECONDS, self._call_next)

    def _called(self):
        if self._server.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._call_next()
            return
        self._loop.cancel((self, 'call'))
        self._loop.forget(self._server.fileno())
        there, back = Bytes(self, self._asker, self._server), Bytes(self, self._server, self._asker)
        self._loop.watch(self._asker.fileno(), there.read, back.write)
        self._loop.watch(self._server.fileno(), back.read, there.write)

    def want(self, reader, writer, is_waiting):
        """Read nothing more from one end while the other has not taken what was read."""
        self._loop.want_read(reader.fileno(), not is_waiting)
        self._loop.want_write(writer.fileno(), is_waiting)

    def _drop_server(self):
        self._loop.cancel((self, 'call'))
        if self._server:
            self._loop.forget(self._server.fileno())
            self._server.close()
            self._server = None

    def end(self):
        self._loop.cancel(self)
        self._drop_server()
        self._loop.forget(self._asker.fileno())
        self._asker.close()
        self._on_end()


class Bytes:
    """One direction of a connection."""

    def __init__(self, connection, reader, writer):
        self._connection, self._reader, self._writer = connection, reader, writer
        self._rest = b''

    def read(self):
        try:
            self._rest = self._reader.recv(CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._rest = b''
        if self._rest:
            self.write()
        else:
            self._connection.end()

    def write(self):
        try:
            self._rest = self._rest[self._writer.send(self._rest):]
        except BlockingIOError:
            pass
        except OSError:
            self._connection.end()
            return
        self._connection.want(self._reader, self._writer, bool(self._rest))
