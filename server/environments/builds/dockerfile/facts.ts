/** What the lint knows about the place where a Dockerfile would be built, and what the lint reports. */
export type LintFacts = {
  /** Images of the engine, by each of their names ("gradeport/base:latest"), with their labels; null: not asked. */
  images: ReadonlyMap<string, Readonly<Record<string, string>>> | null;
  /** Files of the build context, as paths below it; null: unknown. */
  files: readonly string[] | null;
  /** Whether build steps may use the network, and base images may be pulled. */
  network: boolean;
  /** Whether the image must become an environment; otherwise it may also be a base for others. */
  mustAnnounce: boolean;
  /** Why an image that is not here may not be the base, in a sentence; null: it may. */
  refuses: (reference: string) => string | null;
  /** Why this user may not build on an image that is here, in a sentence; null: they may. */
  withholds: (reference: string) => string | null;
  /** What to do where the network is missing: how this is allowed differs from place to place. */
  networkHint: string;
};

/** error: cannot work or is not allowed, so nothing is built. warning: may go wrong. hint: could be better. */
type Severity = 'error' | 'warning' | 'hint';
export type LintMessage = { line: number; severity: Severity; message: string };
export type Say = (line: number, severity: Severity, message: string) => void;

/** "docker.io/library/debian" → "debian:latest": as the engine lists it. */
export function fullReference(reference: string): string {
  const short = reference.replace(/^docker\.io\//, '').replace(/^library\//, '');
  if (short.includes('@')) return short;
  return hasTag(short) ? short : `${short}:latest`;
}

/** A colon before the last slash belongs to a port. */
export const hasTag = (reference: string): boolean =>
  /[:@]/.test(reference.slice(reference.lastIndexOf('/') + 1));

/** The part of a hostile text that a sentence shows. */
export const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
