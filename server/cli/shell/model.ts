/** The program as completion sees it: a flat list of commands, each with its possible words. Pure. */
import type { Command } from 'commander';

/** What a value is: one of some words, a name that the engine knows, a path, or any text. */
export type Value =
  | { kind: 'words'; words: readonly string[] }
  | { kind: 'environments' | 'runtimes' | 'paths' | 'anything' };

export type CompletedOption = {
  /** "--json"; and "-h", where it has a short form. */
  long: string;
  short: string | null;
  description: string;
  /** null: the flag takes no value. */
  value: Value | null;
};

export type CompletedCommand = {
  /** "" is the program itself, "env/show" a verb. */
  path: string;
  /** Nouns or verbs below it. */
  children: { name: string; description: string }[];
  options: CompletedOption[];
  /** The arguments in order; the last one may stand for more if it can be repeated. */
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
 * Derived from the words of the help: a "file" or "folder" is a path; the name that a verb of "env" takes is an
 * environment's.
 */
function offeredFor(of: string, name: string, choices: readonly string[] | undefined): Value {
  if (choices !== undefined) return { kind: 'words', words: choices };
  if (of === '--runtime') return { kind: 'runtimes' };
  if (of === '--environment' || (of === 'env' && /^names?$/.test(name))) return { kind: 'environments' };
  return { kind: /folder|file/.test(name) ? 'paths' : 'anything' };
}

/** A text between single quotes, for all three shells. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
