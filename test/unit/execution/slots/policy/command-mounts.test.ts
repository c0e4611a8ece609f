import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ENVIRONMENTS_FOLDER, PROJECT_FOLDER } from '../../../../../server/config/config.ts';
import { commandMounts } from '../../../../../server/execution/slots/policy/command-mounts.ts';

const api = join(PROJECT_FOLDER, 'grading-api');
const commands = readdirSync(join(api, 'commands')).sort();

test('every command is mounted in both folders where graders look for it, read-only', () => {
  const mounts = commandMounts(api, '/api/shim/command');
  expect(mounts.map(({ target }) => target).sort()).toEqual(
    commands.flatMap((name) => [`/bin/${name}`, `/usr/local/bin/${name}`]).sort(),
  );
  expect(mounts.every(({ readOnly }) => readOnly)).toBe(true);
});

test.each(['base', 'cpp-debian11'])(
  'the image %s, which says that it links the commands, links all',
  (name) => {
    const dockerfile = readFileSync(join(ENVIRONMENTS_FOLDER, name, 'Dockerfile'), 'utf8');
    const [, list = ''] = /for command in ([\s\S]*?);/.exec(dockerfile) ?? [];
    expect(
      list
        .split(/[\s\\]+/)
        .filter(Boolean)
        .sort(),
    ).toEqual(commands);
  },
);
