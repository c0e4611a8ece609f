/**
 * A process that starts programs through the launcher and is killed at its nth order: `node launched-then-killed.ts
 * <folder> <n>`. The folder's name is a word of each program.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLauncher } from '../../server/adapters/oci/launcher.ts';
import { openHolder } from '../../server/adapters/oci/mount-namespace.ts';

const [folder = '', orders = ''] = process.argv.slice(2);
const holder = await openHolder();
let left = Number(orders);
const { shell } = holder;
const send = (text: string) => {
  shell.send(text);
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
};
const launcher = createLauncher({ ...shell, send }, join(folder, 'streams'));
const table = join(folder, 'table');
writeFileSync(table, '');
for (;;) await launcher.start(table, ['sh', '-c', 'cat; sleep 0.1', folder]);
