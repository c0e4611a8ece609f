/**
 * Opens a store as a command beside the server does, tells "ready", and for each id that it reads writes one batch
 * that begins in submissions ("submit x") or in currents ("promote x"); tells "done" after each. A store is a data
 * folder or an address of MongoDB.
 */
import { createInterface } from 'node:readline';
import { openStoreBesideServer } from '../../../server/adapters/open-store.ts';
import { promotion, submission } from './batches.ts';

const [place = ''] = process.argv.slice(2);
const store = await openStoreBesideServer(
  place.startsWith('mongodb') ? { data: '', store: place } : { data: place, store: null },
);
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [verb, id = ''] = line.split(' ');
  console.log((await store.batch(verb === 'submit' ? submission(id) : promotion(id))) ? 'done' : 'refused');
}
