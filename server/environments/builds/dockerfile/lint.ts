/**
 * What is wrong with a Dockerfile of an environment, before it is built: each message with its line. Pure. For builds
 * without network this is also what keeps the engine itself from it: it fetches for ADD and FROM, whatever the
 * network of the build's containers is.
 */
import { type Announcement, readLabels } from '../../discovery/labels.ts';
import { fullReference, type LintFacts, type LintMessage } from './facts.ts';
import { lintBases } from './lint-bases.ts';
import { lintLabels } from './lint-labels.ts';
import { lintSteps } from './lint-steps.ts';
import { type Dockerfile, parseDockerfile } from './parse.ts';
import { chainOf, type Stage, stagesOf } from './stages.ts';

export type Lint = {
  /** By line, and there the worst first. */
  messages: LintMessage[];
  /** What the image will say about itself, as far as that can be told; null: that it is an environment, it does not. */
  announces: Announcement | null;
  dockerfile: Dockerfile;
};

/** More would not be read. */
const MAX_MESSAGES = 100;
const WORST = ['error', 'warning', 'hint'];
/** Larger than any that a person writes. What is read of more costs at most some ten MiB and half a second. */
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
    announces: readLabels(labelsOf(stages, inherited)),
    dockerfile,
  };
}

/** Where there are too many, errors are what must not be missing: what has one is not built. */
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

/** Of the image that the last stage is built on; empty where nobody knows. */
function inheritedLabels(stages: readonly Stage[], { images }: LintFacts): Labels {
  const base = chainOf(stages).at(-1)?.base;
  return base?.kind === 'image' ? (images?.get(fullReference(base.reference.text)) ?? {}) : {};
}

function labelsOf(stages: readonly Stage[], inherited: Labels): Labels {
  const own = chainOf(stages)
    .reverse()
    .flatMap(({ labels }) => labels);
  return { ...inherited, ...Object.fromEntries(own.map(({ key, value }) => [key, value.text])) };
}
