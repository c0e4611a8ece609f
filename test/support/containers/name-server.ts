/** A name server for a test, in Python, which can run where this process is not. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** What it says over TCP only, because it does not fit: as many addresses. */
export const LARGE = 60;

/**
 * It knows honest.test and large.test, over UDP and TCP, and nothing else. It prints each question that it gets.
 * The format is that of RFC 1035, chapter 4.
 */
const SERVER = `
import socket, struct, sys, threading
where = (sys.argv[1], int(sys.argv[2]))
def answer(question, fits):
    name, at = [], 12
    while question[at]:
        name.append(question[at + 1:at + 1 + question[at]].decode())
        at += question[at] + 1
    name, kind = '.'.join(name), question[at + 2]
    print(name, 'A' if kind == 1 else kind, 'UDP' if fits < 600 else 'TCP', flush=True)
    count = {'honest.test': 1, 'large.test': ${LARGE}}.get(name, 0) if kind == 1 else 0
    record = b'\\xc0\\x0c' + struct.pack('>HHIH', 1, 1, 0, 4)
    records = b''.join(record + bytes((192, 0, 2, 1 + number)) for number in range(count))
    flags = 0x8180 if name in ('honest.test', 'large.test') else 0x8183
    end = at + 5
    if end + len(records) > fits: records, count, flags = b'', 0, flags | 0x200
    return question[:2] + struct.pack('>HHHHH', flags, 1, count, 0, 0) + question[12:end] + records
datagrams, streams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket()
streams.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
datagrams.bind(where); streams.bind(where); streams.listen()
def serve():
    while True:
        link = streams.accept()[0]
        with link:
            length = link.recv(2)
            if len(length) == 2:
                said = answer(link.recv(struct.unpack('>H', length)[0]), 65535)
                link.sendall(struct.pack('>H', len(said)) + said)
threading.Thread(target=serve, daemon=True).start()
print('ready', flush=True)
while True:
    question, who = datagrams.recvfrom(4096)
    datagrams.sendto(answer(question, 512), who)
`;

export type NameServer = { asked(): string[]; [Symbol.asyncDispose](): Promise<void> };

/** @param before words that bring a command to where it runs */
export async function openNameServer(
  address: string,
  before: readonly string[] = [],
  port = 53,
): Promise<NameServer> {
  const [program = 'python3', ...words] = [...before, 'python3', '-c', SERVER, address, `${port}`];
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (bytes) => {
    said += String(bytes);
  });
  const ended = once(child, 'exit');
  while (!said.startsWith('ready\n')) {
    await Promise.race([once(child.stdout, 'data'), ended]);
    if (hasEnded(child)) throw new Error(`The name server ended: ${said}`);
  }
  return {
    asked: () => said.split('\n').slice(1, -1),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;
