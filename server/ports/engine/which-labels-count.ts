/**
 * Which of an image's labels count where it carries both families, org.gradeport.grading.* and
 * org.inginious.grading.*, and they differ. The two spellings of a key are one label, so the rule is Docker's own for a
 * label that is set twice: the later one counts. It is applied key by key, because a Dockerfile that renames an image
 * means no word about the keys it does not write: what it inherits there stays as it was. A family as a whole would
 * give it back a title or a need for root that it had replaced in the other spelling. Pure, and never throws: anyone can
 * write labels and histories.
 */
import type { HistoryStep } from './images.ts';

export const GRADEPORT_FAMILY = 'org.gradeport.grading.';
export const INGINIOUS_FAMILY = 'org.inginious.grading.';

/** Labels with a meaning (docs/environments.md), and two that are reserved: run_types and memory. */
export const LABEL_KEYS: readonly string[] = [
  ...['name', 'title', 'description', 'need_root', 'need_gpu', 'ports', 'agent_version', 'advertise'],
  ...['languages', 'aliases', 'run_types', 'samples', 'memory'],
];

type Labels = Readonly<Record<string, string>>;

/** The labels that count, and where the families differ a sentence that says which counts and why. */
export type CountingLabels = { labels: Record<string, string>; whichLabels?: string };

/** More than people write: an engine keeps 127 layers, and steps without one are free. */
const MAX_STEPS = 1000;
/** Of all steps that set labels together. What is older than that is not read. */
const MAX_CHARS = 256 * 1024;
/** As much of a value as two of them are compared by. */
const MAX_VALUE_CHARS = 200;

/** Keys that both families set, to different texts. */
export const differingKeys = (labels: Labels): string[] =>
  LABEL_KEYS.filter((key) => {
    const [ours, theirs] = [labels[GRADEPORT_FAMILY + key], labels[INGINIOUS_FAMILY + key]];
    return ours !== undefined && theirs !== undefined && ours.trim() !== theirs.trim();
  });

/** @param history the newest step first; empty: nothing is known */
export function countingLabels(
  labels: Labels,
  history: readonly Pick<HistoryStep, 'command'>[],
): CountingLabels {
  const keys = differingKeys(labels);
  if (keys.length === 0) return { labels: { ...labels } };
  const steps = labelSteps(history);
  return decided(
    labels,
    keys.map((key) => ({ key, last: setLast(key, labels, steps) })),
  );
}

/** What labels come to when a Dockerfile sets these, in this order, above those that it inherits. */
export function labelsAfter(
  inherited: Labels,
  own: readonly { key: string; value: string }[],
): CountingLabels {
  const all = { ...inherited, ...Object.fromEntries(own.map(({ key, value }) => [key, value])) };
  const order = own.map(({ key }) => key);
  const decisions = differingKeys(all).map((key) => {
    const [ours, theirs] = [GRADEPORT_FAMILY + key, INGINIOUS_FAMILY + key] as const;
    return { key, last: laterOf(order.lastIndexOf(ours), order.lastIndexOf(theirs)) };
  });
  // Of a key that it only inherits, the image below has decided.
  return decided(
    all,
    decisions.filter(({ last }) => last !== null),
  );
}

type Family = typeof GRADEPORT_FAMILY | typeof INGINIOUS_FAMILY;
/** last: the family that set the key last; null: unknown. */
type Decision = { key: string; last: Family | null };

function laterOf(ours: number, theirs: number): Family | null {
  if (ours === theirs) return null;
  return ours > theirs ? GRADEPORT_FAMILY : INGINIOUS_FAMILY;
}

/** Readers of labels prefer Gradeport's, so only one that INGInious' replaced has to go. */
function decided(labels: Labels, decisions: readonly Decision[]): CountingLabels {
  if (decisions.length === 0) return { labels: { ...labels } };
  const replaced = new Set(
    decisions.flatMap(({ key, last }) => (last === INGINIOUS_FAMILY ? [GRADEPORT_FAMILY + key] : [])),
  );
  const left = Object.entries(labels).filter(([label]) => !replaced.has(label));
  return { labels: Object.fromEntries(left), whichLabels: sentenceOf(decisions) };
}

const REASONS: readonly [last: Family | null, counts: Family, why: string][] = [
  [INGINIOUS_FAMILY, INGINIOUS_FAMILY, 'because it is set last'],
  [GRADEPORT_FAMILY, GRADEPORT_FAMILY, 'because it is set last'],
  [null, GRADEPORT_FAMILY, 'because the history of the image does not say which is set last'],
];

function sentenceOf(decisions: readonly Decision[]): string {
  const parts = REASONS.flatMap(([last, counts, why]) => {
    const keys = decisions.filter((one) => one.last === last).map(({ key }) => key);
    return keys.length === 0 ? [] : [`${counts}* counts for ${keys.join(', ')}, ${why}`];
  });
  return `The two families of labels differ: ${parts.join('; ')}.`;
}

/** Docker's classic builder and Podman write "/bin/sh -c #(nop)  LABEL a=b", BuildKit "LABEL a=b". */
const LABEL_STEP = /^(?:\/bin\/sh -c #\(nop\)\s{1,9})?LABEL(?=\s)/;

/** What follows LABEL in the steps that set labels. */
function labelSteps(history: readonly Pick<HistoryStep, 'command'>[]): string[] {
  let left = MAX_CHARS;
  return history.slice(0, MAX_STEPS).flatMap(({ command }) => {
    const start = LABEL_STEP.exec(command)?.[0].length;
    if (start === undefined || left === 0) return [];
    const step = command.slice(start, start + left);
    left -= step.length;
    return [step];
  });
}

/** @param steps the newest first */
function setLast(key: string, labels: Labels, steps: readonly string[]): Family | null {
  const [ours, theirs] = [GRADEPORT_FAMILY + key, INGINIOUS_FAMILY + key];
  for (const step of steps) {
    const last = laterOf(
      placeOf(step, ours, labels[ours] ?? ''),
      placeOf(step, theirs, labels[theirs] ?? ''),
    );
    if (last !== null) return last;
  }
  return null;
}

/**
 * Where a step last gives the label the value that it has now; -1: nowhere. Docker's builders write values without
 * their quotes, so a value may hold what looks like a label: only one with the image's own value is believed.
 */
function placeOf(step: string, label: string, value: string): number {
  const wanted = value.slice(0, MAX_VALUE_CHARS);
  const isWhole = wanted.length === value.length;
  // Podman writes quotes, and what is in them as JSON does.
  const forms = [wanted, `"${wanted}`, JSON.stringify(wanted).slice(0, -1)];
  for (let at = step.lastIndexOf(label); at > 0; at = step.lastIndexOf(label, at - 1)) {
    const before = step[at - 1] ?? '';
    const equals = /^"?=/.exec(step.slice(at + label.length, at + label.length + 2));
    if (!/[\s"]/.test(before) || equals === null) continue;
    const from = at + label.length + equals[0].length;
    if (forms.some((text) => says(step, from, text, isWhole))) return at;
  }
  return -1;
}

/** A value ends with a space, a quote or the step, unless only its beginning is compared. */
const says = (step: string, from: number, text: string, isWhole: boolean): boolean =>
  step.startsWith(text, from) && (!isWhole || /^(?:["\s]|$)/.test(step.charAt(from + text.length)));
