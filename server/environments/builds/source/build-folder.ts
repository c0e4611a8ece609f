/** Lints and builds a folder with a Dockerfile: the same for the browser and the command line. */
import type { Builder, BuildNews, BuildOrder, BuildStep, BuiltImage } from '../../../ports/engine/builder.ts';
import type { ImageSummary } from '../../../ports/engine/images.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { filesBelow } from '../../../rules/files/files-below.ts';
import { openFolder } from '../../../rules/files/open-folder.ts';
import type { LintFacts, LintMessage } from '../dockerfile/facts.ts';
import { hasErrors, type Lint } from '../dockerfile/lint.ts';

/** Files of larger folders are not listed; the lint then does without them. */
const MAX_LISTED = 10_000;

/** Paths of a folder's files, below it; null: too many to know. */
export async function listFiles(folder: string): Promise<string[] | null> {
  using top = openFolder(folder, { mayBeLink: true });
  if (top === null) throw new GradeportError('not-found', `There is no folder ${folder}.`);
  const paths: string[] = [];
  for await (const path of filesBelow(top)) if (paths.push(path) > MAX_LISTED) return null;
  return paths;
}

/** The labels of each image, under each of its names. */
export const imagesByName = (images: readonly ImageSummary[]): LintFacts['images'] =>
  new Map(images.flatMap(({ tags, labels }) => tags.map((tag) => [tag, labels] as const)));

/** One line each, as compilers write them. */
export const lintLines = (messages: readonly LintMessage[]): string[] =>
  messages.map(({ line, severity, message }) => `Dockerfile:${line}: ${severity}: ${message}`);

/**
 * Fails with the lint's messages before anything is started; later with the engine's message and the line of the
 * instruction that went wrong.
 */
export async function buildLinted(
  builder: Builder,
  lint: Lint,
  order: BuildOrder,
  news: BuildNews,
): Promise<BuiltImage> {
  if (hasErrors(lint)) {
    const errors = lint.messages.filter(({ severity }) => severity === 'error');
    // Not "usage": the command is right, the Dockerfile is not.
    throw new GradeportError('conflict', `${order.tag} was not built.\n${lintLines(errors).join('\n')}`);
  }
  let last: BuildStep | null = null;
  try {
    return await builder.build(order, {
      line: news.line,
      step(step) {
        last = step;
        news.step(step);
      },
    });
  } catch (error) {
    throw withLine(error, lint, last);
  }
}

/** The builder counts instructions; people count lines. */
function withLine(error: unknown, { dockerfile }: Lint, step: BuildStep | null): unknown {
  const instruction = step && dockerfile.instructions[step.number - 1];
  if (!(error instanceof GradeportError) || !instruction || error.code === 'unreachable') return error;
  const { line, endLine, keyword } = instruction;
  const where = line === endLine ? `line ${line}` : `lines ${line} to ${endLine}`;
  return new GradeportError(error.code, `Dockerfile, ${where} (${keyword}): ${error.message}`, {
    cause: error,
  });
}
