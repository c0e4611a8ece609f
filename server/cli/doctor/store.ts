/** The store: SQLite in the data folder, or the MongoDB database that the configuration names. */

import { halfDone, type Mark } from '../../adapters/documents/mark.ts';
import type { StoredAmounts } from '../../adapters/documents/stored-amounts.ts';
import type { MongoState } from '../../adapters/mongo/upkeep/examine.ts';
import { examineStore, type StoreState } from '../../adapters/sqlite/examine.ts';
import { readSqliteMark } from '../../adapters/sqlite/folder/mark.ts';
import type { Config } from '../../config/config.ts';
import { NEARLY } from '../../submissions/admission/amounts.ts';
import { bytesText } from '../../text/quantities.ts';
import { type Check, fail, ok, sentenceOf, skipped, warn } from './check.ts';

export type Looked = {
  checks: Check[];
  /** null: nothing was graded yet, or the store cannot be read. */
  lastRunAt: string | null;
};

type Bounds = Pick<Config['submissions'], 'bytesPerUser' | 'bytesInAll'>;

const RESTORE = 'Stop the server and restore a backup: gradeport store restore <file> --replace';

const ADDRESS = 'See what the database says, and the address: gradeport config show';

export async function storeChecks({
  data,
  store,
  submissions,
}: Pick<Config, 'data' | 'store' | 'submissions'>): Promise<Looked> {
  try {
    return store === null ? sqliteChecks(data, submissions) : await mongoChecks(store, submissions);
  } catch (error) {
    return {
      lastRunAt: null,
      checks: [fail('store', sentenceOf(error), store === null ? RESTORE : ADDRESS)],
    };
  }
}

function sqliteChecks(folder: string, bounds: Bounds): Looked {
  const mark = readSqliteMark(folder);
  if (mark) return { lastRunAt: null, checks: [halfDoneCheck(folder, mark)] };
  const state = examineStore(folder);
  if (state === null)
    return { lastRunAt: null, checks: [skipped('store', 'It is made at the first start.')] };
  return {
    lastRunAt: state.lastRunAt,
    checks: [integrityCheck(state), schemaCheck(state), ...amountChecks(state.amounts, bounds)],
  };
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

/** What the submissions of all hold, and of the user with the most. */
function amountChecks({ bytes, largest }: StoredAmounts, { bytesPerUser, bytesInAll }: Bounds): Check[] {
  if (largest === null) return [];
  const sentence =
    `Submissions hold ${bytesText(bytes)} of ${bytesText(bytesInAll)}, and those of ${largest.user}, the most of ` +
    `one user, ${bytesText(largest.bytes)} of ${bytesText(bytesPerUser)}.`;
  const isNear = bytes >= NEARLY * bytesInAll || largest.bytes >= NEARLY * bytesPerUser;
  const next = 'Allow more before the next deadline: submissions.bytesPerUser, submissions.bytesInAll.';
  return [isNear ? warn('submissions', sentence, next) : ok('submissions', sentence)];
}

const halfDoneCheck = (shown: string, mark: Mark): Check =>
  fail('store', halfDone(shown, mark).message, `gradeport ${mark.by}, or: gradeport store abandon`);

async function mongoChecks(url: string, bounds: Bounds): Promise<Looked> {
  // Loaded only for MongoDB: the driver is half as large as all the rest.
  const { examineMongo } = await import('../../adapters/mongo/upkeep/examine.ts');
  const state = await examineMongo(url);
  return { lastRunAt: state.lastRunAt, checks: [...ofMongo(state), ...amountChecks(state.amounts, bounds)] };
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
