/**
 * What an image says about itself. Labels org.gradeport.grading.* and, as equals, org.inginious.grading.*
 * (INGInious' own names and meanings; docs/environments.md). Of an image that carries a key in both families, the one
 * that INGInious' label replaced is not among the labels any more (which-labels-count.ts): where both are here,
 * Gradeport's counts. Pure, and never throws: anyone can write labels.
 */
import {
  GRADEPORT_FAMILY as OURS,
  INGINIOUS_FAMILY as THEIRS,
} from '../../ports/engine/which-labels-count.ts';
import { plainLabel } from '../../text/hostile.ts';
import { yesOrNo } from '../../text/yes-and-no.ts';

const PREFIXES = [OURS, THEIRS] as const;

/** The INGInious protocol numbers whose images run here; an image without a number runs, too. */
const AGENT_VERSIONS = new Set(['2', '3', '4']);
const MAX_NAME = 100;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._+-]*$/u;
const MAX_TEXT = 500;

export type Announcement = {
  name: string;
  title: string;
  description: string;
  needRoot: boolean;
  needGpu: boolean;
  ports: number[];
  advertised: boolean;
  commandsLinked: boolean;
  languages: string[];
  aliases: string[];
  /** The folder in the image that holds its samples; null: the image names none. */
  samples: string | null;
  /** Why the image cannot be used, in a sentence; null: it can. */
  fault: string | null;
};

type Labels = Readonly<Record<string, string>>;

function label(labels: Labels, key: string): string | undefined {
  const prefix = PREFIXES.find((candidate) => Object.hasOwn(labels, candidate + key));
  return prefix === undefined ? undefined : labels[prefix + key];
}

/** Our label may be false; an empty one means no more than that it is there. INGInious ignores the value: there the label's presence means true, even with "0". */
function flag(labels: Labels, key: string): boolean {
  const value = labels[OURS + key];
  return value === undefined ? label(labels, key) !== undefined : yesOrNo(value) !== false;
}

/** INGInious shows an image only when this label is missing or "true"; our label accepts other values for false, too. */
function isAdvertised(labels: Labels): boolean {
  const value = labels[`${OURS}advertise`];
  if (value !== undefined) return yesOrNo(value) !== false;
  return (label(labels, 'advertise') ?? 'true') === 'true';
}

/** Set by environments/base. An image with INGInious' labels may have INGInious' own commands instead. */
const hasLinks = (labels: Labels): boolean =>
  labels['org.gradeport.commands'] === 'linked' && !Object.keys(labels).some((key) => key.startsWith(THEIRS));

const MAX_PORT = 65_535;
const toPorts = (text: string | undefined): number[] =>
  list(text)
    .filter((entry) => /^\d{1,5}$/.test(entry))
    .map(Number)
    .filter((port) => port > 0 && port <= MAX_PORT);

const list = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((entry) => plainLabel(entry, MAX_NAME))
    .filter((entry) => entry !== '')
    .slice(0, 50);

const MAX_PATH = 200;

/** An absolute path without ".."; anything else counts as none. */
function samplesFolder(text: string | undefined): string | null {
  const path = plainLabel(text ?? '', MAX_PATH + 1).replace(/\/+$/, '');
  const isPath = /^(\/[^/]+)+$/.test(path) && !/\/\.\.?(\/|$)/.test(path);
  return isPath && path.length <= MAX_PATH ? path : null;
}

/** @returns null for an image that does not announce itself as an environment */
export function readLabels(labels: Labels): Announcement | null {
  const raw = label(labels, 'name');
  if (raw === undefined) return null;
  const name = plainLabel(raw, MAX_NAME);
  return {
    name: name === '' ? '(no name)' : name,
    title: plainLabel(label(labels, 'title') ?? name, MAX_TEXT),
    description: plainLabel(label(labels, 'description') ?? '', MAX_TEXT),
    needRoot: flag(labels, 'need_root'),
    needGpu: flag(labels, 'need_gpu'),
    ports: toPorts(label(labels, 'ports')),
    advertised: isAdvertised(labels),
    commandsLinked: hasLinks(labels),
    languages: list(label(labels, 'languages')),
    aliases: list(label(labels, 'aliases')).filter((alias) => NAME.test(alias)),
    samples: samplesFolder(label(labels, 'samples')),
    fault: findFault(raw, label(labels, 'agent_version')),
  };
}

function findFault(name: string, agentVersion: string | undefined): string | null {
  if (name.trim() === '') return 'Its label grading.name is empty; give it a name.';
  if (name.length > MAX_NAME || !NAME.test(name)) {
    return 'Its label grading.name may hold only letters, digits, ".", "_", "+" and "-", at most 100 of them.';
  }
  if (agentVersion !== undefined && !AGENT_VERSIONS.has(agentVersion.trim())) {
    return `Its label grading.agent_version is "${plainLabel(agentVersion, 20)}"; known are 2, 3 and 4, or none.`;
  }
  return null;
}
