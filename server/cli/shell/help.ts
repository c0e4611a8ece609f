/** A command's help, read from the command itself. */
import type { Command } from 'commander';

export const rootOf = (command: Command): Command => (command.parent ? rootOf(command.parent) : command);

/** "env list", without the program's own name. */
export const pathOf = (command: Command): string[] =>
  command.parent ? [...pathOf(command.parent), command.name()] : [];

/** Every command below; commands with subcommands first. */
export const allCommands = (command: Command): Command[] =>
  command.commands.flatMap((child) => [child, ...allCommands(child)]);

/** The text after the options: examples and exit codes. "" if there is none. */
export function notesOf(command: Command): string {
  const before = command.configureOutput();
  let all = '';
  // Commander reveals the text of addHelpText only by printing it.
  command.configureOutput({
    ...before,
    writeOut(text) {
      all += text;
    },
  });
  command.outputHelp();
  const notes = all.slice(command.helpInformation().length).trim();
  command.configureOutput(before);
  return notes;
}
