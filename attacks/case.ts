/** The shape of an attack: a student's program (or upload) that tries to do harm, and the verdict that it must get. */

import type { Outcome } from '../server/model/collections.ts';
import type { Limits } from '../server/rules/limits.ts';
import type { VerdictKind } from '../server/rules/verdict.ts';
import type { WayName } from '../server/rules/ways.ts';
import type { Said } from './said.ts';

export const GROUPS = [
  'processes',
  'memory',
  'disk',
  'output',
  'files and links',
  'forging',
  'reading',
  'kernel',
  'network',
  'cross-run',
  'compile',
  'uploads',
  'root inside',
] as const;
export type Group = (typeof GROUPS)[number];

export type Language = 'python' | 'shell' | 'c' | 'java';

type Upload = { filename: string; content: Uint8Array };

type Observed = { outcome: Outcome; said: Said };

export type AttackCase = {
  id: string;
  /** Its number in the list of known attacks (docs/attacks.md), null for an attack that we added. */
  number: number | null;
  title: string;
  environment?: 'default' | 'c' | 'java' | 'sandbox-root';
  language?: Language;
  answer: string;
  /** The command that starts it; default: the usual one of its language. */
  command?: string;
  /** A student run before it, such as a compiler; when it fails, the answer fails. */
  build?: string;
  /** A second student run of the same submission, after the first. */
  again?: string;
  /** What the grader runs in its own container after the first run, with the shell: a place where it may be led astray. */
  graderRuns?: string;
  /** An upload beside the answer; the grader puts it into the student folder as "upload". */
  upload?: Upload;
  /** The program of a second run at the same time, which tries to see something of the first. */
  partner?: string;
  /** Limits of the student run: processor seconds, clock seconds, MiB. */
  time?: number;
  hardTime?: number;
  memory?: number;
  limits?: Partial<Limits>;
  /** The runtimes on which it can be tried, and why only there. */
  only?: { runtimes: readonly string[]; because: string };
  expect: readonly VerdictKind[];
  /** Another verdict on one runtime that is just as harmless. */
  expectOn?: Readonly<Record<string, readonly VerdictKind[]>>;
  /** What went wrong beyond the verdict: a sentence, or null. */
  check?(observed: Observed): string | null;
  /** Runtimes and ways of starting containers on which it is known to succeed: what happens, what would close the gap. */
  open?: {
    runtimes: readonly string[];
    ways: readonly WayName[];
    /** Pairs of the two on which it is held, such as "runc direct". */
    held?: readonly string[];
    what: string;
  };
};

export const verdictsOn = (attack: AttackCase, runtime: string): readonly VerdictKind[] =>
  attack.expectOn?.[runtime] ?? attack.expect;

export const runsOn = (attack: AttackCase, runtime: string): boolean =>
  attack.only?.runtimes.includes(runtime) ?? true;

export const isKnownOpen = ({ open }: AttackCase, runtime: string, way: WayName): boolean =>
  open?.runtimes.includes(runtime) === true &&
  open.ways.includes(way) &&
  open.held?.includes(`${runtime} ${way}`) !== true;
