// Installs missing Debian packages, from the mirrors that this machine already uses.
import { spawnSync } from 'node:child_process';
import { osRelease } from './machine.mjs';
import { run } from './run.mjs';

// Another apt (unattended upgrades, say) may be at work.
const WAIT_FOR_LOCK = ['-o', 'DPkg::Lock::Timeout=120'];

/** @param {string[]} packages */
function missing(packages) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own notation
  const format = '--showformat=${Package} ${db:Status-Status}\n';
  const { stdout } = spawnSync('dpkg-query', ['--show', format, ...packages], { encoding: 'utf8' });
  const installed = new Set((stdout ?? '').split('\n').filter((line) => line.endsWith(' installed')));
  return packages.filter((name) => !installed.has(`${name} installed`));
}

/**
 * @param {string[]} packages
 * @param {import('./steps.mjs').Note} note
 */
export async function installPackages(packages, note) {
  const wanted = missing(packages);
  if (wanted.length === 0) return false;
  const next = `apt-get update && apt-get install --no-install-recommends ${wanted.join(' ')}`;
  // RUNLEVEL=1: without systemd a package must not start its service; we start it the way this machine needs.
  const options = { note, next, env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' } };
  await run('apt-get', [...WAIT_FOR_LOCK, '-q', 'update'], options);
  await run(
    'apt-get',
    [...WAIT_FOR_LOCK, '-q', '-y', '--no-install-recommends', 'install', ...wanted],
    options,
  );
  return true;
}

/**
 * The mirrors a Debian machine itself uses; nothing on other systems.
 * @returns {Promise<{ main?: string, security?: string }>}
 */
export async function debianMirrors() {
  const { ID, VERSION_CODENAME = '' } = osRelease();
  if (ID !== 'debian') return {};
  const format = '$(CREATED_BY)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)';
  const rows = (await run('apt-get', ['indextargets', '--format', format])).split('\n');
  const repositoryOf = (/** @type {string} */ release) =>
    rows.find((row) => row.startsWith(`Packages|main|${release}|`))?.split('|')[3];
  const main = repositoryOf(VERSION_CODENAME);
  const security = repositoryOf(`${VERSION_CODENAME}-security`);
  return { ...(main && { main }), ...(security && { security }) };
}
