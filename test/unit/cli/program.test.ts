/** What holds for every command, those that are added later too. */
import { type Command, CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../server/cli/program.ts';
import { allCommands, notesOf, pathOf } from '../../../server/cli/shell/help.ts';
import { explain } from '../../../server/cli/ui/exit-codes.ts';

/** Their output is no data: a log, a script, a page. */
const WITHOUT_JSON = ['serve', 'completion', 'man'];

const leaves = allCommands(createProgram()).filter(({ commands }) => commands.length === 0);
const named = leaves.map((command) => [pathOf(command).join(' '), command] as const);

/** Runs a command line in this process; what it said, and the exit code that it would end with. */
async function run(...args: string[]): Promise<{ exitCode: number; said: string }> {
  const program = createProgram();
  let said = '';
  const hear = (text: string) => {
    said += text;
  };
  const listen = (command: Command): void => {
    command.configureOutput({ writeOut: hear, writeErr: hear });
    command.commands.forEach(listen);
  };
  listen(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return { exitCode: 0, said };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { exitCode: explain(error).exitCode, said };
  }
}

describe.each(named)('gradeport %s', (path, command) => {
  test('says what it does, in the words of all the others', () => {
    expect(command.description()).toMatch(/^[a-z“"].*[^.]$/);
    for (const { flags, description, long } of command.options) {
      expect(description, flags).not.toBe('');
      expect(long, flags).toMatch(/^--[a-z]+(-[a-z]+)*$/);
    }
    for (const argument of command.registeredArguments) expect(argument.description).not.toBe('');
  });

  test('shows in its help how it is used', () => {
    const notes = notesOf(command);
    expect(notes).toMatch(/^Examples?:$/m);
    expect(notes).toContain(`gradeport ${path}`);
  });

  test('gives its data as JSON', () => {
    const has = command.options.some(({ long }) => long === '--json');
    expect(has).toBe(!WITHOUT_JSON.includes(path));
  });

  test('prints its help with exit code 0, and refuses an unknown option with 2', async () => {
    const help = await run(...path.split(' '), '--help');
    expect(help).toMatchObject({ exitCode: 0, said: expect.stringContaining(`Usage: gradeport ${path}`) });
    const unknown = await run(...path.split(' '), '--no-such-option');
    // One that needs an option says that first.
    const sentence = expect.stringMatching(/unknown option|required option/);
    expect(unknown).toMatchObject({ exitCode: 2, said: sentence });
    expect(unknown.said).toContain('--help');
  });
});

describe('a command that is none', () => {
  test.each([
    [['enw'], 'Did you mean env?'],
    [['env', 'lits'], 'Did you mean list?'],
    [['user', 'pasword'], 'Did you mean password?'],
    [['env', 'list', '--jsn'], 'Did you mean --json?'],
  ])('%j is refused with the one that was probably meant', async (args, sentence) => {
    expect(await run(...args)).toMatchObject({ exitCode: 2, said: expect.stringContaining(sentence) });
  });

  test('a noun without a verb shows its verbs, and is a wrong use', async () => {
    const nouns = allCommands(createProgram()).filter(({ commands }) => commands.length > 0);
    expect(nouns.length).toBeGreaterThan(3);
    for (const noun of nouns) {
      const { exitCode, said } = await run(noun.name());
      expect(exitCode, noun.name()).toBe(2);
      for (const verb of noun.commands) expect(said).toContain(verb.name());
    }
  });
});

test('the list of commands names every noun, and the exit codes', async () => {
  const { exitCode, said } = await run('--help');
  expect(exitCode).toBe(0);
  for (const command of createProgram().commands) expect(said).toContain(`  ${command.name()}`);
  expect(said).toContain(
    '0 ok · 1 failed · 2 usage · 3 denied · 4 not found · 5 engine, server or database unreachable',
  );
});
