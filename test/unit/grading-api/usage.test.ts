/** What an agent reads of its container's accounting, in both versions of control groups. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { API_FOLDER } from '../../support/grading-api/container.ts';
import { tempFolder } from '../../support/store/temp-folder.ts';

const MIB = 2 ** 20;

const LOOK = `
import json, sys
sys.path[:0] = [sys.argv[1] + '/agent', sys.argv[1] + '/python']
from usage import counters
seen = counters(sys.argv[2], sys.argv[2] + '/net')
print(json.dumps([seen.cpu_ms(), seen.memory(), seen.oom_kills(), seen.refused_forks(), *seen.missing()]))
`;

function seenIn(files: Record<string, string>): unknown {
  const top = tempFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), content);
  }
  return JSON.parse(execFileSync('python3', ['-c', LOOK, API_FOLDER, top], { encoding: 'utf8' }));
}

test('version 1, where processor time may have one of three folders', () => {
  const rest = {
    'memory/memory.max_usage_in_bytes': '4096\n',
    'memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
    'pids/pids.events': 'max 7\n',
  };
  for (const folder of ['cpuacct', 'cpu,cpuacct', 'cpu'])
    expect(seenIn({ [`${folder}/cpuacct.usage`]: '1500000\n', ...rest })).toEqual([1.5, 4096, 2, 7]);
});

describe('memory in sockets, which version 1 counts apart', () => {
  const file = (what: string) => `memory/memory.kmem.tcp.${what}_in_bytes`;
  const oomKills = (files: Record<string, string>) => z.array(z.unknown()).parse(seenIn(files))[2];

  test('is too much when the kernel counted more than twice the limit', () => {
    const limited = { [file('limit')]: `${32 * MIB}\n` };
    expect(oomKills({ ...limited, [file('max_usage')]: `${60 * MIB}\n` })).toBe(0);
    expect(oomKills({ ...limited, [file('max_usage')]: `${65 * MIB}\n` })).toBe(1);
  });
});

test('version 2, with the peak of memory where the kernel has it', () => {
  const files = {
    'cgroup.controllers': 'cpu memory pids\n',
    'cpu.stat': 'usage_usec 1500\nuser_usec 1000\n',
    'memory.current': '1000\n',
    'memory.events': 'low 0\noom 3\noom_kill 2\n',
    'pids.events': 'max 7\n',
  };
  expect(seenIn(files)).toEqual([1.5, 1000, 2, 7]);
  expect(seenIn({ ...files, 'memory.peak': '2000\n' })).toEqual([1.5, 2000, 2, 7]);
});

test('gVisor, which has processor time and the present use of memory alone', () => {
  const files = { 'cpuacct/cpuacct.usage': '1500000\n', 'memory/memory.usage_in_bytes': '1000\n' };
  expect(seenIn(files)).toEqual([1.5, 1000, 0, 0, 'processes']);
});

test('nothing, where there is nothing to see', () => {
  expect(seenIn({})).toEqual([expect.any(Number), 0, 0, 0, 'cpu', 'memory', 'processes']);
  // Files that say nothing count nothing, and are there.
  expect(seenIn({ 'cpu/cpuacct.usage': 'much\n', 'pids/pids.events': 'max many\n' })).toEqual([
    0,
    0,
    0,
    0,
    'memory',
  ]);
});
