/** Completion as shells do it: the script of bash runs in a real bash. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createProgram } from '../../../../server/cli/program.ts';
import { bashCompletion } from '../../../../server/cli/shell/bash.ts';
import { fishCompletion } from '../../../../server/cli/shell/fish.ts';
import { completedCommands } from '../../../../server/cli/shell/model.ts';
import { zshCompletion } from '../../../../server/cli/shell/zsh.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));
const commands = completedCommands(createProgram());
const scripts = {
  bash: bashCompletion(commands),
  zsh: zshCompletion(commands),
  fish: fishCompletion(commands),
};
const file = join(folder, 'gradeport.bash');
writeFileSync(file, scripts.bash);
writeFileSync(join(folder, 'answer.py'), '');

/** A name as an image's label might have it: running it makes a file. */
const EVIL = '$(touch pwned)';

/** What bash offers for the last of these words. */
function offered(...words: string[]): string[] {
  const program = `
    gradeport() { [[ $1 == __complete ]] && printf '%s\\n' "$2-one" "$2-two" '${EVIL}'; }
    source "$0"
    COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 ))
    _gradeport gradeport
    (( \${#COMPREPLY[@]} )) && printf '%s\\n' "\${COMPREPLY[@]}"
    true`;
  const printed = execFileSync('bash', ['--norc', '-c', program, file, 'gradeport', ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  return printed.split('\n').filter(Boolean);
}

describe('in bash', () => {
  test('nouns and verbs are completed where they belong', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['env', 'grade', 'doctor', 'completion']));
    expect(offered('do')).toEqual(['doctor']);
    expect(offered('env', 'sho')).toEqual(['show']);
    expect(offered('user', 'list', '')).toEqual([]);
  });

  test('options are completed with those of the command', () => {
    expect(offered('env', 'show', '--j')).toEqual(['--json']);
    expect(offered('doctor', '--a')).toEqual(['--attack']);
    expect(offered('env', 'list', '--attack')).toEqual([]);
  });

  test('values are completed: words, names that the engine knows, files', () => {
    expect(offered('user', 'add', 'ann', '--role', '')).toEqual(['student', 'teacher']);
    expect(offered('completion', 'z')).toEqual(['zsh']);
    expect(offered('env', 'show', 'environments-t')).toEqual(['environments-two']);
    expect(offered('grade', 'x', '--runtime', 'runtimes-o')).toEqual(['runtimes-one']);
    expect(offered('grade', 'x', '--environment', 'environments-o')).toEqual(['environments-one']);
    expect(offered('grade', 'ans')).toEqual(['answer.py']);
    expect(offered('grade', 'x', '--answers', 'ans')).toEqual(['answer.py']);
  });

  test('a name is offered and never run', () => {
    expect(offered('env', 'show', '')).toEqual(['environments-one', 'environments-two', EVIL]);
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });
});

describe.each(['bash', 'zsh', 'fish'] as const)('the script for %s', (shell) => {
  const isHere = spawnSync(shell, ['--version']).status === 0;
  if (!isHere)
    console.log(`Skipped: ${shell} is not installed here, so this machine cannot say whether it reads this.`);

  test.skipIf(!isHere)('is one that the shell can read', () => {
    const path = join(folder, `script.${shell}`);
    writeFileSync(path, scripts[shell]);
    expect(spawnSync(shell, ['-n', path], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  test('knows every command and every option', () => {
    for (const { path, options } of commands) {
      if (path !== '')
        expect(scripts[shell]).toContain(`'${path}'`.replaceAll(shell === 'fish' ? "'" : '', ''));
      for (const { long } of options) {
        expect(scripts[shell], path).toContain(shell === 'fish' ? `-l ${long.slice(2)}` : long);
      }
    }
  });
});
