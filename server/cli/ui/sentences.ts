import type { FileProblemReport } from '../../courses/task.ts';

/** Errors in files, one per line in compiler style, so that editors find the position. */
export const sentences = (problems: readonly FileProblemReport[]): string =>
  problems
    .map(
      ({ file, line, column, message }) =>
        `${line === null ? file : `${file}:${line}:${column ?? 1}`}: ${message}`,
    )
    .join('\n');
