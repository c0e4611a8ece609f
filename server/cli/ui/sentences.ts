import type { FileProblemReport } from '../../courses/task.ts';

/** Faults of files, one per line, as compilers write them: editors find the place. */
export const sentences = (problems: readonly FileProblemReport[]): string =>
  problems
    .map(
      ({ file, line, column, message }) =>
        `${line === null ? file : `${file}:${line}:${column ?? 1}`}: ${message}`,
    )
    .join('\n');
