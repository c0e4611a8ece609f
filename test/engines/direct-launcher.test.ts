/** Programs that a shell starts for us. Needs root, for a mount namespace. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createLauncher, type Launched, type Launcher } from '../../server/adapters/oci/launcher.ts';
import { type Holder, openHolder } from '../../server/adapters/oci/mount-namespace.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-launcher-'));
const streams = join(folder, 'streams');
const table = join(folder, 'table');
let holder: Holder;
let launcher: Launcher;
beforeAll(async () => {
  writeFileSync(table, '');
  holder = await openHolder();
  launcher = createLauncher(holder.shell, streams);
});
afterAll(() => {
  holder.close();
  rmSync(folder, { recursive: true });
});

const shell = (script: string): Promise<Launched> => launcher.start(table, ['sh', '-c', script, folder]);

async function outcomeOf({ stdin, stdout, stderr, ended }: Launched, input = '') {
  stdin.end(input);
  const [out, err, code] = await Promise.all([text(stdout), text(stderr), ended]);
  return { out, err, code };
}

test('input, output, complaints and exit status arrive', async () => {
  const program = await shell('cat; echo complaint >&2; exit 7');
  expect(await outcomeOf(program, 'hello')).toEqual({ out: 'hello', err: 'complaint\n', code: 7 });
});

test('output is whole, even if it comes before anybody reads, and is more than a pipe holds', async () => {
  const program = await shell('head -c 1000000 /dev/zero');
  expect((await outcomeOf(program)).out).toHaveLength(1_000_000);
});

test('many at once do not mix', async () => {
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  const seen = await Promise.all(
    numbers.map(async (number) => outcomeOf(await shell(`cat; exit ${number}`), `${number}`)),
  );
  expect(seen).toEqual(numbers.map((number) => ({ out: `${number}`, err: '', code: number })));
});

test('a program that is not there ends with 127 and the shell’s words', async () => {
  const program = await launcher.start(table, ['/none/such', folder]);
  const { code, err } = await outcomeOf(program);
  expect(code).toBe(127);
  expect(err).toContain('/none/such');
});

test('what the table says is mounted, only for the program', async () => {
  const own = join(folder, 'own');
  writeFileSync(own, `gradeport ${folder} tmpfs size=64k 0 0\n`);
  const program = await launcher.start(own, ['sh', '-c', `ls -A ${folder} | wc -l`]);
  expect((await outcomeOf(program)).out.trim()).toBe('0');
  expect(readdirSync(folder)).toContain('own');
});

test('a table that cannot be mounted starts nothing, and its reason arrives', async () => {
  const bad = join(folder, 'bad');
  writeFileSync(bad, 'gradeport /none/such tmpfs size=64k 0 0\n');
  const program = await launcher.start(bad, ['echo', 'started']);
  const { out, err, code } = await outcomeOf(program);
  expect([out, code === 0]).toEqual(['', false]);
  expect(err).toContain('/none/such');
});

test('a program ignores no signal, and has no variable and no open file of the server', async () => {
  vi.stubEnv('GRADEPORT_SECRET', 'secret');
  const program = await shell('grep SigIgn /proc/self/status; env | cut -d= -f1 | sort; ls /proc/$$/fd');
  const { out } = await outcomeOf(program);
  vi.unstubAllEnvs();
  expect(out.split('\n').filter((line) => !/^(_|OLDPWD|PWD|SHLVL|\d+)$/.test(line))).toEqual([
    'SigIgn:\t0000000000000000',
    'PATH',
    '',
  ]);
  // What started this test may have left some open.
  const usual = execFileSync('sh', ['-c', 'ls /proc/$$/fd'], { encoding: 'utf8' });
  expect(out.match(/^\d+$/gm)).toEqual(usual.trim().split('\n'));
});

test('streams in use have no name', async () => {
  const program = await shell('cat');
  const names = readdirSync(streams);
  const again = await shell('cat');
  expect(readdirSync(streams).length % 3).toBe(0);
  expect(readdirSync(streams).length).toBeLessThan(names.length + 24);
  expect(await Promise.all([outcomeOf(program), outcomeOf(again)])).toHaveLength(2);
  const pid = process.pid;
  const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readLink(`/proc/${pid}/fd/${fd}`));
  expect(open.filter((path) => path.startsWith(streams))).toEqual([]);
});

const readLink = (path: string): string => {
  try {
    return execFileSync('readlink', [path], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
};

test('what is killed ends, with what waits for it', async () => {
  const program = await shell('trap "" TERM; cat; cat /dev/zero >/dev/null');
  program.kill();
  program.stdout.resume();
  program.stderr.resume();
  expect(await program.ended).toBeNull();
  await vi.waitFor(() => expect(processesWith('cat /dev/zero')).toEqual([]));
});

test('a line break in a word is refused', async () => {
  await expect(launcher.start(table, ['echo', 'a\nstart x 0'])).rejects.toThrow('line break');
});

test('without its shell nothing starts, and what runs ends as before', async () => {
  const other = await openHolder();
  const lost = createLauncher(other.shell, join(folder, 'lost'));
  const running = await lost.start(table, ['cat']);
  other.close();
  await vi.waitFor(async () => {
    await expect(lost.start(table, ['true'])).rejects.toThrow('could not');
  });
  running.stdin.end('x');
  expect(await text(running.stdout)).toBe('x');
});

test.each([1, 2, 3, 5, 9, 10])(
  'a process that is killed at its order %i leaves no process',
  async (order) => {
    const place = mkdtempSync(join(tmpdir(), 'gradeport-killed-'));
    try {
      const child = spawn(process.execPath, ['test/support/launched-then-killed.ts', place, String(order)]);
      await once(child, 'close');
      expect(child.signalCode).toBe('SIGKILL');
      await vi.waitFor(() => expect(processesWith(place)).toEqual([]), { timeout: 20_000, interval: 50 });
    } finally {
      rmSync(place, { recursive: true });
    }
  },
);

/** Command lines of all processes with a word in them. */
const processesWith = (word: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(word));
