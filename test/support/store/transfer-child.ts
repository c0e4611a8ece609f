/** Copies or restores in a process of its own that kills itself at a chosen point; says "done" where it came through. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { mongo } from 'mongoose';
import { restoreStore } from '../../../server/adapters/backup/restore.ts';
import { copyStore } from '../../../server/adapters/transfer/copy.ts';
import { readStoreRef } from '../../../server/adapters/transfer/store-ref.ts';

export type Point = { at: 'progress' | 'rename' | 'rename of a collection'; count: number };
const [command = '', from = '', to = '', at = '', count = ''] = process.argv.slice(2);

let left = Number(count);
function pass(point: string): void {
  if (point !== at) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}

const { renameSync } = fs;
fs.renameSync = (from, to) => {
  // Not the note that tells who holds the folder.
  if (String(from).includes('/incoming/')) pass('rename');
  renameSync(from, to);
};
syncBuiltinESMExports();
const { rename } = mongo.Collection.prototype;
mongo.Collection.prototype.rename = function (...args) {
  pass('rename of a collection');
  return rename.apply(this, args);
};

const news = { progress: () => pass('progress'), stopped: new AbortController().signal };
const destination = readStoreRef(to);
if (command === 'copy')
  await copyStore(readStoreRef(from), destination, { replace: true, allowMissing: false }, news);
else await restoreStore(from, destination, { replace: true }, news);
console.log('done');
