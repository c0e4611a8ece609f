/** Where a setting was said, and by which name people know it there. Pure. */
export type Origin = 'file' | 'variable' | 'option';
type Path = readonly string[];

/** Never shown, whoever asks: what is printed lands in terminals' histories and in mails. */
export const SECRET = /token|secret|password|key$/i;

const kebab = (part: string): string => part.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The other way round than config.ts reads them: maxUploadBytes → GRADEPORT_MAX_UPLOAD_BYTES. */
const variableOf = (path: Path): string =>
  `GRADEPORT_${path.map((part) => kebab(part).replaceAll('-', '_').toUpperCase()).join('__')}`;

export function whereOf(origin: Origin, path: Path, file: string | null): string | null {
  if (origin === 'file') return file;
  return origin === 'variable' ? variableOf(path) : `--${path.map(kebab).join('-')}`;
}

/** undefined: it says nothing about it. */
export function valueAt(settings: unknown, path: Path): unknown {
  let value = settings;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
