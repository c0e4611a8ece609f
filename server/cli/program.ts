/** All commands: gradeport <noun> <verb>. Help, completion and the man page are made from this. */
import { Command } from 'commander';
import { benchCommand } from './bench.ts';
import { completionCommand } from './completion.ts';
import { configCommand } from './config.ts';
import { courseCommand } from './course.ts';
import { doctorCommand } from './doctor.ts';
import { envCommand } from './env.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';
import { gradeCommand } from './grade.ts';
import { manCommand } from './man.ts';
import { ownVersion } from './own-version.ts';
import { registryCommand } from './registry.ts';
import { serveCommand } from './serve.ts';
import { slotsCommand } from './slots.ts';
import { storeCommand } from './store.ts';
import { taskCommand } from './task.ts';
import { userCommand } from './user.ts';

export function createProgram(): Command {
  const program = new Command('gradeport')
    .description(
      'Grades submissions in isolated containers. Environments are images that announce themselves by labels.',
    )
    .version(ownVersion())
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', EXIT_CODES_HELP);
  const commands = [
    serveCommand(),
    envCommand(),
    gradeCommand(),
    taskCommand(),
    courseCommand(),
    userCommand(),
    storeCommand(),
    registryCommand(),
    slotsCommand(),
    doctorCommand(),
    configCommand(),
    benchCommand(),
    completionCommand(),
    manCommand(),
  ];
  for (const command of commands) program.addCommand(withOverride(command));
  return program;
}

/** Every level throws instead of exiting, so that there is one place that decides the exit code. */
function withOverride(command: Command): Command {
  command.exitOverride().showHelpAfterError('(--help shows how to use it)');
  for (const child of command.commands) withOverride(child);
  return command;
}
