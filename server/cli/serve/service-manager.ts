/**
 * What systemd wants to hear from a service: that it serves, that it lives, that it stops (sd_notify(3)). Node has no
 * sockets of that kind, so the program systemd-notify says it in this process' name.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { talk } from '../ui/terminal.ts';

export type ServiceManager = { ready(): Promise<void>; stopping(): Promise<void> } & Disposable;

const LONGEST_MS = 10_000;
/** Signs of life within the time of the watchdog: one that is lost, or late on a busy machine, ends nothing. */
const SIGNS = 4;
const NOBODY: ServiceManager = { ready: async () => {}, stopping: async () => {}, [Symbol.dispose]() {} };

/**
 * Takes its variables out of the environment: runtimes that find them wait for a sign from the container, and give the
 * socket to programs in it.
 */
export function openServiceManager(env: NodeJS.ProcessEnv = process.env): ServiceManager {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: micros, WATCHDOG_PID: watched } = env;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete env[name];
  if (socket === undefined || socket === '') return NOBODY;
  const say = createSay(socket, env['PATH']);
  const isMeant = watched === undefined || watched === String(process.pid);
  const everyMs = isMeant ? Number(micros ?? 0) / 1000 / SIGNS : 0;
  let signs: NodeJS.Timeout | undefined;
  return {
    async ready() {
      await say('READY=1', 'STATUS=Serves and grades');
      // A timer of the event loop: where that stands still, no sign of life is sent.
      if (everyMs > 0) signs = setInterval(() => say('WATCHDOG=1'), everyMs).unref();
    },
    stopping: () => say('STOPPING=1', 'STATUS=Stopping'),
    [Symbol.dispose]: () => clearInterval(signs),
  };
}

function createSay(socket: string, path: string | undefined): (...words: string[]) => Promise<void> {
  const run = promisify(execFile);
  let hasComplained = false;
  return async (...words) => {
    const env = { NOTIFY_SOCKET: socket, ...(path !== undefined && { PATH: path }) };
    try {
      await run('systemd-notify', [`--pid=${process.pid}`, ...words], { env, timeout: LONGEST_MS });
    } catch (error) {
      if (hasComplained) return;
      hasComplained = true;
      const why = error instanceof Error ? error.message.trim() : String(error);
      talk(
        `systemd did not get the report ${words[0]}: ${why}. Look whether the program systemd-notify is installed.`,
      );
    }
  };
}
