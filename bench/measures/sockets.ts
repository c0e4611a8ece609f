/** Many clients watch their runs live: whether all receive every step, and how soon after the verdict is stored. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Bench, Group } from '../context.ts';
import { gradeOne, submit, successOf, untilDone } from '../house/grade.ts';
import { type House, openHouse } from '../house/house.ts';
import { type FromClients, fromClients, now, type ToClients } from '../house/socket-words.ts';
import { measuresOf } from '../report/results.ts';

const TITLES = {
  'sockets-to-verdict': 'from handing in to a watching client’s verdict, all runs queued at once',
  'sockets-delay': 'from the verdict in the store to a watching client’s verdict',
};
/** The live room takes no more than 50 connections of one user. */
const CLIENTS_PER_RUN = 10;
const VERDICTS_WITHIN_MS = 180_000;
const runsOf = ({ quick }: Bench): number => (quick ? 10 : 100);

type Verdict = Extract<FromClients, { type: 'verdict' }>;
type Watched = { run: string; submittedAt: number; storedAt: number };

export const sockets: Group = {
  name: 'sockets',
  titles: () => TITLES,
  async measure(bench) {
    await using house = await openHouse(bench, { pool: {} });
    bench.say(`sockets: connecting ${runsOf(bench) * CLIENTS_PER_RUN} clients`);
    await gradeOne(house, await house.user(), 'trivial');
    const users = await Promise.all(Array.from({ length: runsOf(bench) }, () => house.user()));
    const cookies = await Promise.all(
      users.flatMap((user) => Array.from({ length: CLIENTS_PER_RUN }, () => house.cookie(user))),
    );
    using clients = await openClients(house.url, cookies);
    await house.untilQuiet();
    bench.say('sockets: all runs are handed in');
    const verdicts = clients.verdicts(cookies.length, bench.signal);
    const watched = await Promise.all(
      users.map(async (user, index): Promise<Watched> => {
        const submittedAt = now();
        const run = await submit(house, user, 'trivial');
        const done = untilDone(house, run);
        for (let nth = 0; nth < CLIENTS_PER_RUN; nth += 1) {
          clients.tell({ type: 'follow', client: index * CLIENTS_PER_RUN + nth, run });
        }
        return { run, submittedAt, storedAt: performance.timeOrigin + (await done) };
      }),
    );
    const seen = await verdicts;
    for (const { run } of watched) await successOf(house, run);
    return measuresOf(TITLES, { values: await judge(house, watched, seen), failed: new Map() });
  },
};

async function judge({ events }: House, watched: readonly Watched[], seen: readonly Verdict[]) {
  const [total, delay]: [number[], number[]] = [[], []];
  for (const { client, at, steps } of seen) {
    const own = watched[Math.floor(client / CLIENTS_PER_RUN)];
    if (!own) throw new Error(`Client ${client} follows no run.`);
    const story = await events.follow(own.run, { attempt: 0, after: 0 });
    story?.stop();
    const missing = (story?.events ?? []).filter(({ seq }) => !steps.includes(seq));
    if (missing.length > 0) throw new Error(`A client missed ${missing.length} steps of its run.`);
    total.push(at - own.submittedAt);
    delay.push(Math.max(0, at - own.storedAt));
  }
  return new Map([
    ['sockets-to-verdict', total],
    ['sockets-delay', delay],
  ]);
}

async function openClients(url: string, cookies: readonly string[]) {
  const child: ChildProcess = fork(join(import.meta.dirname, '../house/socket-clients.ts'), [], {
    // Ctrl-C must not end the child: this process ends it.
    detached: true,
  });
  const tell = (words: ToClients) => void child.send(words);
  tell({ type: 'connect', url, cookies: [...cookies] });
  const [first] = await once(child, 'message');
  const words = fromClients.parse(first);
  if (words.type !== 'connected') {
    child.kill('SIGKILL');
    throw new Error(words.type === 'failed' ? words.reason : 'The clients did not connect.');
  }
  return {
    tell,
    verdicts: (count: number, signal: AbortSignal) => collect(child, count, signal),
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

function collect(child: ChildProcess, count: number, signal: AbortSignal): Promise<Verdict[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Verdict[]>();
  const seen: Verdict[] = [];
  child.on('message', (message) => {
    const words = fromClients.parse(message);
    if (words.type === 'failed') reject(new Error(words.reason));
    if (words.type === 'verdict' && seen.push(words) === count) resolve(seen);
  });
  child.once('close', () => reject(new Error('The process of the clients ended.')));
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  const late = () => reject(new Error(`${seen.length} of ${count} clients received their verdict.`));
  const timer = setTimeout(late, VERDICTS_WITHIN_MS);
  // The failure is seen when the result is awaited, perhaps only after all runs.
  promise.catch(() => {}).finally(() => clearTimeout(timer));
  return promise;
}
