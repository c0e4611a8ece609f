/** The program as completion sees it: a flat list of commands, with what may stand behind each. Pure. */
import type { Command } from 'commander';

/** What a value is: one of some words, a name that the engine knows, a path, or anything. */
export type Value =
  | { kind: 'words'; words: readonly string[] }
  | { kind: 'environments' | 'runtimes' | 'paths' | 'anything' };

export type CompletedOption = {
  /** "--json"; and "-h", where it has a short form. */
  long: string;
  short: string | null;
  description: string;
  /** null: it takes none. */
  value: Value | null;
};

export type CompletedCommand = {
  /** "" is the program itself, "env/show" a verb. */
  path: string;
  /** Nouns or verbs below it. */
  children: { name: string; description: string }[];
  options: CompletedOption[];
  /** Of its arguments, in their order; the last one holds for all further ones where it may be repeated. */
  values: Value[];
};

export function completedCommands(command: Command, path: readonly string[] = []): CompletedCommand[] {
  const own: CompletedCommand = {
    path: path.join('/'),
    children: command.commands.map((child) => ({ name: child.name(), description: child.description() })),
    options: command
      .createHelp()
      .visibleOptions(command)
      .map((option) => ({
        long: option.long ?? option.flags,
        short: option.short ?? null,
        description: option.description,
        value:
          option.required || option.optional
            ? offeredFor(option.long ?? '', option.flags, option.argChoices)
            : null,
      })),
    values: command.registeredArguments.map((argument) =>
      offeredFor(path[0] ?? '', argument.name(), argument.argChoices),
    ),
  };
  const below = command.commands.flatMap((child) => completedCommands(child, [...path, child.name()]));
  return [own, ...below];
}

/**
 * By the words that the help uses: what is called a file or a folder is a path; the name that a verb of "env" takes
 * is an environment's.
 */
function offeredFor(of: string, name: string, choices: readonly string[] | undefined): Value {
  if (choices !== undefined) return { kind: 'words', words: choices };
  if (of === '--runtime') return { kind: 'runtimes' };
  if (of === '--environment' || (of === 'env' && /^names?$/.test(name))) return { kind: 'environments' };
  return { kind: /folder|file/.test(name) ? 'paths' : 'anything' };
}

/** For all three shells: a text between single quotes. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
