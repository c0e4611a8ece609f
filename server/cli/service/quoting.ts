/** How a value is written into a unit so that systemd reads what was meant: systemd.syntax(7), systemd.service(5). Pure. */
import { GradeportError } from '../../rules/errors.ts';

const HARMLESS = /^[\w./:=@,+-]+$/;

/** @throws GradeportError "usage": a unit has one line for each value, and systemd refuses control characters in it */
export function inOneLine(value: string, name: string): string {
  if (!/\p{Cc}/u.test(value) && value.isWellFormed()) return value;
  throw new GradeportError(
    'usage',
    `${name} has a line end or another control character in it, which a unit cannot hold: ${JSON.stringify(value)}. Choose another one.`,
  );
}

/** "%h" would be a home folder. */
const withoutSpecifiers = (value: string): string => value.replaceAll('%', '%%');

/** One word of a list, for values that systemd takes apart at blanks, and whose quotes and backslashes it reads. */
export const word = (value: string): string => {
  const text = withoutSpecifiers(value);
  return HARMLESS.test(text) ? text : `"${text.replace(/[\\"]/g, '\\$&')}"`;
};

/** What systemd takes as the name of a program, though it would read quotes and backslashes in it. */
const PROGRAM = /^[^\\"'*?[\s]+$/;

/** In the program's name systemd replaces no "$HOME", and in what follows it does. Names that it refuses are a shell's. */
export function commandLine(program: string, args: readonly string[]): string {
  if (PROGRAM.test(program)) return [word(program), ...args.map(argument)].join(' ');
  return ['/bin/sh', ...['-c', 'exec "$0" "$@"', program, ...args].map(argument)].join(' ');
}

const argument = (text: string): string => word(text.replaceAll('$', () => '$$'));

/**
 * A path that is the whole rest of its line, in which systemd reads neither quotes nor backslashes, but drops blanks at the
 * end, and goes on in the next line behind a backslash.
 */
export const restOfLine = (folder: string): string =>
  withoutSpecifiers(/[\s\\]$/.test(folder) ? `${folder}/` : folder);
