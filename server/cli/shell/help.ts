/** What the help of a command says, read from the command itself. */
import type { Command } from 'commander';

export const rootOf = (command: Command): Command => (command.parent ? rootOf(command.parent) : command);

/** "env list", without the program's own name. */
export const pathOf = (command: Command): string[] =>
  command.parent ? [...pathOf(command.parent), command.name()] : [];

/** Every command below, those first that have others below them. */
export const allCommands = (command: Command): Command[] =>
  command.commands.flatMap((child) => [child, ...allCommands(child)]);

/** What stands after the options: examples and exit codes. "" where there is nothing. */
export function notesOf(command: Command): string {
  const before = command.configureOutput();
  let all = '';
  // Nothing but printing it tells what addHelpText was given.
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
