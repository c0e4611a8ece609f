/** The folder scripts/ of a terminal's task, which the agent keeps while the student types. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';

const AGENT = join(PROJECT_FOLDER, 'grading-api/agent');
const PROGRAM = `
import os, sys, types
worker_link = types.ModuleType('worker_link')
worker_link.complain = lambda text: print(text)
sys.modules['worker_link'] = worker_link
sys.path.insert(0, sys.argv[1])
from hidden_scripts import HiddenScripts
hidden = HiddenScripts(sys.argv[2])
hidden.hide()
print(sorted(os.listdir(sys.argv[2])))
hidden.show()
`;
let root: string;
let scripts: string;
const hideAndShow = () =>
  execFileSync('python3', ['-B', '-c', PROGRAM, AGENT, scripts], { encoding: 'utf8' });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gradeport-scripts-'));
  scripts = join(root, 'scripts');
  mkdirSync(scripts);
  writeFileSync(join(scripts, 'prepare'), 'make all\n');
  chmodSync(join(scripts, 'prepare'), 0o750);
});
afterEach(() => rmSync(root, { recursive: true }));

test('its files are gone while the student types, and come back with their rights', () => {
  expect(hideAndShow()).toBe('[]\n');
  expect(readFileSync(join(scripts, 'prepare'), 'utf8')).toBe('make all\n');
  expect(statSync(join(scripts, 'prepare')).mode & 0o777).toBe(0o750);
});

test('its files come back also where a pipe in it keeps the folder from being removed', () => {
  execFileSync('mkfifo', [join(scripts, 'pipe')]);
  expect(hideAndShow()).toMatch(/student\/scripts is not hidden from the student/);
  expect(readFileSync(join(scripts, 'prepare'), 'utf8')).toBe('make all\n');
});
