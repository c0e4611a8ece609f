/** Where a registry's token is fetched, whether the password may go there, and what came back. */
import { describe, expect, test } from 'vitest';
import { readToken, tokenAddress } from '../../../../../server/environments/registries/client/token.ts';
import { parseReference } from '../../../../../server/environments/registries/reference.ts';

const address = (image: string, asked: string, realm: string, insecureRegistries: string[] = []) =>
  tokenAddress(parseReference(image), new URL(asked), { realm, service: 'reg' }, { insecureRegistries }).href;

describe('the password', () => {
  test('goes where the registry says, for the right to pull one repository', () => {
    expect(address('reg.example/a/b', 'https://reg.example/v2/', 'https://auth.example/token')).toBe(
      'https://auth.example/token?service=reg&scope=repository%3Aa%2Fb%3Apull',
    );
  });

  const refused: [string, string, string, string, RegExp][] = [
    [
      'nowhere without TLS',
      'reg.example/a',
      'https://reg.example/v2/',
      'http://auth.example/t',
      /without TLS/,
    ],
    [
      'not to this machine from elsewhere',
      'reg.example/a',
      'https://reg.example/v2/',
      'https://127.0.0.1/t',
      /no business/,
    ],
    [
      'not out of this machine without TLS',
      'localhost:5000/a',
      'http://localhost:5000/v2/',
      'http://auth.example/t',
      /without TLS/,
    ],
  ];
  test.each(refused)('goes %s', (_, image, asked, realm, why) => {
    expect(() => address(image, asked, realm)).toThrow(why);
  });

  test('goes without TLS where the registry itself may be asked so', () => {
    expect(address('localhost:5000/a', 'http://localhost:5000/v2/', 'http://localhost:5001/t')).toContain(
      '5001',
    );
    const open = ['reg.example', 'auth.example'];
    expect(address('reg.example/a', 'http://reg.example/v2/', 'http://auth.example/t', open)).toContain(
      'auth',
    );
  });
});

describe('a token', () => {
  const read = (answer: unknown) => readToken(Buffer.from(JSON.stringify(answer)));
  test('has one of two names', () => {
    expect(read({ token: 'a' })).toBe('a');
    expect(read({ access_token: 'b' })).toBe('b');
    expect(read({})).toBeUndefined();
  });
  test('that no header can carry is none', () => {
    expect(read({ token: 'a\r\nHost: x' })).toBeUndefined();
  });
  test('that is something else is refused', () => {
    expect(() => read({ token: 7 })).toThrow('malformed');
    expect(() => readToken(Buffer.from('<html>'))).toThrow('malformed');
  });
});
