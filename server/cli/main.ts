/** The command line: gradeport <noun> <verb>. Exit codes: DESIGN §10. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { PROJECT_FOLDER } from '../config.ts';
import { type ErrorCode, GradeportError, isNoSpace } from '../core/errors.ts';
import { benchCommand } from './bench.ts';
import { courseCommand } from './course.ts';
import { doctorCommand } from './doctor.ts';
import { envCommand } from './env.ts';
import { gradeCommand } from './grade.ts';
import { registryCommand } from './registry.ts';
import { serveCommand } from './serve.ts';
import { slotsCommand } from './slots.ts';
import { taskCommand } from './task.ts';
import { talk } from './terminal.ts';
import { userCommand } from './user.ts';

const EXIT: Record<ErrorCode, number> = {
  usage: 2,
  denied: 3,
  'not-found': 4,
  conflict: 1,
  'too-large': 2,
  busy: 1,
  unreachable: 5,
  'no-space': 1,
  internal: 1,
};
const USAGE = 2;

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
    .addHelpText('after', EXIT_CODES);
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
    benchCommand(),
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

const EXIT_CODES = `
Exit codes: 0 ok · 1 failed · 2 usage · 3 denied · 4 not found · 5 engine or server unreachable.
Data goes to stdout, everything else to stderr; --json gives data as JSON.`;

async function run(): Promise<void> {
  try {
    await createProgram().parseAsync();
  } catch (error) {
    process.exitCode = explain(error);
  }
}

function explain(error: unknown): number {
  // Commander has said its sentence already; its codes for --help and --version are 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (error instanceof GradeportError) {
    talk(`gradeport: ${error.message}`);
    return EXIT[error.code];
  }
  if (isNoSpace(error)) {
    talk('gradeport: the disk is full. Free some space (docker image prune helps), then try again.');
    return 1;
  }
  talk(`gradeport: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return 1;
}

await run();
