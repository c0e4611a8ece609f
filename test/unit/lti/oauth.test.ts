import { describe, expect, test } from 'vitest';
import {
  authorizationFor,
  baseString,
  isSignature,
  type Pair,
  signatureOf,
} from '../../../server/lti/oauth.ts';

describe('an OAuth signature', () => {
  test('is made over the base string of RFC 5849 §3.4.1.1', () => {
    const query = [...new URL('http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b').searchParams];
    const form = [...new URLSearchParams('c2&a3=2+q')];
    const header: Pair[] = [
      ['realm', 'Example'],
      ['oauth_consumer_key', '9djdj82h48djs9d2'],
      ['oauth_token', 'kkk9d7dh3k39sjv7'],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', '137131201'],
      ['oauth_nonce', '7d8f3e4a'],
      ['oauth_signature', 'bYT5CMsGcbgUdFHObYMEfcx6bsw='],
    ];
    const place = { origin: 'http://example.com', path: '/request' };
    expect(baseString('post', place, [...query, ...form, ...header])).toBe(
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q' +
        '%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2' +
        '%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201' +
        '%26oauth_token%3Dkkk9d7dh3k39sjv7',
    );
  });

  test('is the one of RFC 5849 §1.2, which has no token either', () => {
    const pairs: Pair[] = [
      ['oauth_consumer_key', 'dpf43f3p2l4k3l03'],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', '137131200'],
      ['oauth_nonce', 'wIjqoS'],
      ['oauth_callback', 'http://printer.example.com/ready'],
    ];
    const base = baseString('POST', { origin: 'https://photos.example.net', path: '/initiate' }, pairs);
    expect(signatureOf(base, 'kd94hf93k423kf44')).toBe('74KNZJeDHnMBp0EMJ9ZHt/XKycU=');
  });

  test('encodes what encodeURIComponent leaves as it is, and UTF-8', () => {
    const base = baseString('POST', { origin: 'https://a.example', path: '/' }, [["k'", '(é*!)']]);
    expect(base).toBe('POST&https%3A%2F%2Fa.example%2F&k%2527%3D%2528%25C3%25A9%252A%2521%2529');
  });

  test('is compared whole', () => {
    expect(isSignature('abc', 'abc')).toBe(true);
    expect(isSignature('ab', 'abc')).toBe(false);
    expect(isSignature('', 'abc')).toBe(false);
  });

  test('covers a body by its hash, and the query of the address', () => {
    const header = (url: string, body: string) =>
      authorizationFor(new URL(url), body, { key: 'k y', secret: 's', timestamp: 1, nonce: 'n' });
    const one = header('https://lms.example:443/grade?id=7', '<a/>');
    // printf '<a/>' | openssl sha1 -binary | base64
    expect(one).toContain('oauth_body_hash="25qoZjLG8syZaEot0V0rZIKOdiI%3D"');
    expect(one).toContain('oauth_consumer_key="k%20y"');
    expect(header('https://lms.example/grade?id=7', '<a/>')).toBe(one);
    expect(header('https://lms.example/grade?id=8', '<a/>')).not.toBe(one);
    expect(header('https://lms.example/grade?id=7', '<b/>')).not.toBe(one);
  });
});
