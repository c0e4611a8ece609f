/** The store: SQLite in the data folder, or the MongoDB database that the configuration names. */

import { halfDone, type Mark } from '../../adapters/documents/mark.ts';
import type { MongoState } from '../../adapters/mongo/upkeep/examine.ts';
import { examineStore, type StoreState } from '../../adapters/sqlite/examine.ts';
import { readSqliteMark } from '../../adapters/sqlite/folder/mark.ts';
import type { Config } from '../../config/config.ts';
import { bytesText } from '../../text/quantities.ts';
import { type Check, fail, ok, sentenceOf, skipped, warn } from './check.ts';

export type Looked = {
  checks: Check[];
  /** null: nothing was graded yet, or the store cannot be read. */
  lastRunAt: string | null;
};

const RESTORE = 'Stop the server and restore a backup: gradeport store restore <file> --replace';

const ADDRESS = 'See what the database says, and the address: gradeport config show';

export async function storeChecks({ data, store }: Pick<Config, 'data' | 'store'>): Promise<Looked> {
  try {
    return store === null ? sqliteChecks(data) : await mongoChecks(store);
  } catch (error) {
    return {
      lastRunAt: null,
      checks: [fail('store', sentenceOf(error), store === null ? RESTORE : ADDRESS)],
    };
  }
}

function sqliteChecks(folder: string): Looked {
  const mark = readSqliteMark(folder);
  if (mark) return { lastRunAt: null, checks: [halfDoneCheck(folder, mark)] };
  const state = examineStore(folder);
  if (state === null)
    return { lastRunAt: null, checks: [skipped('store', 'It is made at the first start.')] };
  return { lastRunAt: state.lastRunAt, checks: [integrityCheck(state), schemaCheck(state)] };
}

const integrityCheck = ({ damages, runs, bytes }: StoreState): Check =>
  damages.length === 0
    ? ok('store', `It opens and is whole: ${runs} runs, ${bytesText(bytes)}.`)
    : fail('store', `It is damaged: ${damages.join('; ')}.`, RESTORE);

const schemaCheck = ({ schema, known }: Pick<StoreState, 'schema' | 'known'>): Check =>
  schema <= known
    ? ok('store schema', `Version ${schema}.`)
    : fail(
        'store schema',
        `Version ${schema}; this Gradeport knows ${known}.`,
        'Start the newer Gradeport that wrote it, or restore a backup of before.',
      );

const halfDoneCheck = (shown: string, mark: Mark): Check =>
  fail('store', halfDone(shown, mark).message, `gradeport ${mark.by}, or: gradeport store abandon`);

async function mongoChecks(url: string): Promise<Looked> {
  // Loaded only for MongoDB: the driver is half as large as all the rest.
  const { examineMongo } = await import('../../adapters/mongo/upkeep/examine.ts');
  const state = await examineMongo(url);
  return { lastRunAt: state.lastRunAt, checks: ofMongo(state) };
}

function ofMongo({ shown, version, schema, known, mark, missingIndexes, runs }: MongoState): Check[] {
  const answers = `${shown} answers: MongoDB ${version}`;
  if (schema === null)
    return [
      ok('store', `${answers}, nothing in it.`),
      skipped('store schema', 'It is made at the first start.'),
    ];
  if (mark) return [halfDoneCheck(shown, mark)];
  return [
    ok('store', `${answers}, ${runs} runs.`),
    schemaCheck({ schema, known }),
    indexCheck(missingIndexes),
  ];
}

const indexCheck = (missing: readonly string[]): Check =>
  missing.length === 0
    ? ok('store indexes', 'All are there.')
    : warn(
        'store indexes',
        `Some are missing, and pages are slow without them: ${missing.join(', ')}.`,
        'Start the server, which makes them, or: gradeport store check --repair',
      );
