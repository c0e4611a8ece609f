/** What the lint may know of the place where a Dockerfile would be built, and what it says. */
export type LintFacts = {
  /** Images of the engine, by each of their names ("gradeport/base:latest"), with their labels; null: nobody asked. */
  images: ReadonlyMap<string, Readonly<Record<string, string>>> | null;
  /** Files of the build context, as paths below it; null: nobody knows. */
  files: readonly string[] | null;
  /** Whether its steps may use the network, and base images may be pulled. */
  network: boolean;
  /** Whether it must become an environment; else it may be one that others are built on. */
  mustAnnounce: boolean;
  /** Why an image that is not here may not be built on, in a sentence; null: it may. */
  refuses: (reference: string) => string | null;
  /** Why an image that is here may not be built on by whoever asks, in a sentence; null: it may. */
  withholds: (reference: string) => string | null;
  /** What to do where the network is missing: how this is allowed differs from place to place. */
  networkHint: string;
};

/** error: it cannot work or is not allowed, so it is not built. warning: it may go wrong. hint: it can be better. */
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

/** What of a hostile text is shown in a sentence. */
export const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
