import { expect, test } from 'vitest';
import { withFiles } from '../../../../server/site/requests/framed-files.ts';

const PLACE = { course: 'demo', base: '/course/demo/task/' };

async function asked(html: string): Promise<string[]> {
  const names: string[] = [];
  await withFiles(html, PLACE, (task, path) => {
    names.push([task, ...path].join('/'));
    return Promise.resolve(null);
  });
  return names;
}

test('the files that a text names are asked for by their names, blanks and other letters decoded', async () => {
  expect(await asked('<img src="a.png"><img src="my%20plan%C3%A9.png">')).toEqual([
    'task/a.png',
    'task/my plané.png',
  ]);
});

test('a name that is not UTF-8, or no escape at all, is a name as well, and costs no other file', async () => {
  expect(await asked('<img src="caf%E9.png"><img src="100%.png"><img src="b.png">')).toEqual([
    expect.stringMatching(/^task\/caf.+\.png$/),
    'task/100%.png',
    'task/b.png',
  ]);
});

test('what is of another course, or no picture, sound, style or script, is not asked for', async () => {
  expect(
    await asked('<img src="/course/other/task/a.png"><img src="a.exe"><img src="https://x/a.png">'),
  ).toEqual([]);
});
