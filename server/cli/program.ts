/** All commands: gradeport <noun> <verb>. Help, completion and the man page are made from this. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { PROJECT_FOLDER } from '../config.ts';
import { benchCommand } from './bench.ts';
import { completionCommand } from './completion.ts';
import { configCommand } from './config.ts';
import { courseCommand } from './course.ts';
import { doctorCommand } from './doctor.ts';
import { envCommand } from './env.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';
import { gradeCommand } from './grade.ts';
import { manCommand } from './man.ts';
import { registryCommand } from './registry.ts';
import { serveCommand } from './serve.ts';
import { slotsCommand } from './slots.ts';
import { taskCommand } from './task.ts';
import { userCommand } from './user.ts';

export function createProgram(): Command {
  const { version } = JSON.parse(readFileSync(`${PROJECT_FOLDER}/package.json`, 'utf8')) as {
    version: string;
  };
  const program = new Command('gradeport')
    .description(
      'Grades submissions in isolated containers. Environments are images that announce themselves by labels.',
    )
    .version(version)
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
