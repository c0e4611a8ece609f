/** Whether containers can be started without the engine here, by which programs, and with which settings. */
import { existsSync } from 'node:fs';
import { arch } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import type Docker from 'dockerode';
import { z } from 'zod';
import { asking } from '../docker/errors.ts';
import { systemCalls } from '../system-calls/system-calls.ts';

export type Host = {
  /** Name of a runtime → its program. */
  runtimes: ReadonlyMap<string, string>;
  limitsSwap: boolean;
  /** Docker's own AppArmor profile; null: the host has none. */
  profile: string | null;
};

const DOCKER_PROFILE = 'docker-default';
/** Tested with these, by name and by program; others may mean something else by the same options. */
const KNOWN = /^(crun|runc)$/;

const infoSchema = z.object({
  Driver: z.string(),
  DockerRootDir: z.string(),
  CgroupDriver: z.string().default(''),
  SecurityOptions: z.array(z.string()).nullish(),
  SwapLimit: z.boolean().default(false),
  Runtimes: z.record(
    z.string(),
    z.object({ path: z.string().nullish(), runtimeArgs: z.array(z.string()).nullish() }),
  ),
});

/** @returns null where only the engine can: we are not root, or the engine is remote or works in another way */
export async function readHost(docker: Docker): Promise<Host | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || systemCalls(arch()) === null) return null;
  const info = infoSchema.parse(await asking(() => docker.info()));
  const options = (info.SecurityOptions ?? []).join(' ');
  // Its user ids differ from ours, or its labels are needed.
  if (/name=(userns|rootless|selinux)/.test(options)) return null;
  // With systemd's own cgroups, systemd would have to be asked for each container.
  if (info.Driver !== 'overlay2' || info.CgroupDriver !== 'cgroupfs') return null;
  if (!existsSync(join(info.DockerRootDir, 'overlay2'))) return null;
  const runtimes = new Map<string, string>();
  for (const [name, { path, runtimeArgs }] of Object.entries(info.Runtimes)) {
    // Only the engine gives an operator's own options.
    const program = KNOWN.test(name) && !runtimeArgs?.length ? programAt(path ?? name) : null;
    if (program !== null) runtimes.set(name, program);
  }
  if (runtimes.size === 0) return null;
  return {
    runtimes,
    limitsSwap: info.SwapLimit,
    profile: options.includes('name=apparmor') ? DOCKER_PROFILE : null,
  };
}

function programAt(path: string): string | null {
  const places = isAbsolute(path)
    ? [path]
    : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, path));
  return places.find((place) => existsSync(place)) ?? null;
}
