/** Errors as a MongoDB server sends them: its manual's "Error Codes". */
import type { Rule } from './proxy-rules.ts';
import type { Body } from './wire.ts';

const NAMES: Record<number, string> = {
  2: 'BadValue',
  6: 'HostUnreachable',
  7: 'HostNotFound',
  13: 'Unauthorized',
  18: 'AuthenticationFailed',
  20: 'IllegalOperation',
  26: 'NamespaceNotFound',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  50: 'MaxTimeMSExpired',
  59: 'CommandNotFound',
  64: 'WriteConcernTimeout',
  67: 'CannotCreateIndex',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  89: 'NetworkTimeout',
  91: 'ShutdownInProgress',
  100: 'UnsatisfiableWriteConcern',
  112: 'WriteConflict',
  189: 'PrimarySteppedDown',
  262: 'ExceededTimeLimit',
  9001: 'SocketException',
  10107: 'NotWritablePrimary',
  11000: 'DuplicateKey',
  11600: 'InterruptedAtShutdown',
  11602: 'InterruptedDueToReplStateChange',
  13435: 'NotPrimaryNoSecondaryOk',
  13436: 'NotPrimaryOrSecondary',
  14031: 'OutOfDiskSpace',
};

/** Drivers repeat a write that failed so: their specification "Retryable Writes". */
const RETRYABLE = new Set([6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

export function failureFor(rule: Rule, request: Body): Body {
  if (rule.answer) return rule.answer;
  const code = rule.code ?? 8;
  const codeName = rule.codeName ?? NAMES[code] ?? 'UnknownError';
  // A server labels what is worth a repetition only where the client can repeat, which its number shows.
  const isLabelled = RETRYABLE.has(code) && request['txnNumber'] !== undefined;
  const errorLabels = isLabelled ? { errorLabels: ['RetryableWriteError'] } : {};
  return { ok: 0, errmsg: rule.message ?? codeName, code, codeName, ...errorLabels };
}
