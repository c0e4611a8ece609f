/** FROM and COPY --from: is the base here, and will it be the same next time? Pure. */
import { fullReference, hasTag, type LintFacts, type Say, shown } from './facts.ts';
import type { Dockerfile } from './parse.ts';
import { chainOf, type Stage } from './stages.ts';
import { wordsOf } from './words.ts';

/** Bases that are built locally, always under the tag "latest". */
const MADE_HERE = /^(gradeport|local)\//;
/** How many names of images a message lists. */
const LISTED = 8;
/** The names that INGInious' published Dockerfiles build on. */
const OF_INGINIOUS = /^(ghcr\.io\/inginious\/env|ingi\/inginious-c)-(base|default)(:|$)/;

export function lintBases(
  { instructions }: Dockerfile,
  stages: readonly Stage[],
  facts: LintFacts,
  say: Say,
): void {
  const [first] = instructions;
  if (stages.length === 0) {
    say(first?.line ?? 1, 'error', 'There is no FROM: say what it is built on, such as FROM gradeport/base.');
  }
  for (const instruction of instructions) {
    if (instruction.keyword === 'FROM') break;
    if (instruction.keyword !== 'ARG') {
      say(
        instruction.line,
        'error',
        `Before the first FROM only ARG may stand, not ${shown(instruction.keyword)}.`,
      );
    }
  }
  for (const [index, stage] of stages.entries()) {
    lintFrom(stage, facts, say);
    lintCopyFrom(stage, stages.slice(0, index), facts, say);
  }
  lintPython(stages, facts, say);
}

function lintFrom(stage: Stage, facts: LintFacts, say: Say): void {
  const { line, rest } = stage.from;
  const words = wordsOf(rest);
  if (words.length !== 1 && !(words.length === 3 && words[1]?.text.toUpperCase() === 'AS')) {
    say(line, 'error', 'FROM takes one image, and perhaps a name: FROM image AS name.');
    return;
  }
  if (stage.base.kind !== 'image') return;
  const { text, sure } = stage.base.reference;
  if (!sure || text === '') {
    say(line, 'error', 'FROM uses a variable without a value: give it one above, as in ARG VERSION=12.');
    return;
  }
  lintImage(line, text, facts, say);
  const latest = !hasTag(text) || text.endsWith(':latest');
  if (latest && !MADE_HERE.test(text)) {
    say(
      line,
      'warning',
      `"${shown(text)}" names no version: the next build may get another one. Name a tag other than latest, or a digest.`,
    );
  }
}

/** The engine itself pulls a missing base, and the engine has a network even if the build has none. */
function lintImage(line: number, reference: string, facts: LintFacts, say: Say): void {
  const { images, network, networkHint, refuses, withholds } = facts;
  const withheld = withholds(reference);
  if (withheld !== null) {
    say(line, 'error', withheld);
    return;
  }
  if (images?.has(fullReference(reference))) return;
  const refusal = refuses(reference);
  if (refusal !== null) {
    say(line, 'error', refusal);
    return;
  }
  if (images === null) return;
  if (network) {
    say(line, 'hint', `There is no image "${shown(reference)}" here: it will be pulled.`);
    return;
  }
  const here = [...images.keys()]
    .filter((name) => MADE_HERE.test(name) && withholds(name) === null)
    .map((name) => name.replace(/:latest$/, ''));
  const list = here.sort().slice(0, LISTED).join(', ');
  const sentences = [
    `There is no image "${shown(reference)}" here, and builds may not pull one.`,
    OF_INGINIOUS.test(reference)
      ? `"gradeport env adopt-base ${shown(reference)}" gives Gradeport's own base this name.`
      : '',
    networkHint,
    list === '' ? '' : `Here are: ${list}.`,
  ];
  say(line, 'error', sentences.filter((one) => one !== '').join(' '));
}

function lintCopyFrom(stage: Stage, before: readonly Stage[], facts: LintFacts, say: Say): void {
  for (const { keyword, flags, line } of stage.instructions) {
    const from = keyword === 'COPY' ? flags.findLast((flag) => flag.startsWith('--from=')) : undefined;
    if (from === undefined) continue;
    const source = from.slice('--from='.length);
    const isStage = /^\d+$/.test(source)
      ? Number(source) < before.length
      : before.some(({ name }) => name === source.toLowerCase());
    if (isStage) continue;
    if (/^\d+$/.test(source))
      say(line, 'error', `There is no stage ${shown(source)} before this one: the first is 0.`);
    else if (source.includes('$'))
      say(line, 'error', 'COPY --from takes no variable: name the stage or the image.');
    else lintImage(line, source, facts, say);
  }
}

/** Graders, and Gradeport's own first process, are Python programs. */
function lintPython(stages: readonly Stage[], { images }: LintFacts, say: Say): void {
  const chain = chainOf(stages);
  const first = chain.at(-1);
  if (!first) return;
  const name = first.base.kind === 'image' ? first.base.reference.text : '';
  const labels = images?.get(fullReference(name)) ?? {};
  const isKnown =
    MADE_HERE.test(name) || /python/i.test(name) || Object.keys(labels).some((key) => GRADING.test(key));
  const installs = chain.some(({ instructions }) =>
    instructions.some(
      ({ keyword, rest }) => ['RUN', 'COPY', 'ADD'].includes(keyword) && /python/i.test(rest),
    ),
  );
  if (!isKnown && !installs) {
    say(
      first.from.line,
      'hint',
      'Make sure that it has python3 (its standard library is enough): nothing here says so, and graders cannot start without it.',
    );
  }
}

const GRADING = /^org\.(gradeport|inginious)\./;
