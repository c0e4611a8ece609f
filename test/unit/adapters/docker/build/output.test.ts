import { expect, test } from 'vitest';
import { createBuildOutput } from '../../../../../server/adapters/docker/build/output.ts';

function read(...messages: object[]) {
  const heard: string[] = [];
  const output = createBuildOutput({
    line: (text) => heard.push(text),
    step: (number, of, text) => heard.push(`[step ${number}/${of} ${text}]`),
    container: (id) => heard.push(`[container ${id}]`),
    image: (id) => heard.push(`[image ${id}]`),
    pulling: () => heard.push('[pulling]'),
  });
  const bytes = Buffer.from(messages.map((message) => `${JSON.stringify(message)}\r\n`).join(''));
  // In pieces, as a socket gives them.
  for (let at = 0; at < bytes.length; at += 7) output.push(bytes.subarray(at, at + 7));
  return { heard, ...output.end() };
}
const print = (stream: string) => ({ stream });

test('steps, containers and images are read from what is printed', () => {
  const { heard, id, error } = read(
    ...['Step 1/2 : FROM a', '\n', ' ---> 0123456789ab\n', 'Step 2/2 : RUN x', '\n'].map(print),
    ...[' ---> Running in aaaaaaaaaaaa\n', 'hi\n', ' ---> bbbbbbbbbbbb\n'].map(print),
    { aux: { ID: 'sha256:cc' } },
  );
  expect(heard.filter((line) => line.startsWith('['))).toEqual([
    '[step 1/2 FROM a]',
    '[image 0123456789ab]',
    '[step 2/2 RUN x]',
    '[container aaaaaaaaaaaa]',
    '[image bbbbbbbbbbbb]',
  ]);
  expect({ id, error }).toEqual({ id: 'sha256:cc', error: null });
});

test('a line that comes in pieces is one line, and what has no end is cut', () => {
  expect(read(print('a'), print('é€😀\nc'), print('d')).heard).toEqual(['aé€😀', 'cd']);
  const { heard } = read(print('x'.repeat(100_000)));
  expect(heard.every((line) => line.length < 2010)).toBe(true);
});

test('what a step prints moves no cursor and turns no text around, nor does the reason', () => {
  const { heard, error } = read(print('\u001b[91mred\u001b[0m\u001b]0;t\u0007 \u202eevil\n'), {
    error: 'no\u001b[2Jt so',
  });
  expect(heard).toEqual(['red evil']);
  expect(error).toBe('not so');
});

test('a step that prints the builder’s words jumps over no step', () => {
  const { heard } = read(print('Step 9/9 : FROM elsewhere\n'), print('Step 1/1 : FROM a\n'));
  expect(heard.filter((line) => line.startsWith('['))).toEqual(['[step 1/1 FROM a]']);
});

test('a pull is told, and the first reason counts', () => {
  const { heard, error } = read(
    { status: 'Pulling from library/x', id: 'latest' },
    { error: 'one' },
    { error: 'two' },
  );
  expect(heard).toEqual(['[pulling]']);
  expect(error).toBe('one');
});
