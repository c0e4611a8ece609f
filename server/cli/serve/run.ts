/** The work of gradeport serve: loaded only when it runs, because it imports the whole server. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchClient } from '../../../web/watch.ts';
import { openEngine } from '../../adapters/open-engine.ts';
import { openStore } from '../../adapters/open-store.ts';
import {
  askedStarts,
  type Config,
  courseFolders,
  defaultEnvironments,
  installationOf,
  loadConfig,
  PROJECT_FOLDER,
} from '../../config/config.ts';
import { openCourses } from '../../courses/catalogue.ts';
import { DEMO_ENVIRONMENTS } from '../../environments/builds/bases/shipped-environments.ts';
import { openEnvironments } from '../../environments/catalogue.ts';
import type { Environment } from '../../environments/discovery/environment.ts';
import { sweepWorkspaces } from '../../execution/slots/places/workspace.ts';
import { onTheSpot } from '../../execution/slots/slot.ts';
import { DEMO_COURSE, installDemoCourse } from '../../first-start/demo-course.ts';
import {
  createFirstAccounts,
  type FirstAccount,
  readFirstAccounts,
  signInFile,
} from '../../first-start/first-accounts.ts';
import { instanceOf, type RunningServer, startServer } from '../../main/all-in-one.ts';
import { createLog } from '../../main/log.ts';
import { openExecutor } from '../../main/open-executor.ts';
import type { Store } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';
import {
  checkCourse,
  checkKey,
  rememberCheck,
  wasChecked,
  wasEverChecked,
} from '../../samples/self-check.ts';
import { durationText } from '../../text/quantities.ts';
import { graderOf } from '../../worker/grade-task.ts';
import { untilInterrupted } from '../ui/interrupted.ts';
import { colors, talk } from '../ui/terminal.ts';
import { done } from './done.ts';
import { gradableOf, type Made, makeEnvironments, sayUnbuilt } from './environments.ts';
import { openServiceManager } from './service-manager.ts';

export type ServeOptions = {
  data?: string;
  host?: string;
  port?: string;
  courses?: string[];
  config?: string;
  concurrency?: string;
  publicUrl?: string;
  logLevel?: string;
  demo?: boolean;
  setupOnly?: boolean;
  accountsOnce?: boolean;
  dev?: boolean;
};

export async function serve(options: ServeOptions): Promise<void> {
  const { demo, setupOnly, accountsOnce, dev, config: file, ...rest } = options;
  // First of all: no program that is started from here on may see what it takes.
  using manager = openServiceManager();
  const config = loadConfig({ ...rest }, file);
  const stopped = untilInterrupted().signal;
  const made = demo || setupOnly ? await makeEnvironments(config, stopped) : NOTHING_MADE;
  if (setupOnly) {
    const store = await openStore(config);
    try {
      await prepare(config, store, stopped, made);
    } finally {
      await store.close();
    }
    if (!stopped.aborted) talk(`Set up in ${config.data}.`);
    sayUnbuilt(made.unbuilt);
    if (made.unbuilt.length > 0) process.exitCode = 1;
    return;
  }
  const log = createLog(config.logLevel);
  const first = (store: Store) =>
    demo ? prepare(config, store, stopped, made, accountsOnce) : Promise.resolve();
  using _watching = dev ? await watchClient(join(PROJECT_FOLDER, 'web/dist'), talk) : null;
  const server = await startServer(config, log, first, { dev: dev === true, unbuilt: made.unbuilt });
  await greet(config, server, made, accountsOnce);
  await manager.ready();
  if (!stopped.aborted) await once(stopped, 'abort');
  talk('Stopping …');
  await manager.stopping();
  await server.close();
  talk('Stopped. Runs in progress are graded at the next start.');
}

const NOTHING_MADE: Made = { unbuilt: [], keepLogs: async () => {} };

async function prepare(
  config: Config,
  store: Store,
  stopped: AbortSignal,
  { unbuilt, keepLogs }: Made,
  accountsOnce = false,
): Promise<void> {
  await keepLogs();
  const accounts = await createFirstAccounts(store, config.data, Date.now);
  done('Accounts', accounts.length > 0 ? `created ${accounts.map(({ name }) => name).join(', ')}` : null);
  // Now, not once all is ready: this start may not get that far, and the next one does not print them.
  if (accountsOnce) printAccounts(config, accounts);
  const [courses = ''] = courseFolders(config);
  const installed = await installDemoCourse(PROJECT_FOLDER, courses);
  done('Demo course', installed ? `put into ${courses}` : null);
  await selfCheck(config, stopped, new Set(unbuilt.map(({ name }) => name)));
}

/** Grades the demo course's samples on this machine; skipped while nothing relevant has changed. */
async function selfCheck(config: Config, stopped: AbortSignal, unbuilt: ReadonlySet<string>): Promise<void> {
  const runsFolder = join(config.data, 'runs');
  const engine = openEngine(askedStarts(config));
  const environments = await openEnvironments(engine, config.runtimes, config.aliases);
  const courses = openCourses(courseFolders(config), { defaults: defaultEnvironments(config) });
  try {
    const { version } = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package.json'), 'utf8')) as {
      version: string;
    };
    const key = checkKey(ofDemo(environments.list()), version);
    if (await wasChecked(config.data, key)) return done('Self-check', null);
    const demo = await courses.get(DEMO_COURSE);
    if (!demo) return;
    const course = gradableOf(demo, unbuilt, environments);
    await sweepWorkspaces(runsFolder);
    const installation = installationOf(await instanceOf(config.data));
    const slots = onTheSpot({ containers: engine.containers, installation, runsFolder });
    const execute = openExecutor(config, { containers: engine.containers, environments, slots });
    talk('  Self-check: grading the samples of the demo course …');
    const results = await checkCourse(
      graderOf(execute),
      course,
      stopped,
      ({ task, sample, outcome, differences }) => {
        const mark = differences.length === 0 ? colors.green('✓') : colors.red('✗');
        const ms = outcome ? ` in ${durationText(outcome.timings.totalMs)}` : '';
        talk(
          `  ${mark} ${task}/${sample}: ${outcome?.verdict ?? 'not graded'}${outcome ? ` (${outcome.grade} %)` : ''}${ms}`,
        );
        for (const difference of differences) talk(`      ${difference}`);
      },
    );
    if (stopped.aborted) return;
    const wrong = results.filter(({ differences }) => differences.length > 0).length;
    const left = demo.tasks.length - course.tasks.length;
    if (left > 0)
      talk(`  Not checked: ${left} of ${demo.tasks.length} tasks, whose environment was not built.`);
    if (wrong > 0) return await failedCheck(config, `${wrong} of ${results.length}`);
    await rememberCheck(config.data, key);
    done('Self-check', `${results.length} samples got the verdict they must get`);
  } finally {
    await courses.close();
    await environments.close();
    await engine.close();
  }
}

/** Another environment does not change how the demo's samples come out, and a check takes a minute. */
const ofDemo = (environments: readonly Environment[]): Environment[] =>
  environments.filter(({ name }) => DEMO_ENVIRONMENTS.includes(name));

/** A new installation ends here. One that students use must not stay away because of a new image, or a teacher's task. */
async function failedCheck(config: Config, samples: string): Promise<void> {
  const sentence =
    `The self-check failed: ${samples} samples got another verdict than they must. ` +
    '"npx gradeport doctor" looks for the cause.';
  if (!(await wasEverChecked(config.data))) throw new GradeportError('internal', sentence);
  talk(`${colors.red('✗')} ${sentence} The server starts, because an earlier self-check here succeeded.`);
}

function printAccounts(config: Config, accounts: readonly FirstAccount[]): void {
  if (accounts.length === 0) return;
  talk('Sign in with one of these (name, first password):');
  for (const { name, password } of accounts) talk(`  ${name.padEnd(10)} ${password}`);
  const kept = `They are kept in ${signInFile(config.data)}; delete it once you have changed the passwords.`;
  talk(colors.dim(kept));
}

async function greet(
  config: Config,
  { url, listening, store }: RunningServer,
  { unbuilt }: Made,
  accountsOnce = false,
): Promise<void> {
  talk('');
  talk(`${colors.bold('Gradeport is ready:')} ${colors.cyan(url)}`);
  if (url !== listening) talk(`It listens on ${listening}.`);
  const accounts = await readFirstAccounts(store, config.data);
  if (!accountsOnce) printAccounts(config, accounts);
  if (accounts.length === 0 && !existsSync(signInFile(config.data))) {
    talk(colors.dim('Add accounts with: npx gradeport user add <name> --operator'));
  }
  sayUnbuilt(unbuilt);
  talk(colors.dim('Ctrl-C stops.'));
}
