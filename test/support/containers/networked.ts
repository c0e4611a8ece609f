/** Tasks with a network, whose graders look for each other on it. */
import type { TestTask } from '../grade.ts';

/** Listens on every address for four seconds, and tries all neighbours meanwhile. */
export const TALK = `
import socket, threading, time
own = next(line.split()[0] for line in open('/etc/hosts') if line.split()[-1] in ('grading', socket.gethostname()) and not line.startswith('127.'))
heard = []
def listen(kind):
    link = socket.socket(socket.AF_INET, kind)
    link.bind(('0.0.0.0', 4711))
    link.settimeout(4)
    try:
        if kind == socket.SOCK_STREAM: link.listen(); heard.append(link.accept()[0].recv(9))
        else: heard.append(link.recv(9))
    except OSError: pass
threads = [threading.Thread(target=listen, args=(kind,)) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)]
for one in threads: one.start()
network = own.rsplit('.', 1)[0]
end = time.time() + 3
while time.time() < end:
    for last in range(2, 12):
        other = '%s.%d' % (network, last)
        if other == own: continue
        out = socket.socket(); out.settimeout(0.02)
        try: out.connect((other, 4711)); out.send(b'stream')
        except OSError: pass
        out.close()
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'datagram', (other, 4711))
for one in threads: one.join()
print('own address', own.count('.'), 'heard', heard)
`;

/** To everybody on the network at once, in both versions of the protocol, and by the machine's own address. */
export const CALL_ALL = `
import socket, struct, threading, time
heard = []
def listen(family, group):
    link = socket.socket(family, socket.SOCK_DGRAM)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    link.settimeout(4)
    try:
        link.bind(('', 4712))
        if group: link.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack('4s4s', socket.inet_aton(group), bytes(4)))
        while True:
            said, who = link.recvfrom(50)
            if said != own.encode(): heard.append(said)
    except OSError: pass
own = '%d' % time.time_ns()
threads = [threading.Thread(target=listen, args=one) for one in ((socket.AF_INET, '224.0.0.251'), (socket.AF_INET6, None))]
for one in threads: one.start()
end = time.time() + 3
while time.time() < end:
    for family, to in ((socket.AF_INET, '255.255.255.255'), (socket.AF_INET, '224.0.0.251'), (socket.AF_INET6, 'ff02::1%eth0')):
        try:
            out = socket.socket(family, socket.SOCK_DGRAM)
            out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            out.sendto(own.encode(), socket.getaddrinfo(to, 4712, family)[0][4])
        except OSError: pass
    time.sleep(0.05)
for one in threads: one.join()
print('heard', sorted(set(heard)))
`;

const YAML = `name: networked
environment_type: docker
environment_id: default
environment_parameters: { network_grading: true, limits: { time: 30, hard_time: 90, memory: 128 } }
problems: { q: { type: code, name: q } }
`;

/** A task whose grader is this Python program. */
export const networked = (program: string): TestTask => ({
  files: {
    'task.yaml': YAML,
    run: '#!/bin/bash\npython3 program.py\nfeedback-result success\n',
    'program.py': program,
  },
});
