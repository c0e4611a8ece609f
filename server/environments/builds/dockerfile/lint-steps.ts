/** Checks each instruction: does the builder know it, will it find what it needs, does it reveal too much? Pure. */
import { nearest } from '../../../text/nearest.ts';
import { lintSources } from './copy-sources.ts';
import { type LintFacts, type Say, shown } from './facts.ts';
import { type Dockerfile, type Instruction, parseDockerfile } from './parse.ts';
import type { Stage } from './stages.ts';
import { pairsOf, wordsOf } from './words.ts';

/** The instructions, each with the flags that the classic builder knows. */
const FLAGS: Record<string, readonly string[]> = {
  ADD: ['--chown'],
  ARG: [],
  CMD: [],
  COPY: ['--chown', '--from'],
  ENTRYPOINT: [],
  ENV: [],
  EXPOSE: [],
  FROM: ['--platform'],
  HEALTHCHECK: ['--interval', '--timeout', '--start-period', '--retries'],
  LABEL: [],
  MAINTAINER: [],
  ONBUILD: [],
  RUN: [],
  SHELL: [],
  STOPSIGNAL: [],
  USER: [],
  VOLUME: [],
  WORKDIR: [],
};
const NEEDS_NETWORK =
  /\b(apt-get|apt|apk|dnf|yum|microdnf|pip3?|npm|pnpm|yarn|gem|cargo|go|conda|cpan|cabal|opam)\s+(?:-\S+\s+)*(update|install|add|ci|get|i)\b|\b(curl|wget|mmdebstrap)\s|\bgit\s+clone\b/;
/** How much of a RUN instruction is searched. */
const MAX_LOOK = 20_000;
const SECRET = /(^|_)(pass|passwd|password|passphrase|secret|token|api_?key|private_?key|credentials?)(_|$)/i;

export function lintSteps(
  { instructions }: Dockerfile,
  stages: readonly Stage[],
  facts: LintFacts,
  say: Say,
): void {
  for (const instruction of instructions) lintStep(instruction, facts, say);
  lintUser(stages, say);
}

function lintStep(instruction: Instruction, facts: LintFacts, say: Say): void {
  const { keyword, rest, line } = instruction;
  if (!Object.hasOwn(FLAGS, keyword)) {
    say(line, 'error', unknown(keyword));
    return;
  }
  lintFlags(instruction, say);
  if (instruction.hereDocument) {
    say(
      line,
      'error',
      'Here documents (<<EOF) are not known to the builder here: join commands with && and end lines with a backslash.',
    );
  }
  if (rest === '' && keyword !== 'CMD' && keyword !== 'ENTRYPOINT') {
    say(line, 'error', `${keyword} says nothing: something must follow it.`);
    return;
  }
  if (keyword === 'RUN') lintRun(instruction, facts, say);
  if (keyword === 'COPY' || keyword === 'ADD') lintSources(instruction, facts, say);
  if (keyword === 'ENV' || keyword === 'ARG') lintSecrets(instruction, say);
  if (keyword === 'ONBUILD') lintOnBuild(instruction, facts, say);
  if (keyword === 'VOLUME') {
    say(
      line,
      'error',
      'VOLUME is not possible: what is written there would count for no limit. Leave it out.',
    );
  }
  if (keyword === 'ENTRYPOINT' || keyword === 'CMD' || keyword === 'HEALTHCHECK') {
    say(line, 'hint', `${keyword} is not used: Gradeport starts its own first process in every container.`);
  }
}

function unknown(keyword: string): string {
  const near = nearest(keyword, Object.keys(FLAGS));
  return `"${shown(keyword)}" is not an instruction.${near === null ? '' : ` Did you mean ${near}?`} A line that goes on ends with a backslash.`;
}

function lintFlags({ keyword, flags, line }: Instruction, say: Say): void {
  for (const flag of flags) {
    const [name = ''] = flag.split('=');
    if (/["'\\]/.test(flag)) say(line, 'error', `Write ${shown(flag)} without quotes and backslashes.`);
    else if (!FLAGS[keyword]?.includes(name)) {
      say(
        line,
        'error',
        `${keyword} ${shown(name)} is not known to the builder here: leave it out (BuildKit is not used).`,
      );
    }
  }
}

function lintRun({ rest, line, lineAt }: Instruction, { network, networkHint }: LintFacts, say: Say): void {
  const found = network ? null : NEEDS_NETWORK.exec(rest.slice(0, MAX_LOOK));
  if (found) {
    const what = found[0].trim().split(/\s+/)[0] ?? '';
    say(
      lineAt(found.index),
      'warning',
      `"${what}" needs the network, and builds here have none. ${networkHint}`,
    );
  }
  if (/\bsudo\s/.test(rest)) say(line, 'hint', 'The steps of a build are root already: no sudo is needed.');
}

function lintSecrets({ keyword, rest, lineAt }: Instruction, say: Say): void {
  const words = wordsOf(rest).map(({ text, offset }) => ({
    key: text.split('=')[0] ?? '',
    offset,
    full: text.includes('='),
  }));
  const pairs =
    keyword === 'ENV'
      ? pairsOf(rest, new Map()).map(({ key, offset }) => ({ key, offset, full: true }))
      : words;
  for (const { key, offset, full } of pairs) {
    if (full && SECRET.test(key)) {
      say(
        lineAt(offset),
        'warning',
        `"${shown(key)}" looks like a secret: anyone who has the image can read it, and so can students' programs. Keep it out.`,
      );
    }
  }
}

/** ONBUILD runs in builds on top of this image: what is not allowed here is not allowed there. */
function lintOnBuild({ rest, line }: Instruction, facts: LintFacts, say: Say): void {
  for (const inner of parseDockerfile(rest).instructions) {
    if (['FROM', 'MAINTAINER', 'ONBUILD'].includes(inner.keyword)) {
      say(line, 'error', `ONBUILD ${inner.keyword} is not possible.`);
    } else if (inner.keyword === 'COPY' && inner.flags.length > 0) {
      say(line, 'error', 'ONBUILD COPY takes no flags here.');
    } else lintStep({ ...inner, line, lineAt: () => line }, { ...facts, files: null }, say);
  }
}

function lintUser(stages: readonly Stage[], say: Say): void {
  const user = stages.at(-1)?.instructions.findLast(({ keyword }) => keyword === 'USER');
  if (!user) return;
  const isRoot = /^(root|0)(:|$)/.test(user.rest);
  const what = isRoot
    ? 'To let programs be root give it the label org.gradeport.grading.need_root="1".'
    : 'Programs run as user 4242, whatever stands here.';
  say(user.line, 'hint', `USER is not needed. ${what}`);
}
