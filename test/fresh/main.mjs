// npm run test:fresh: npm test on a machine on which nothing of Gradeport ever ran.
//
// Files, processes, network, control groups, engine, /tmp, /run and /var/lib are its own; only the kernel is this
// machine's. What is tested is the last commit. Arguments go to vitest: npm run test:fresh -- test/unit
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { installPackages } from '../../setup/apt.mjs';
import { canInstall } from '../../setup/machine.mjs';
import { exitCode } from '../../setup/project.mjs';
import { fail, runSteps, SetupError } from '../../setup/steps.mjs';
import { openCgroups, within } from './cgroups.mjs';
import { openNetwork } from './network.mjs';
import {
  CHECKOUT,
  copyCheckout,
  copyNode,
  copyWayOut,
  makeRootFiles,
  openRootFolder,
} from './root-files.mjs';

const NEEDED = ['mmdebstrap', 'debian-archive-keyring', 'iproute2', 'iptables', 'git'];
/** How programs reach their registry here: whose certificates count, and over which proxy. */
const WAY_OUT = /^(.*_CERTS?|.*_CERT_FILE|.*_CA_BUNDLE|.*_CAINFO|SSL_CERT_DIR|(https?|no)_proxy)$/i;

/** @param {import('../../setup/steps.mjs').Note} note */
async function ensureTools(note) {
  if (!canInstall())
    throw new SetupError('only root on Debian can make a fresh machine', 'sudo npm run test:fresh');
  // npm says which Node and which npm these are.
  if (!process.env['npm_execpath'])
    throw new SetupError('this has to be started by npm', 'npm run test:fresh');
  return installPackages(NEEDED, note);
}

const root = openRootFolder();
/** @type {import('./cgroups.mjs').Tree[]} */
let trees = [];
let network = '';
await runSteps([
  { title: 'Tools', run: ensureTools },
  { title: 'Control groups and network', run: openSurroundings },
  { title: 'Files of a new Debian 12', run: (note) => makeRootFiles(root, trees, note) },
  { title: 'Node of this machine', run: () => copyNode(root) },
  { title: 'The last commit', run: () => copyCheckout(root) },
]);
copyWayOut(root);
process.exitCode = await runTests(process.argv.slice(2)).catch(fail);

async function openSurroundings() {
  network = await openNetwork();
  trees = openCgroups();
  return true;
}

/** @param {string[]} args */
function runTests(args) {
  const own = ['--mount', '--propagation=private', '--pid', '--fork', '--uts', '--ipc', '--cgroup'];
  const inside = ['sh', join(import.meta.dirname, 'inside.sh'), root, CHECKOUT, ...args];
  const command = within(trees, ['nsenter', `--net=${network}`, 'unshare', ...own, ...inside]);
  const child = spawn(...command, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => WAY_OUT.test(name))),
      HOME: '/root',
      LANG: 'C.UTF-8',
      TERM: process.env['TERM'] ?? 'dumb',
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      CGROUP_TREES: trees.map(({ type, options, point }) => `${type} ${options} ${point}`).join('\n'),
    },
  });
  return exitCode(child);
}
