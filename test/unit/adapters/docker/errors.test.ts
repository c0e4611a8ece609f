import { expect, test } from 'vitest';
import { notFound } from '../../../../server/adapters/docker/errors.ts';

const said = (statusCode: number, message: string) => Object.assign(new Error(message), { statusCode });
const told = (error: unknown): unknown => {
  try {
    return notFound('There is no such image.')(error);
  } catch (thrown) {
    return thrown;
  }
};

test.each([
  ['an image that is not there', said(404, 'no such image')],
  ['one that is being deleted', said(500, 'server error - unrecognized image ID sha256:2d07')],
  [
    'one that is half deleted',
    said(500, 'failed to get digest sha256:e3: open /x: no such file or directory'),
  ],
])('%s is not found', (_, error) => {
  expect(told(error)).toMatchObject({ code: 'not-found', message: 'There is no such image.', cause: error });
});

test('any other fault stays what it is', () => {
  const error = said(500, 'the disk is broken');
  expect(told(error)).toBe(error);
});
