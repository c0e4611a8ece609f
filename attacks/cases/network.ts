import type { AttackCase } from '../case.ts';

const py = String.raw;

const REACH = py`
import socket
def reach(family, kind, address):
    link = socket.socket(family, kind)
    link.settimeout(0.4)
    try:
        link.connect(address)
        if kind == socket.SOCK_DGRAM:
            link.send(b"hello")
            link.recv(1)
        breach("reached %s" % (address,))
    except OSError: pass
    finally: link.close()
`;

export const network: AttackCase[] = [
  {
    id: 'outside',
    number: 34,
    title: 'No address outside the container answers: no DNS, web, metadata service or gateway.',
    answer: py`${REACH}
for host, port in (("1.1.1.1", 443), ("8.8.8.8", 53), ("169.254.169.254", 80), ("172.17.0.1", 22), ("172.17.0.1", 2375), ("10.0.0.1", 80), ("192.168.0.1", 80)):
    reach(socket.AF_INET, socket.SOCK_STREAM, (host, port))
reach(socket.AF_INET, socket.SOCK_DGRAM, ("8.8.8.8", 53))
for host in ("2606:4700:4700::1111", "fe80::1", "fd00:ec2::254"):
    try: reach(socket.AF_INET6, socket.SOCK_STREAM, (host, 80))
    except OSError: pass
for name in ("example.com", "host.docker.internal", "gradeport", "metadata.google.internal"):
    try: breach(socket.gethostbyname(name))
    except OSError: pass
answer()`,
    hardTime: 10,
    expect: ['success'],
  },
  {
    id: 'other-containers',
    number: 34,
    title: 'Other containers and services of the machine do not answer on any usual port.',
    answer: py`${REACH}
for host in ("127.0.0.1", "172.17.0.2", "172.17.0.3"):
    for port in (22, 80, 2375, 2376, 3000, 5000, 5432, 6379, 8080, 27017):
        reach(socket.AF_INET, socket.SOCK_STREAM, (host, port))
answer()`,
    hardTime: 15,
    expect: ['success'],
  },
  {
    id: 'raw-sockets',
    number: 34,
    title: 'No raw, packet or virtual-machine socket reaches anything.',
    answer: py`
import socket
for family, kind, protocol in ((2, 3, 1), (17, 3, 768), (10, 3, 58)):
    try:
        socket.socket(family, kind, protocol)
        breach("socket %d %d %d" % (family, kind, protocol))
    except OSError: pass
for cid in (0, 1, 2, 3):
    try:
        link = socket.socket(40, socket.SOCK_STREAM)
        link.settimeout(0.4)
        link.connect((cid, 22))
        breach("vsock %d" % cid)
    except OSError: pass
answer()`,
    expect: ['success'],
  },
  {
    id: 'interfaces',
    number: 34,
    title: 'There is no network interface but its own loopback, and none can be made.',
    answer: py`
import fcntl, socket, struct
names = [line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]] if os.path.exists("/proc/net/dev") else []
if [name for name in names if name != "lo"]: breach(names)
routes = open("/proc/net/route").readlines()[1:] if os.path.exists("/proc/net/route") else []
if routes: breach(routes)
link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    fcntl.ioctl(link, 0x8914, struct.pack("16sh", b"lo", 0))
    breach("changed an interface")
except OSError: pass
try:
    os.open("/dev/net/tun", os.O_RDWR)
    # gVisor has one of its own, which ends in the container.
    if os.uname().release != "4.4.0": breach("tun")
except OSError: pass
answer()`,
    expect: ['success'],
  },
  {
    id: 'listen',
    number: 34,
    title: 'A server that listens on every address is not heard, and ends with its run.',
    answer: py`
import socket
for port in (80, 8080, 3000):
    link = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try: link.bind(("0.0.0.0", port)); link.listen()
    except OSError: continue
    if os.fork() == 0:
        os.setsid()
        while True: link.accept()
answer()`,
    partner: py`
import socket
time.sleep(0.5)
for port in (80, 8080, 3000):
    try:
        socket.create_connection(("127.0.0.1", port), 0.3)
        breach("heard port %d" % port)
    except OSError: pass
answer()`,
    expect: ['success'],
  },
];
