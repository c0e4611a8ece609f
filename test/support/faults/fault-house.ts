/** A real server whose ports all lead through a fault's hands, on a data folder that outlives it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '../../../server/adapters/open-engine.ts';
import { openStoreBesideServer } from '../../../server/adapters/open-store.ts';
import { loadConfig } from '../../../server/config/config.ts';
import { createFirstAccounts, type FirstAccount } from '../../../server/first-start/first-accounts.ts';
import {
  instanceOf,
  type RunningServer,
  startServer,
  type Through,
} from '../../../server/main/all-in-one.ts';
import { createLog } from '../../../server/main/log.ts';
import { INSTANCE_LABEL } from '../../../server/ports/engine/container-labels.ts';
import type { Store } from '../../../server/ports/store.ts';
import { forgetImages } from '../forget-images.ts';
import { openGradebook } from '../lti/gradebook.ts';
import { taskYaml, writeFiles } from '../revision-images.ts';
import { storeUrlOf } from '../store/store-url.ts';
import { createPorts } from './ports.ts';

const COURSE = `name: From the platform
is_lti: true
lti_keys: { moodle: s3cret words }
lti_send_back_grade: true
`;
/** The grade is what the student wrote, and a program of theirs runs, too. */
const GRADER = `#!/bin/bash
run_student true || exit 1
grade=$(getinput code)
feedback-grade "$grade"
if [ "$grade" = 100 ]; then feedback-result success; else feedback-result failed; fi
`;
const SAMPLE = 'answers: { code: "100" }\nexpect: { verdict: success }\n';

function writeCourses(courses: string, environment: string): void {
  writeFiles(join(courses, 'lms'), {
    'course.yaml': COURSE,
    'who/task.yaml': taskYaml('default'),
    'who/run': GRADER,
  });
  writeFiles(join(courses, 'own'), {
    'course.yaml': 'name: Own image\n',
    'ask/task.yaml': taskYaml(environment),
    'ask/run': GRADER,
    'ask/samples/any.yaml': SAMPLE,
  });
}

/** @param environment the name of the one that people build here */
export async function openFaultHouse(environment: string) {
  const data = mkdtempSync(join(tmpdir(), 'gradeport-faults-'));
  const place = { data, store: storeUrlOf(data) };
  const book = await openGradebook();
  const courses = join(data, 'courses');
  writeCourses(courses, environment);
  const ports = createPorts({
    courses: (isThere) => {
      const away = `${courses}-away`;
      renameSync(isThere ? away : courses, isThere ? courses : away);
    },
  });
  let accounts: FirstAccount[] = [];
  const through: Through = (port, opened) => ports.through(port, opened);
  const start = async (): Promise<RunningServer> => {
    const settings = { ...place, port: 0, logLevel: process.env['FAULTS_LOG'] ?? 'silent', testFirst: 'no' };
    const more = { submissions: { perMinute: 1000 }, lti: { privateHosts: [book.host] }, concurrency: 2 };
    const config = loadConfig({ ...settings, ...more }, undefined, {});
    const prepare = async (opened: Store) => {
      if (accounts.length === 0) accounts = await createFirstAccounts(opened, data, Date.now);
    };
    return startServer(config, createLog(config.logLevel), prepare, { through });
  };
  let server = await start();
  let starting: Promise<void> = Promise.resolve();
  /** One start at a time; one that hangs is a fault. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    starting = starting.catch(() => {}).then(() => inTime('a start of the server', work()));
    return starting;
  };
  const engine = openEngine();
  const store = await openStoreBesideServer(place);
  return {
    ports,
    book,
    data,
    /** The store beside the server: no fault reaches it. */
    store,
    /** The engine beside the server, likewise. */
    engine,
    url: () => server.url,
    operator(): FirstAccount {
      const found = accounts.find(({ name }) => name === 'operator');
      if (!found) throw new Error('There is no operator.');
      return found;
    },
    /** Ends the server, whatever fails just then; what failed is well when the next one starts. */
    restart: (): Promise<void> =>
      inTurn(async () => {
        await server.close().catch(() => {});
        ports.end();
        server = await start();
      }),
    /** The same, while what failed fails on. */
    startAgain: (): Promise<void> =>
      inTurn(async () => {
        await server.close().catch(() => {});
        server = await start();
      }),
    async close(): Promise<string[]> {
      ports.end();
      await server.close();
      const left = await leftBehind(data);
      await store.close();
      await engine.close();
      await forgetImages(data);
      await book.close();
      rmSync(data, { recursive: true });
      return left;
    },
  };
}
export type FaultHouse = Awaited<ReturnType<typeof openFaultHouse>>;

/** How long a start may take, on a machine that does other things as well. */
const START_MS = 60_000;

async function inTime<T>(what: string, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what} takes more than ${START_MS} ms`)), START_MS);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

/** What a server that has ended left on the engine and on the disk; each with where it is. */
async function leftBehind(data: string): Promise<string[]> {
  const engine = openEngine();
  try {
    const containers = await engine.containers.list(INSTANCE_LABEL, await instanceOf(data));
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    return [
      ...containers.map(({ id }) => `container ${id}`),
      ...mounts.filter((line) => line.includes(data)).map((line) => `mount ${line}`),
      ...namesIn(join(data, 'runs')).map((name) => `runs/${name}`),
      ...readdirSync(data, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.new$|^drafts\/./.test(name))
        .map((name) => `file ${name}`),
    ];
  } finally {
    await engine.close();
  }
}

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
