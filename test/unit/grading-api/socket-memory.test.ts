/** Whether a container holds too much in its sockets, where the kernel counts that for the whole machine alone. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { API_FOLDER } from '../../support/grading-api/container.ts';
import { tempFolder } from '../../support/store/temp-folder.ts';

const MIB = 2 ** 20;

/** Reads /proc/net as it was when the program began, and as it is now; says whether that is more than 64 MiB. */
const LOOK = `
import json, os, sys
api, net, states = sys.argv[1:]
sys.path.insert(0, api + '/agent')
from socket_memory import SocketMemory

def become(state):
    for name, content in state.items():
        with open(os.path.join(net, name), 'w') as file:
            file.write(content)

began, now = json.loads(states)
become(began)
memory = SocketMemory(64 << 20, net)
become(now)
first = memory.is_over()
become(began)
print(json.dumps([first, memory.is_over()]))
`;

type State = Record<string, string>;

function seen(began: State, now: State): unknown {
  const args = ['-c', LOOK, API_FOLDER, tempFolder(), JSON.stringify([began, now])];
  return JSON.parse(execFileSync('python3', args, { encoding: 'utf8' }));
}

type Counts = { used?: number; tcp?: number; udp?: number; mib: number };
const PAGES_OF_A_MIB = 256;
const sockstat = ({ used = 0, tcp = 0, udp = 0, mib }: Counts) =>
  `sockets: used ${used}\nTCP: inuse ${tcp} orphan 0 tw 0 alloc 9 mem ${mib * PAGES_OF_A_MIB}\nUDP: inuse ${udp} mem 0\n`;

const hex = (bytes: number) => bytes.toString(16).toUpperCase().padStart(8, '0');
const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n';
const row = (state: string, sending: number, received: number) =>
  `   1: 0100007F:8EB1 0100007F:89C8 ${state} ${hex(sending)}:${hex(received)} 00:00000000 00000000     0        0 75110 2\n`;
const table = (...rows: string[]) => HEAD + rows.join('');
const ESTABLISHED = '01';

const quiet = { sockstat: sockstat({ mib: 300 }) };
const grownTo = (mib: number, counts: Omit<Counts, 'mib'>) => ({ sockstat: sockstat({ ...counts, mib }) });
const NEVER = [false, false];
const FROM_NOW_ON = [true, true];

describe('a container holds too much', () => {
  test('when its connections can hold what the machine has got more of', () => {
    const full = {
      ...grownTo(380, { used: 20, tcp: 20 }),
      tcp: table(...Array(20).fill(row('01', 2 * MIB, MIB))),
    };
    expect(seen(quiet, full)).toEqual(FROM_NOW_ON);
  });

  test('when its datagrams do', () => {
    const full = {
      ...grownTo(380, { used: 2, udp: 2 }),
      udp: table(...Array(2).fill(row('07', 0, 40 * MIB))),
    };
    expect(seen(quiet, full)).toEqual(FROM_NOW_ON);
  });

  test('when many of its sockets are in no table, as after their connection was reset', () => {
    expect(seen(quiet, grownTo(380, { used: 200, tcp: 1 }))).toEqual(FROM_NOW_ON);
  });
});

describe('a container does not hold too much', () => {
  test('when the machine held as much before it', () => {
    const full = {
      ...grownTo(310, { used: 20, tcp: 20 }),
      tcp: table(...Array(20).fill(row('01', 2 * MIB, MIB))),
    };
    expect(seen(quiet, full)).toEqual(NEVER);
  });

  test('when the sockets are those of others', () => {
    const few = {
      ...grownTo(900, { used: 4, tcp: 2 }),
      tcp: table(row(ESTABLISHED, 0, MIB), row(ESTABLISHED, MIB, 0)),
    };
    expect(seen(quiet, few)).toEqual(NEVER);
  });

  test('when many of its connections are open, and empty', () => {
    const idle = {
      ...grownTo(900, { used: 500, tcp: 500 }),
      tcp: table(...Array(500).fill(row(ESTABLISHED, 0, 0))),
    };
    expect(seen(quiet, idle)).toEqual(NEVER);
  });

  test('for connections that wait to be accepted or are over', () => {
    const none = {
      ...grownTo(900, { used: 1, tcp: 1 }),
      tcp: table(row('0A', 0, 2 ** 31), row('06', 0, 2 ** 31)),
    };
    expect(seen(quiet, none)).toEqual(NEVER);
  });

  test('where the kernel says nothing of sockets', () => {
    expect(seen({}, {})).toEqual(NEVER);
  });
});
