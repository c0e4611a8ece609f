/** What people do in the house while something fails, and what must have come of it once that is over. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { z } from 'zod';
import { openEngine } from '../../../server/adapters/open-engine.ts';
import { buildEnvironments } from '../../../server/cli/env/build.ts';
import type { Run } from '../../../server/model/collections.ts';
import { type ApiUser, signIn } from '../api.ts';
import { signedLaunch } from '../lti/gradebook.ts';
import { dockerBuild, writeFiles } from '../revision-images.ts';
import type { FaultHouse } from './fault-house.ts';

/** How soon everything must be in its final state once the fault is over: a start takes half a minute of a busy machine. */
const SOON_MS = 90_000;
const LOOK_MS = 50;

export type Scenario = {
  name: string;
  /** Does it; a step that fails may make it slower, and no more. nth: a number that no call had before. */
  act(nth: number): Promise<void>;
};

/** Tries until it works, as people do. */
async function insist<T>(what: string, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + SOON_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`${what} does not work`, { cause: error });
      await pause(LOOK_MS);
    }
  }
}

async function until(look: () => Promise<void>): Promise<void> {
  await vi.waitFor(look, { timeout: SOON_MS, interval: LOOK_MS });
}

/** A student of the platform: comes, hands in, and looks. */
function studentOf(house: FaultHouse) {
  const { store, book } = house;

  async function arrive(nth: number): Promise<string> {
    const url = `${house.url()}/lti/lms/who`;
    const change = {
      user_id: `u${nth}`,
      lis_person_name_full: `Student ${nth}`,
      lis_outcome_service_url: book.url,
      lis_result_sourcedid: `sourced-${nth}`,
    };
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'https://lms.uni.example',
    };
    const body = signedLaunch({ url, atMs: Date.now(), change });
    const launched = await fetch(url, { method: 'POST', headers, body, redirect: 'manual' });
    if (launched.status !== 303) throw new Error(`the launch: ${launched.status} ${await launched.text()}`);
    return launched.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  }

  const runsOf = async (nth: number, code: string) => {
    const [user] = await store.users.find({ displayName: `Student ${nth}` });
    const own = user ? await store.submissions.find({ userId: user.id }) : [];
    const found = own.find(({ answers }) => answers['code'] === code);
    return found ? store.runs.find({ submission: found.id }) : [];
  };

  async function submit(nth: number, cookie: string, code: string): Promise<string> {
    // An answer that the fault ate may have been accepted.
    const [accepted] = await runsOf(nth, code);
    if (accepted) return accepted.id;
    const address = `${house.url()}/api/courses/lms/tasks/who/submissions`;
    const headers = { cookie, 'content-type': 'application/json' };
    const body = JSON.stringify({ answers: { code } });
    const posted = await fetch(address, { method: 'POST', headers, body });
    if (posted.status !== 202) throw new Error(`submitting: ${posted.status} ${await posted.text()}`);
    return z.object({ run: z.string() }).parse(await posted.json()).run;
  }

  const graded = (run: string, verdict: string) =>
    until(async () => expect(pick(await store.runs.get(run))).toEqual({ state: 'done', verdict }));

  return { arrive, runsOf, submit, graded };
}

/** A student comes from the platform, hands in twice, looks at the page, and the platform has the latest grade. */
export function handsIn(house: FaultHouse): Scenario {
  const { store, book } = house;
  const { arrive, runsOf, submit, graded } = studentOf(house);

  async function handIn(nth: number, cookie: string, code: string, verdict: string): Promise<void> {
    const run = await insist('submitting', () => submit(nth, cookie, code));
    await graded(run, verdict);
    await insist('the page', async () => {
      const page = await fetch(`${house.url()}/runs/${run}`, { headers: { cookie } });
      if (page.status !== 200 || !(await page.text()).includes(`${code} %`))
        throw new Error(`${page.status}`);
    });
    expect(await runsOf(nth, code)).toHaveLength(1);
  }

  return {
    name: 'a student hands in',
    async act(nth) {
      const cookie = await insist('the launch', () => arrive(nth));
      await handIn(nth, cookie, '50', 'failed');
      await handIn(nth, cookie, '100', 'success');
      const sourced = `sourced-${nth}`;
      await until(async () => {
        const owed = (await store.gradeReturns.find({})).filter(({ place }) => place.sourcedId === sourced);
        expect(owed.map(({ state }) => state)).not.toContain('waiting');
        expect(owed.map(({ state }) => state)).not.toContain('ungraded');
        const sent = book.received.filter(({ body }) => body.includes(`<sourcedId>${sourced}</sourcedId>`));
        expect(sent.at(-1)?.body).toContain('<textString>1</textString>');
      });
    },
  };
}

/** A server ends with a run in its queue and starts again, as often as it takes: that run gets its one verdict. */
export function starts(house: FaultHouse): Scenario {
  const { arrive, runsOf, submit, graded } = studentOf(house);
  return {
    name: 'a server starts',
    async act(nth) {
      const cookie = await insist('the launch', () => arrive(nth));
      const run = await insist('submitting', () => submit(nth, cookie, '70'));
      // Steps of the submission are tried where a student hands in.
      house.ports.takeSteps();
      await insist('starting', house.startAgain);
      await graded(run, 'failed');
      expect(await runsOf(nth, '70')).toHaveLength(1);
    },
  };
}

/** With the reason where it is ours: the message of a failed check has it. */
const pick = (run: Run | null) => ({
  state: run?.state,
  verdict:
    run?.outcome?.verdict === 'system-error' ? `system-error: ${run.outcome.details}` : run?.outcome?.verdict,
});

const recordSchema = z.object({ version: z.number(), state: z.string(), digest: z.string().nullable() });

/** A build in the browser: its record ends, and the image that it made grades once its samples have passed. */
export function builds(house: FaultHouse, environment: string): Scenario {
  let user: ApiUser | null = null;
  const folder = join(house.data, 'environments', environment);
  const records = () =>
    readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map((name) => recordSchema.parse(JSON.parse(readFileSync(join(folder, name, 'build.json'), 'utf8'))));

  async function start(nth: number): Promise<string> {
    const { name, password } = house.operator();
    user ??= await signIn(house.url(), name, password);
    const form = new FormData();
    form.set('dockerfile', dockerfileOf(environment, nth));
    const address = `${house.url()}/api/environments/builds`;
    const answer = await fetch(address, { method: 'POST', headers: { cookie: user.cookie }, body: form });
    if (answer.status !== 202) throw new Error(`building: ${answer.status} ${await answer.text()}`);
    return z.object({ job: z.string() }).parse(await answer.json()).job;
  }

  return {
    name: 'an operator builds',
    async act(nth) {
      await insist('building', () => start(nth));
      await until(async () => {
        const all = records();
        expect(all.map(({ state }) => state)).not.toContain('building');
        const newest = all.toSorted((one, other) => one.version - other.version).at(-1);
        expect(newest?.state).toMatch(/^(built|failed|stopped)$/);
        if (newest?.state === 'built') await isCurrent(house, environment, newest.digest);
      });
    },
  };
}

const dockerfileOf = (environment: string, nth: number): string =>
  `FROM gradeport/base\nENV NTH=${process.pid}-${nth}\nLABEL org.gradeport.grading.name="${environment}"\n`;

async function isCurrent({ store }: FaultHouse, environment: string, digest: string | null): Promise<void> {
  expect(await store.currents.get(environment)).toMatchObject({ digest });
}

/** A teacher builds with the engine itself: the image is noticed, tested, and grades. */
export function finds(house: FaultHouse, environment: string, tag: string): Scenario {
  return {
    name: 'an image comes from the engine',
    async act(nth) {
      const place = join(house.data, `image-${nth}`);
      writeFiles(place, { Dockerfile: dockerfileOf(environment, nth) });
      const digest = await dockerBuild(place, tag, environment);
      await until(() => isCurrent(house, environment, digest));
    },
  };
}

/** An operator builds on the command line, beside the server: the image is noticed there, and grades. */
export function buildsByCommand(house: FaultHouse, environment: string, tag: string): Scenario {
  const open = () => house.ports.through('engine', openEngine());
  return {
    name: 'an operator builds on the command line',
    async act(nth) {
      const folder = join(house.data, `folder-${nth}`);
      writeFiles(folder, { Dockerfile: dockerfileOf(environment, nth) });
      await insist('env build', () =>
        byCommand(() => buildEnvironments([folder], { tag, data: house.data }, open)),
      );
      const { id } = (await house.engine.images.list()).find(({ tags }) => tags.includes(tag)) ?? {
        id: null,
      };
      await until(() => isCurrent(house, environment, id));
    },
  };
}

/** A command says by its exit status that not all of it went well. */
async function byCommand(work: () => Promise<void>): Promise<void> {
  const before = process.exitCode;
  try {
    await work();
    if (process.exitCode !== before) throw new Error(`the exit status ${process.exitCode}`);
  } finally {
    process.exitCode = before;
  }
}
