/**
 * Finds what is wrong with an environment's Dockerfile before it is built: each message with its line. Pure. The lint
 * also keeps the engine from the network in builds without one: the engine fetches for ADD and FROM even when the
 * build's containers have no network.
 */
import { type Announcement, readLabels } from '../../discovery/labels.ts';
import { fullReference, type LintFacts, type LintMessage } from './facts.ts';
import { lintBases } from './lint-bases.ts';
import { labelsOf, lintLabels } from './lint-labels.ts';
import { lintSteps } from './lint-steps.ts';
import { type Dockerfile, parseDockerfile } from './parse.ts';
import { chainOf, type Stage, stagesOf } from './stages.ts';

export type Lint = {
  /** Sorted by line, then by severity, the worst first. */
  messages: LintMessage[];
  /** What the image will say about itself, as far as can be known; null: it does not announce an environment. */
  announces: Announcement | null;
  dockerfile: Dockerfile;
};

/** People would not read more than this. */
const MAX_MESSAGES = 100;
const WORST = ['error', 'warning', 'hint'];
/** Larger than any handwritten Dockerfile. Reading up to this limit costs at most some ten MiB and half a second. */
export const MAX_DOCKERFILE_BYTES = 64 * 1024;

export function lintDockerfile(text: string, facts: LintFacts): Lint {
  const dockerfile = parseDockerfile(text.slice(0, MAX_DOCKERFILE_BYTES));
  const messages: LintMessage[] = [];
  const say = (line: number, severity: LintMessage['severity'], message: string): void => {
    if (messages.length < MAX_MESSAGES || severity === 'error') messages.push({ line, severity, message });
  };
  if (text.length > MAX_DOCKERFILE_BYTES)
    say(
      1,
      'error',
      'It is larger than 64 KiB, of which the rest was not read. Put data into files, and COPY them.',
    );
  for (const { line, message } of dockerfile.faults) say(line, 'error', message);
  if (dockerfile.syntaxLine !== null) {
    say(
      dockerfile.syntaxLine,
      'warning',
      'The directive "syntax" is ignored here: builds do not use BuildKit.',
    );
  }
  const stages = stagesOf(dockerfile);
  lintBases(dockerfile, stages, facts, say);
  lintSteps(dockerfile, stages, facts, say);
  const inherited = inheritedLabels(stages, facts);
  if (stages.length > 0) lintLabels(stages, { inherited, mustAnnounce: facts.mustAnnounce }, say);
  return {
    messages: worstOf(messages),
    announces: readLabels(labelsOf(stages, inherited).labels),
    dockerfile,
  };
}

/** If there are too many messages, errors are kept first: a Dockerfile with an error is not built. */
function worstOf(messages: readonly LintMessage[]): LintMessage[] {
  const rank = ({ severity }: LintMessage): number => WORST.indexOf(severity);
  return messages
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, MAX_MESSAGES)
    .sort((a, b) => a.line - b.line || rank(a) - rank(b));
}

export const hasErrors = ({ messages }: Pick<Lint, 'messages'>): boolean =>
  messages.some(({ severity }) => severity === 'error');

type Labels = Readonly<Record<string, string>>;

/** The labels of the image that the last stage is built on; empty when they are unknown. */
function inheritedLabels(stages: readonly Stage[], { images }: LintFacts): Labels {
  const base = chainOf(stages).at(-1)?.base;
  return base?.kind === 'image' ? (images?.get(fullReference(base.reference.text)) ?? {}) : {};
}
