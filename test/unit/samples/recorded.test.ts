import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readRecorded } from '../../../server/samples/recorded.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradeport-recorded-'));
  await mkdir(join(folder, 'test'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What is read of one file. */
async function read(content: string) {
  await writeFile(join(folder, 'test/one.test'), content);
  const [file] = await readRecorded(folder);
  if (!file) throw new Error('nothing was read');
  return file;
}
async function recorded(content: string) {
  const file = await read(content);
  if ('problems' in file) throw new Error(JSON.stringify(file.problems));
  return file.recorded;
}

describe('a recorded submission', () => {
  test('has the words that Python writes without quotes, because to its reader they are texts', async () => {
    // yaml.safe_dump({'input': {'a': 'y', 'b': '1e3', 'c': '08', 'd': 'yes', 'e': '1:30', 'n': 'n'}})
    const { answers } = await recorded(
      "input:\n  a: y\n  b: 1e3\n  c: 08\n  d: 'yes'\n  e: '1:30'\n  n: n\n",
    );
    expect(Object.fromEntries(answers)).toEqual({ a: 'y', b: '1e3', c: '08', d: 'yes', e: '1:30', n: 'n' });
  });

  test('has an input, a result and everything that was said', async () => {
    const { answers, extra, username, was } = await recorded(`
courseid: c
archive: 5a8e8660aff4146a5a4cb2bf
grade: 66.666
input: {'@lang': fr, '@random': [0.5], '@time': 2018-02-22 09:59:12.418000, code: "a\\nb", choice: ['0', 2], number: 3}
problems: {code: [failed, "é"]}
result: failed
state: s
tests: {compiles: true}
custom: {k: [1]}
text: hello
stderr: ''
stdout: ''
username: [ann, bob]
`);
    expect([...answers]).toEqual([
      ['code', 'a\nb'],
      ['choice', ['0', '2']],
      ['number', '3'],
    ]);
    expect(extra).toEqual({ '@lang': 'fr', '@random': [0.5], '@time': '2018-02-22 09:59:12.418000' });
    expect(username).toBe('ann,bob');
    expect(was).toEqual({
      result: 'failed',
      grade: 66.666,
      problems: { code: { result: 'failed', text: 'é' } },
      tests: { compiles: true },
      custom: { k: [1] },
      state: 's',
      text: 'hello',
      stdout: '',
      stderr: '',
    });
  });

  test('of an old version has plain texts, fewer fields, and odd ones', async () => {
    const { was, username } = await recorded(
      'input: {q: x}\nproblems: {q: plain, r: [success, "ok"]}\nresult: success\nstate: {}\nusername: ann\ngrade: "50.5"',
    );
    expect(was).toMatchObject({ grade: 50.5, state: null, text: null, tests: null });
    expect(was.problems).toEqual({
      q: { result: null, text: 'plain' },
      r: { result: 'success', text: 'ok' },
    });
    expect(username).toBe('ann');
  });

  test('of Python 2 has its tags and its bytes', async () => {
    const { answers, was } = await recorded(`
input: !!python/object/apply:collections.OrderedDict
- - - code
    - !!binary "w6k="
  - - up
    - {filename: !!python/unicode 'a.bin', value: !!binary "/wA="}
problems: !!python/object/apply:collections.OrderedDict
- - - code
    - !!python/tuple [success, !!binary "w6k="]
result: !!python/unicode 'success'
_id: !!python/object/new:bson.objectid.ObjectId {state: abc}
`);
    expect(answers.get('code')).toBe('é');
    expect(answers.get('up')).toEqual({ filename: 'a.bin', content: Buffer.from([255, 0]) });
    expect(was).toMatchObject({ result: 'success', problems: { code: { result: 'success', text: 'é' } } });
  });

  test('that cannot be read says where', async () => {
    expect(await read('result: success')).toMatchObject({
      name: 'one',
      problems: [{ message: 'input: expected the map of answers; it is missing' }],
    });
    expect(await read('input: {a: b}\ntext: "open')).toMatchObject({ problems: [{ line: 2 }] });
    expect(await read('input: {a: b}\ngrade: many')).toMatchObject({ problems: [{ line: 2 }] });
  });
});

test('recorded submissions come in the order of their numbers, and other files are none', async () => {
  for (const name of ['s10.test', 's9.test', 's2.test', 'notes.txt', '.hidden.test']) {
    await writeFile(join(folder, 'test', name), 'input: {}');
  }
  expect((await readRecorded(folder)).map(({ name }) => name)).toEqual(['s2', 's9', 's10']);
  expect(await readRecorded(join(folder, 'nowhere'))).toEqual([]);
});
