/** Judges the result of an attack. Pure. */
import type { Outcome } from '../server/model/collections.ts';
import { type AttackCase, verdictsOn } from './case.ts';
import { SECRET } from './grader.ts';
import { saidBy } from './said.ts';

export type Ran = { outcome: Outcome | null; fault: string; left: string[]; seconds: number };

/** A run may take its clock limits (build, program, second run) and this much more. */
const SLACK_SECONDS = 25;

const breaches = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('BREACH'));

export function judge(attack: AttackCase, runtime: string, ran: Ran, partner: Ran | null): string[] {
  const { outcome, fault, left } = ran;
  if (!outcome) return [`the run was our own fault: ${fault}`, ...left];
  const problems = [...left];
  const allowed = verdictsOn(attack, runtime);
  if (!allowed.includes(outcome.verdict)) {
    problems.push(`the verdict is "${outcome.verdict}" (${outcome.summary}) and not ${allowed.join(' or ')}`);
  }
  const said = saidBy(outcome);
  if (!said) return [...problems, `the grader did not get to its end: ${outcome.summary} ${outcome.details}`];
  problems.push(...said.touched.map((path) => `the grader's ${path} was changed`));
  problems.push(...breaches(said.out), ...breaches(said.err), ...breaches(said.again));
  if ([said.out, said.err, said.again].some((text) => text.includes(SECRET))) {
    problems.push('the student printed what only the grader knows');
  }
  const seconds = 3 * (attack.hardTime ?? 5) + SLACK_SECONDS;
  if (ran.seconds > seconds) problems.push(`it took ${ran.seconds.toFixed(1)} s`);
  const found = attack.check?.({ outcome, said }) ?? null;
  if (found !== null) problems.push(found);
  if (problems.length > 0)
    problems.push(`(it printed: ${JSON.stringify((said.out + said.err).slice(0, 400))})`);
  return [...problems, ...judgePartner(partner)];
}

function judgePartner(partner: Ran | null): string[] {
  if (!partner) return [];
  const said = partner.outcome && saidBy(partner.outcome);
  if (!said) return [`the run beside it: ${partner.fault || partner.outcome?.summary}`, ...partner.left];
  const verdict = partner.outcome?.verdict ?? '';
  return [
    ...partner.left,
    ...breaches(said.out).map((line) => `the run beside it: ${line}`),
    ...(verdict === 'success'
      ? []
      : [`the run beside it got "${verdict}": ${(said.out + said.err).slice(0, 300)}`]),
  ];
}

/** @param before the output of the same check before any attack: what it found then is not a leftover */
export function judgeInnocent(ran: Ran, before: Ran | null): string[] {
  const { outcome, fault, left } = ran;
  if (!outcome) return [fault, ...left];
  const said = saidBy(outcome);
  const printed = said ? said.out + said.err : outcome.details;
  if (outcome.verdict !== 'success' || outcome.grade !== 100) {
    return [
      `an honest answer got "${outcome.verdict}": ${outcome.summary} ${printed.slice(0, 500)}`,
      ...left,
    ];
  }
  const first = (of: Ran) => (of.outcome && saidBy(of.outcome)?.out.split('\n')[0]) ?? '';
  if (before && first(before) !== first(ran))
    return [`it found ${first(ran)} instead of ${first(before)}`, ...left];
  return left;
}
