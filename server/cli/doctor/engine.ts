/** What the engine reports about itself, and whether it can enforce limits. Pure apart from the request. */

import { LEAST_API } from '../../adapters/docker/least-api.ts';
import { AddressFault } from '../../adapters/engine-address/address-fault.mjs';
import type { Containers, EngineInfo } from '../../ports/engine/containers.ts';
import { GradeportError } from '../../rules/errors.ts';
import { bytesText } from '../../text/quantities.ts';
import { type Check, fail, ok, sentenceOf, warn } from './check.ts';

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
    return { info: null, checks: [failed(error)] };
  }
}

function failed(error: unknown): Check {
  const fault = error instanceof GradeportError ? error.cause : error;
  if (fault instanceof AddressFault) return fail('engine', fault.message, fault.next);
  const unreachable = error instanceof GradeportError && error.code === 'unreachable';
  const next = unreachable ? 'npm run engine -- start' : 'Look at its log: journalctl -u docker';
  return fail('engine', sentenceOf(error), next);
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

/** One that is too old is refused before: it does not answer. */
const apiCheck = ({ apiVersion }: EngineInfo): Check =>
  ok('engine API', `API ${apiVersion}; ${LEAST_API} or later is needed.`);

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
