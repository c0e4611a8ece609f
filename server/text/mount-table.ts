/** A table of mounts, fstab(5), so that one program mounts them all. */
export type MountLine = readonly [source: string, at: string, type: string, options: string];

/** Blanks end a field. */
const field = (text: string): string =>
  text.replace(/[\\\s#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);

export const tableOf = (lines: readonly MountLine[]): string =>
  lines.map((line) => `${line.map(field).join(' ')} 0 0\n`).join('');
