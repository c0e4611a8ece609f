"""One thread, one poll(): file descriptors, timers and ended children call back from here."""
import os
import select
import signal
import time

READ_FLAGS = select.POLLIN | select.POLLHUP | select.POLLERR | select.POLLNVAL
WRITE_FLAGS = select.POLLOUT | select.POLLHUP | select.POLLERR | select.POLLNVAL


class Watch:
    """The interest in one descriptor. A pausable one is not read while the worker is slow to take output."""

    def __init__(self, on_read, on_write, pausable):
        self.on_read, self.on_write, self.pausable = on_read, on_write, pausable
        self.read, self.write = on_read is not None, False


class Loop:
    def __init__(self):
        self._poll = select.poll()
        self._watches = {}
        self._timers = {}
        self._paused = False
        self.on_child = None
        woken, wake = os.pipe()
        os.set_blocking(woken, False)
        os.set_blocking(wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake)
        self.watch(woken, lambda: self._children(woken))

    def watch(self, fd, on_read=None, on_write=None, pausable=False):
        """Call on_read when fd can be read; on_write only while want_write() asks for it."""
        self._watches[fd] = Watch(on_read, on_write, pausable)
        self._apply(fd)

    def want_read(self, fd, wanted):
        watch = self._watches[fd]
        if watch.read != wanted:
            watch.read = wanted
            self._apply(fd)

    def want_write(self, fd, wanted):
        watch = self._watches[fd]
        if watch.write != wanted:
            watch.write = wanted
            self._apply(fd)

    def forget(self, fd):
        if self._watches.pop(fd, None):
            self._unregister(fd)

    def pause(self, paused):
        """Stop or resume reading all descriptors whose bytes go to the worker."""
        if paused != self._paused:
            self._paused = paused
            for fd in [fd for fd, watch in self._watches.items() if watch.pausable]:
                self._apply(fd)

    def after(self, name, seconds, call):
        """Call once, later; a timer of the same name is replaced."""
        self._timers[name] = (time.monotonic() + seconds, call)

    def cancel(self, name):
        self._timers.pop(name, None)

    def run(self):
        while True:
            for fd, flags in self._poll.poll(self._timeout_ms()):
                self._dispatch(fd, flags)
            self._fire()

    def _dispatch(self, fd, flags):
        watch = self._watches.get(fd)
        if watch and watch.write and flags & WRITE_FLAGS:
            watch.on_write()
        if watch and self._watches.get(fd) is watch and watch.read and flags & READ_FLAGS:
            if not (watch.pausable and self._paused):
                watch.on_read()

    def _apply(self, fd):
        watch = self._watches[fd]
        mask = select.POLLIN if watch.read and not (watch.pausable and self._paused) else 0
        mask |= select.POLLOUT if watch.write else 0
        if mask:
            self._poll.register(fd, mask)
        else:
            self._unregister(fd)  # poll() reports a hang-up even if no event is wanted: the loop would spin

    def _unregister(self, fd):
        try:
            self._poll.unregister(fd)
        except KeyError:
            pass

    def _timeout_ms(self):
        if not self._timers:
            return None
        soonest = min(when for when, _ in self._timers.values())
        return max(0, int((soonest - time.monotonic()) * 1000) + 1)

    def _fire(self):
        now = time.monotonic()
        for name, (when, call) in list(self._timers.items()):
            if when <= now and self._timers.get(name) == (when, call):
                del self._timers[name]
                call()

    def _children(self, woken):
        while True:
            try:
                if not os.read(woken, 512):
                    break
            except BlockingIOError:
                break
        if self.on_child:
            self.on_child()
