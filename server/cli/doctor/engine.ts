/** What the engine reports about itself, and whether it can enforce limits. Pure apart from the request. */

import type { Containers, EngineInfo } from '../../ports/containers.ts';
import { GradeportError } from '../../rules/errors.ts';
import { bytesText } from '../../text/quantities.ts';
import { type Check, fail, ok, sentenceOf, warn } from './check.ts';

/** The engine's API that server/adapters/docker/engine.ts speaks. */
const LEAST_API = '1.41';
/** Copies a whole image for each container, which takes a second instead of milliseconds, and gigabytes. */
const SLOW_DRIVERS = new Set(['vfs', 'devicemapper']);
/** The engine's warnings when the kernel cannot enforce a limit. */
const ABOUT_LIMITS = /no (memory|swap|pids?|cpu|kernel memory|oom)[\w ]* (limit|support|quota)/i;

/** null: it does not answer, so the other checks of the engine are skipped. */
export async function askEngine(
  containers: Containers,
): Promise<{ info: EngineInfo | null; checks: Check[] }> {
  try {
    const info = await containers.info();
    return { info, checks: engineChecks(info) };
  } catch (error) {
    const unreachable = error instanceof GradeportError && error.code === 'unreachable';
    const next = unreachable ? 'npm run engine -- start' : 'Look at its log: journalctl -u docker';
    return { info: null, checks: [fail('engine', sentenceOf(error), next)] };
  }
}

export function engineChecks(info: EngineInfo): Check[] {
  const { name, cpus, memoryBytes } = info;
  return [
    ok('engine', `${name} answers: ${cpus} processors, ${bytesText(memoryBytes)} of memory.`),
    apiCheck(info),
    storageCheck(info),
    cgroupCheck(info),
    ...info.warnings.filter((text) => ABOUT_LIMITS.test(text)).map(warningCheck),
  ];
}

function apiCheck({ apiVersion }: EngineInfo): Check {
  const check = 'engine API';
  return isOlder(apiVersion, LEAST_API)
    ? fail(
        check,
        `The engine speaks API ${apiVersion}; ${LEAST_API} is needed.`,
        'Upgrade it: Docker 20.10 or later.',
      )
    : ok(check, `API ${apiVersion}; ${LEAST_API} or later is needed.`);
}

/** Versions compare by number: "1.9" is older than "1.41". */
function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = than.split('.').map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

const storageCheck = ({ storageDriver }: EngineInfo): Check =>
  SLOW_DRIVERS.has(storageDriver)
    ? warn(
        'storage driver',
        `${storageDriver}: starting a container copies its whole image.`,
        'Let the engine use overlay2: "storage-driver" in /etc/docker/daemon.json.',
      )
    : ok('storage driver', `${storageDriver}: containers share what their images hold.`);

function cgroupCheck({ cgroupVersion, cgroupDriver }: EngineInfo): Check {
  return cgroupDriver === 'none'
    ? fail(
        'cgroups',
        'The engine has no cgroups: no limit of memory, processes or processors holds.',
        'Run the engine as root, or delegate cgroups to it.',
      )
    : ok('cgroups', `Version ${cgroupVersion}, driver ${cgroupDriver}.`);
}

const warningCheck = (text: string): Check =>
  warn(
    'engine limits',
    `The engine warns: ${text}.`,
    'Switch it on in the kernel (on its command line: cgroup_enable=memory swapaccount=1).',
  );
