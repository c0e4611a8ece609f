/** Compares the two stores: what MongoDB costs for a submission, a page and a class that signs in. */
import { randomUUID } from 'node:crypto';
import { hashPassword } from '../../server/people/sign-in/passwords.ts';
import { freshDatabase } from '../../test/support/mongo/fresh-database.ts';
import { openMongoServer } from '../../test/support/mongo/server.ts';
import type { Bench, Group } from '../context.ts';
import { COURSE } from '../house/course.ts';
import { gradeOne, gradeWarm } from '../house/grade.ts';
import { type House, newUser, openHouse } from '../house/house.ts';
import { watchable, watchCommands } from '../house/mongo-commands.ts';
import { openPages } from '../house/pages.ts';
import { interleave, type Sampler } from '../report/interleave.ts';
import { measuresOf } from '../report/results.ts';

const SIGN_INS = 20;
const PASSWORD = 'correct horse battery';
const STORES = ['sqlite', 'mongodb'] as const;
type StoreName = (typeof STORES)[number];
const NAMES: Record<StoreName, string> = { sqlite: 'SQLite', mongodb: 'MongoDB' };

const TITLES = {
  run: 'warm trivial run, accept to verdict',
  task: 'page: task',
  'sign-in': `${SIGN_INS} students sign in at once`,
} as const;
const WAITED = 'database-waited-mongodb';

const nameOf = (what: keyof typeof TITLES, store: StoreName): string => `database-${what}-${store}`;

export const databases: Group = {
  name: 'databases',
  titles() {
    const pairs = Object.entries(TITLES).flatMap(([what, title]) =>
      STORES.map((store) => [nameOf(what as keyof typeof TITLES, store), `${title}, ${NAMES[store]}`]),
    );
    return {
      ...Object.fromEntries(pairs),
      [WAITED]: 'of the run on MongoDB: time in which at least one command waits for the server',
    };
  },
  async measure(bench) {
    await using server = await openMongoServer({ durable: true });
    bench.say(`databases: ${server.name}`);
    const database = freshDatabase();
    await using sqlite = await openHouse(bench);
    await using mongodb = await openHouse(bench, { store: watchable(server.url(database)) });
    const commands = watchCommands(database);
    using closing = new DisposableStack();
    const quiet = async () => {
      await sqlite.untilQuiet();
      await mongodb.untilQuiet();
      commands.take();
    };
    const samplers = [
      ...(await samplersFor(sqlite, 'sqlite', closing, quiet, () => ({}))),
      ...(await samplersFor(mongodb, 'mongodb', closing, quiet, () => ({
        [WAITED]: commands.take().waitedMs,
      }))),
    ];
    return measuresOf(this.titles(bench), await interleave(inPairs(samplers), withProgress(bench)));
  },
};

/** Lists the same measure of both stores next to each other. */
const inPairs = (samplers: readonly Sampler[]): Sampler[] =>
  samplers
    .map((sampler, at) => ({ sampler, order: at % (samplers.length / 2) }))
    .sort((a, b) => a.order - b.order)
    .map(({ sampler }) => sampler);

const withProgress = (bench: Bench) => ({
  ...bench,
  progress: (round: number, of: number) => bench.say(`databases: round ${round + 1} of ${of}`),
});

async function samplersFor(
  house: House,
  store: StoreName,
  closing: DisposableStack,
  prepare: () => Promise<void>,
  more: () => Record<string, number>,
): Promise<Sampler[]> {
  const student = await house.user();
  const crowd = await crowdOf(house);
  // The first run finds no waiting slot; from then on the pool knows the task.
  await gradeOne(house, student, 'trivial');
  const pages = closing.use(openPages(house.url, await house.cookie(student)));
  const name = (what: keyof typeof TITLES): string => nameOf(what, store);
  return [
    {
      name: name('run'),
      prepare,
      sample: async () => ({ [name('run')]: (await gradeWarm(house, student, 'trivial')).ms, ...more() }),
    },
    { ...pages.sampler(name('task'), `/courses/${COURSE}/tasks/trivial`), prepare },
    {
      name: name('sign-in'),
      prepare,
      sample: async () => ({ [name('sign-in')]: await signInAll(house, crowd) }),
    },
  ];
}

async function crowdOf({ store }: House): Promise<string[]> {
  const passwordHash = await hashPassword(PASSWORD);
  const users = Array.from({ length: SIGN_INS }, () => ({
    ...newUser('student'),
    name: `crowd-${randomUUID()}`,
    passwordHash,
  }));
  for (const user of users) await store.users.insert(user);
  return users.map(({ name }) => name);
}

/** ms until the last user is signed in. */
async function signInAll({ url }: House, names: readonly string[]): Promise<number> {
  const begun = performance.now();
  const answers = await Promise.all(
    names.map((name) =>
      fetch(`${url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, password: PASSWORD }),
      }),
    ),
  );
  const refused = answers.find(({ ok }) => !ok);
  if (refused) throw new Error(`Signing in answered ${refused.status}.`);
  return performance.now() - begun;
}
