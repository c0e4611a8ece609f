import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgram } from '../../../../server/cli/program.ts';
import { allCommands, pathOf } from '../../../../server/cli/shell/help.ts';
import { manPage } from '../../../../server/cli/shell/man.ts';
import { PROJECT_FOLDER } from '../../../../server/config/config.ts';

const page = manPage(createProgram());
/** What a reader sees of a name. */
const shown = (roff: string): string => roff.replaceAll('\\-', '-').replaceAll('\\&', '');

test('docs/gradeport.1 is what the commands say now; else: npx gradeport man > docs/gradeport.1', () => {
  expect(readFileSync(join(PROJECT_FOLDER, 'docs/gradeport.1'), 'utf8')).toBe(`${page}\n`);
});

test('names every command with every option', () => {
  const commands = allCommands(createProgram()).filter(({ commands }) => commands.length === 0);
  for (const command of commands) {
    const path = pathOf(command).join(' ');
    const [, part = ''] = shown(page).split(`.SS ${path} `);
    for (const { flags } of command.options) expect(part.split('\n.SS ')[0], path).toContain(`.B ${flags}\n`);
  }
});

test('has no line that roff would take for a request', () => {
  const orders = page.split('\n').filter((line) => /^[.']/.test(line));
  for (const line of orders) expect(line).toMatch(/^\.(TH|SH|SS|TP|PP|B|I|nf|fi)\b/);
});
