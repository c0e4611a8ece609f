/** Where a setting was given, and the name that users know it by there. Pure. */
export type Origin = 'file' | 'variable' | 'option';
type Path = readonly string[];

/** Never shown to anyone: printed values end up in terminal histories and in mails. */
export const SECRET = /token|secret|password|key$/i;

const kebab = (part: string): string => part.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The reverse of what config.ts reads: maxUploadBytes → GRADEPORT_MAX_UPLOAD_BYTES. */
const variableOf = (path: Path): string =>
  `GRADEPORT_${path.map((part) => kebab(part).replaceAll('-', '_').toUpperCase()).join('__')}`;

export function whereOf(origin: Origin, path: Path, file: string | null): string | null {
  if (origin === 'file') return file;
  return origin === 'variable' ? variableOf(path) : `--${path.map(kebab).join('-')}`;
}

/** @returns undefined when the settings do not contain this path */
export function valueAt(settings: unknown, path: Path): unknown {
  let value = settings;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
