/** One deployment of docker-compose.yml, from a clean clone, under a name of its own. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { Compose } from '../../../setup/compose.mjs';
import { mustRun, type Ran, tryRun } from './run.ts';

type Service = 'server' | 'mongo' | 'proxy';

export type Project = {
  name: string;
  /** Changes variables for the next commands, as a line of .env would. */
  set(variables: Record<string, string>): void;
  /** @returns what it printed; fails with all of it */
  compose(...args: string[]): Promise<string>;
  tryCompose(...args: string[]): Promise<Ran>;
  container(service: Service): Promise<string>;
  /** All that the service has said. */
  logs(service: Service): Promise<string>;
  /** A command of Gradeport in the server's container, as docs/compose.md shows it. */
  gradeport(...args: string[]): Promise<string>;
  /** A shell's script there, as the user of the server. */
  sh(script: string, input?: string): Promise<string>;
  /** kill -9 of its first process, from the engine's side. */
  kill(service: Service): Promise<void>;
  /** Settles once the engine says that it is healthy. */
  healthy(service: Service): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const OWN_ID = '10001:10001';

export function openProject(compose: Compose, folder: string, variables: Record<string, string>): Project {
  const name = `gradeporttest${randomBytes(4).toString('hex')}`;
  const own = { COMPOSE_PROJECT_NAME: name, COMPOSE_IGNORE_ORPHANS: 'true', ...variables };
  const options = () => ({ cwd: folder, env: { ...outerVariables(), ...own } });
  const tryCompose = (...args: string[]) => tryRun(compose.program, [...compose.args, ...args], options());
  const must = (...args: string[]) => mustRun(compose.program, [...compose.args, ...args], options());
  const container = async (service: Service) => {
    const labels = [`com.docker.compose.project=${name}`, `com.docker.compose.service=${service}`];
    const filters = labels.flatMap((label) => ['--filter', `label=${label}`]);
    const id = (await mustRun('docker', ['ps', '--all', '--quiet', '--no-trunc', ...filters])).trim();
    if (!/^[0-9a-f]{64}$/.test(id)) throw new Error(`${service} has no container, or several: "${id}"`);
    return id;
  };
  return {
    name,
    set: (more) => void Object.assign(own, more),
    compose: must,
    tryCompose,
    container,
    async logs(service) {
      const { stdout, stderr } = await tryRun('docker', ['logs', await container(service)]);
      return stdout + stderr;
    },
    gradeport: async (...args) =>
      mustRun('docker', ['exec', await container('server'), 'gradeport', ...args]),
    sh: async (script) =>
      mustRun('docker', ['exec', '--user', OWN_ID, await container('server'), 'sh', '-c', script]),
    kill: async (service) => void (await mustRun('docker', ['kill', await container(service)])),
    healthy: async (service) => untilHealthy(await container(service)),
    async [Symbol.asyncDispose]() {
      await tryCompose('--profile', 'tls', 'down', '--volumes', '--timeout', '5');
    },
  };
}

/** Settings of the test run are none of the deployment. */
const outerVariables = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(GRADEPORT|MONGO|COMPOSE|PROXY)_/.test(name)),
  );

/** Follows the engine's own events, beginning with what was before they could be heard. */
async function untilHealthy(id: string): Promise<void> {
  const format = '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{end}}';
  const look = async () => (await mustRun('docker', ['inspect', '--format', format, id])).trim();
  const deadline = performance.now() + HEALTHY_MS;
  while ((await look()) !== 'running healthy') {
    if (performance.now() > deadline) throw new Error(`not healthy: ${await look()}`);
    await nextEvent(id);
  }
}

const HEALTHY_MS = 1_200_000;
const PATIENCE_S = '2';

/** Until something happens to the container, and for two seconds at most: an event may come between two looks. */
const nextEvent = (id: string): Promise<Ran> =>
  tryRun('timeout', [PATIENCE_S, 'sh', '-c', 'docker events --filter "container=$0" | head -n 1', id]);

/** Free at this moment. */
export function freePort(): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? resolve(String(address.port)) : reject()));
    });
  });
}
