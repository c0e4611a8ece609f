// A small Debian 12 made from its packages, for machines that reach a Debian mirror but no registry.
import { debianMirrors, installPackages } from './apt.mjs';
import { canInstall, which } from './machine.mjs';
import { run } from './run.mjs';
import { SetupError } from './steps.mjs';

const SUITE = 'bookworm';

// Manuals are of no use in a grading container; licences stay.
const DPKG_OPTIONS = [
  'path-exclude=/usr/share/doc/*',
  'path-include=/usr/share/doc/*/copyright',
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/info/*',
  'path-exclude=/usr/share/locale/*',
  'path-include=/usr/share/locale/locale.alias',
];

// init-system-helpers wants usrmerge or usr-is-merged; the first would install all of Perl, 50 MB.
const WITHOUT_USRMERGE = [
  '--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr',
  '--setup-hook=printf "Package: usrmerge\\nPin: release *\\nPin-Priority: -1\\n" >"$1/etc/apt/preferences.d/no-usrmerge"',
  '--customize-hook=rm "$1/etc/apt/preferences.d/no-usrmerge"',
];

/**
 * @param {string} tar the file to write
 * @param {string} folder for temporary files
 * @param {import('./steps.mjs').Note} note
 */
export async function makeDebianTar(tar, folder, note) {
  if (!which('mmdebstrap')) await installMmdebstrap(note);
  note('no registry: making it from Debian packages');
  const args = [
    '--mode=auto',
    '--variant=apt',
    '--aptopt=APT::Install-Recommends "false"',
    ...(await reachingTheMirror()).map((setting) => `--aptopt=${setting}`),
    ...WITHOUT_USRMERGE,
    ...DPKG_OPTIONS.map((option) => `--dpkgopt=${option}`),
    SUITE,
    tar,
    ...(await sources()),
  ];
  const next = 'apt-get update   (when that works: npm start)';
  await run('mmdebstrap', args, { note, next, env: { TMPDIR: folder } });
}

/** @param {import('./steps.mjs').Note} note */
async function installMmdebstrap(note) {
  if (canInstall()) return installPackages(['mmdebstrap', 'debian-archive-keyring'], note);
  const why =
    'no registry gives the base image, and building it needs mmdebstrap, which only root can install';
  throw new SetupError(
    why,
    [
      'docker pull debian:bookworm-slim && docker tag debian:bookworm-slim gradeport/debian:12',
      'or once, on Debian or Ubuntu: sudo npm start -- --setup-only --data /tmp/gradeport-once',
      'or from a machine that has it: gradeport env export --all <file>, and here: gradeport env import <file>',
    ].join('\n        '),
  );
}

/** @returns {Promise<string[]>} mmdebstrap has a good default for machines without a mirror of their own */
export async function sources() {
  const { main, security } = await debianMirrors();
  if (!main) return [];
  const lines = [`deb ${main} ${SUITE} main`, `deb ${main} ${SUITE}-updates main`];
  return security ? [...lines, `deb ${security} ${SUITE}-security main`] : lines;
}

/** Options that this machine's apt needs to reach its mirror; the image's apt needs them, too. */
export async function reachingTheMirror() {
  const wanted = /^Acquire::(Check-Valid-Until|Check-Date|https?::Proxy) "/;
  const settings = (await run('apt-config', ['dump'])).split('\n');
  return settings.filter((line) => wanted.test(line)).map((line) => line.replace(/;$/, ''));
}
