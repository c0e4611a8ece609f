/** What MongoDB and its driver say, in words that a person can act on. Codes: MongoDB's manual, "Error Codes". */
import mongoose, { mongo } from 'mongoose';
import { GradeportError } from '../../../rules/errors.ts';

const BAD_VALUE = 2;
const UNAUTHORIZED = 13;
const TYPE_MISMATCH = 14;
const AUTHENTICATION_FAILED = 18;
const PATH_NOT_VIABLE = 28;
const CONFLICTING_UPDATE = 40;
const IMMUTABLE_FIELD = 66;
const WRITE_CONCERN_FAILED = 64;
const ATLAS_ERROR = 8000;
const TOO_LARGE = [10334, 17280, 17419, 17420];
const DUPLICATE_KEY = 11000;
const OUT_OF_DISK = 14031;
/** A change that the document cannot take: our mistake, so another try does not help. */
const UNFIT = [BAD_VALUE, TYPE_MISMATCH, PATH_NOT_VIABLE, CONFLICTING_UPDATE, IMMUTABLE_FIELD];
/** The server is away, is shutting down, or is no longer the primary: it will answer later. */
const PASSING = new Set([
  ...[6, 7, 89, 91, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436, 112, 50, WRITE_CONCERN_FAILED],
]);

const NO_COLLECTION = 26;

export const codeOf = (error: unknown): number =>
  error instanceof mongo.MongoError && typeof error.code === 'number' ? error.code : 0;

export const isDuplicate = (error: unknown): boolean => codeOf(error) === DUPLICATE_KEY;

export const isUnknownCollection = (error: unknown): boolean => codeOf(error) === NO_COLLECTION;

/** Worth another try: it is unknown whether the write happened, or it surely did not. */
export function isPassing(error: unknown): boolean {
  if (PASSING.has(codeOf(error))) return true;
  return (
    error instanceof mongo.MongoNetworkError ||
    error instanceof mongo.MongoServerSelectionError ||
    error instanceof mongoose.Error.MongooseServerSelectionError ||
    error instanceof mongo.MongoNotConnectedError ||
    (error instanceof Error && error.name === 'MongoWaitQueueTimeoutError')
  );
}

const storeAway = (shown: string, cause: unknown): GradeportError =>
  new GradeportError('store-away', `The database ${shown} does not answer: start it, or look at its log.`, {
    cause,
  });

/** Explains errors of the whole database, and changes that do not fit; returns others unchanged. */
export function explain(error: unknown, shown: string): unknown {
  if (error instanceof GradeportError) return error;
  if (isUnfit(error)) return new TypeError(error.message, { cause: error });
  const code = codeOf(error);
  const isQuota = code === ATLAS_ERROR && String(error).includes('quota');
  if (code === AUTHENTICATION_FAILED || (code === ATLAS_ERROR && !isQuota))
    return denied(
      `The database ${shown} refuses this user or password: correct them in the store's address.`,
      error,
    );
  if (code === UNAUTHORIZED) {
    const advice = 'give it the role "dbOwner" on this database, or "readWrite" and "dbAdmin".';
    return denied(`The user of the store's address may not do this in ${shown}: ${advice}`, error);
  }
  if (code === OUT_OF_DISK || isQuota) {
    const message = `The disk of the database ${shown} is full: free some space on it, then try again.`;
    return new GradeportError('no-space', message, { cause: error });
  }
  if (isTooLarge(error)) return tooLarge(error);
  return isPassing(error) ? storeAway(shown, error) : error;
}

const isTooLarge = (error: unknown): boolean => TOO_LARGE.includes(codeOf(error)) || isOverlong(error);

export const tooLarge = (cause: unknown): GradeportError =>
  new GradeportError(
    'too-large',
    'This is more than the 16 MB that MongoDB keeps in one document: hand in less, or as a file.',
    { cause },
  );

const denied = (message: string, cause: unknown): GradeportError =>
  new GradeportError('denied', message, { cause });

function isUnfit(error: unknown): error is Error {
  return (
    error instanceof mongoose.Error.ValidationError ||
    error instanceof mongoose.Error.CastError ||
    error instanceof mongoose.Error.StrictModeError ||
    (error instanceof mongo.MongoServerError && UNFIT.includes(codeOf(error)))
  );
}

/** The driver stops before it sends what would not fit into its buffer of 17 MB. */
const isOverlong = (error: unknown): boolean =>
  error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
