/**
 * Where code knows Linux: paths of its file system, programs of it, user ids. Each such file is behind a door that other
 * systems do not pass; the door is named here.
 * `node test/support/architecture/linux-only.ts` prints what is found where.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { files, ROOT } from './imports.ts';

const PATHS = /^\/(proc|sys|dev|run|var|bin|usr|etc)(\/|$)/;
const PROGRAMS =
  /^(rm|mount|umount|unshare|nsenter|setpriv|sh|systemctl|systemd-notify|systemd-analyze|journalctl|apt-get|dpkg|dpkg-query|mmdebstrap|dockerd)$/;
const ROOMS = /^(server|setup|bin|grading-api|web)\/.*\.(ts|mjs)$/;

/** File, or folder with a slash at its end → why no other system comes there, or needs not to. */
export const DOORS: Record<string, string> = {
  'server/adapters/docker/images/processors.ts': 'where there is no such file, no emulator is known',
  'bin/gradeport.mjs': 'asks whether there are user ids',
  'server/adapters/oci/': 'direct way: may-start-directly.ts lets only root on Linux pass',
  'server/adapters/cgroups/': 'direct and local way; null or nothing where the files are missing',
  'server/adapters/docker/by-cgroups.ts': 'local way',
  'server/adapters/docker/image-volumes.ts': 'paths in a container',
  'server/adapters/docker/name-servers.ts': 'paths in a container',
  'server/adapters/docker/containers.ts': 'asks whether there is a /proc',
  'server/adapters/portable/shared-folders.ts': 'the probe of the local way: only Linux, only root',
  'server/adapters/engine-address/': 'sockets that are looked for, and used where they are found',
  'server/adapters/sqlite/folder/data-folder.ts': 'only words; without user ids as well',
  'server/cli/doctor/images.ts': 'looks whether a device is there',
  'server/cli/grade/copy-beneath.ts': 'direct and local way; the portable way copies by the engine',
  'server/cli/local/runs-folder.ts': 'asks whether there are user ids; Linux for mounts',
  'server/cli/serve/service-manager.ts': 'only where systemd names a socket',
  'server/cli/service/': 'asks whether systemd runs; where it does not, the unit is printed at most',
  'server/rules/files/open-folder.ts': 'asks whether this is Linux with a /proc',
  'server/execution/agent/direct-line.ts': 'only Linux, only root',
  'server/execution/slots/places/workspace.ts': 'direct and local way',
  'server/execution/slots/places/remove-tree.ts': 'asks for Linux',
  'server/execution/slots/policy/mounts.ts': 'direct and local way',
  'server/execution/slots/policy/command-mounts.ts': 'paths in a container',
  'server/execution/slots/policy/container-policy.ts': 'paths in a container',
  'server/execution/slots/policy/container-spec.ts': 'the first program of a container',
  'server/site/all-partials.ts': 'an address of a page',
  'setup/apt.mjs': 'canInstall: only root on Debian or Ubuntu',
  'setup/daemon.mjs': 'canInstall',
  'setup/daemon-config.mjs': 'canInstall',
  'setup/debian-tar.mjs': 'canInstall, or an mmdebstrap that is there',
  'setup/engine.mjs': 'canInstall',
  'setup/mounts.mjs': 'canInstall',
  'setup/runsc.mjs': 'canInstall',
  'setup/foreign-package.mjs':
    'set-up of runsc, which asks canInstall, and of tests: a failure is only reported',
  'setup/chromium.mjs': 'a default, for tests',
  'setup/registry.mjs': 'a default, for tests',
  'setup/ssh-server.mjs': 'a default, for tests',
  'setup/machine.mjs': 'the door canInstall itself; an empty text where a file is missing',
  'setup/temp-folder.mjs': 'asks for Linux',
};

export function linuxIn(file: string, source: string): string[] {
  const found = new Set<string>();
  const look = (text: string) => {
    if (PATHS.test(text) || PROGRAMS.test(text)) found.add(text);
  };
  new Visitor({
    Literal({ value }) {
      if (typeof value === 'string') look(value);
    },
    TemplateElement({ value }) {
      look(value.cooked ?? '');
    },
    MemberExpression({ object, property }) {
      const isUser = property.type === 'Identifier' && /^get[ug]id$/.test(property.name);
      if (object.type === 'Identifier' && object.name === 'process' && isUser) found.add('process.getuid');
    },
  }).visit(parseSync(file, source).program);
  return [...found];
}

export const linuxByFile = (): Map<string, string[]> =>
  new Map(
    files
      .filter((file) => ROOMS.test(file))
      .map((file): [string, string[]] => [file, linuxIn(file, readFileSync(join(ROOT, file), 'utf8'))])
      .filter(([, words]) => words.length > 0),
  );

export const isBehind = (door: string, file: string): boolean =>
  door.endsWith('/') ? file.startsWith(door) : door === file;

if (import.meta.main) {
  for (const [file, words] of linuxByFile()) console.log(`${file}: ${words.join(', ')}`);
}
