/** Files whose names are not UTF-8: graders and students see the names as they are, on each way of starting containers. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { listingOf, writeByteNames } from '../support/byte-names.ts';
import { openTestGrader } from '../support/grade.ts';
import { tempFolder } from '../support/store/temp-folder.ts';
import { hasWay } from '../support/ways-here.ts';

const LIST = `import os
for folder, folders, files in os.walk(os.fsencode(os.environ["WHERE"])):
    for name in folders + files:
        path = os.path.join(folder, name)
        what = os.readlink(path) if os.path.islink(path) else b"" if os.path.isdir(path) else open(path, "rb").read()
        print(os.path.relpath(path, os.fsencode(os.environ["WHERE"])).hex(), what.hex())
`;
const RUN = `#!/bin/bash
WHERE=/task/given python3 /task/list.py
echo --
cd student; run_student "env WHERE=/task/student/given python3 list.py"
feedback-result success
`;

/** Names in hexadecimal, each path as one. */
const expected = (folder: string): string[] =>
  listingOf(folder).map((line) => {
    const [path = '', content = ''] = line.split(' ');
    return `${path.slice(1).replaceAll('/', '2f')} ${content}`;
  });

function prepare(folder: string): void {
  for (const place of ['given', 'student/given']) {
    mkdirSync(join(folder, place));
    writeByteNames(join(folder, place));
  }
}

describe.each((['direct', 'local', 'portable'] as const).filter(hasWay))('on the %s way', (way) => {
  // More than a megabyte goes through the engine on the portable way, less through the agent.
  test.each([0, 2 ** 20])('names stay bytes, with %i bytes beside them', async (size) => {
    const grader = await openTestGrader({ engine: openEngine(way) });
    onTestFinished(() => grader.close());
    const files = { run: RUN, 'list.py': LIST, 'student/list.py': LIST, large: Buffer.alloc(size) };
    const { output } = await grader.grade({ files, prepare });
    const own = tempFolder();
    writeByteNames(own);
    const lists = output.head.split('--\n').map((part) => part.trim().split('\n').sort());
    expect(lists).toEqual([expected(own).sort(), expected(own).sort()]);
  });
});
