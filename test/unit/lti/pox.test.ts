import { describe, expect, test } from 'vitest';
import { isPublicAddress } from '../../../server/lti/addresses.ts';
import { replaceResult, scoreText, whyNotTaken } from '../../../server/lti/pox.ts';

const answer = (code: string, description = '') =>
  `<?xml version="1.0"?><e><imsx_codeMajor>${code}</imsx_codeMajor>` +
  `<imsx_description>${description}</imsx_description></e>`;

describe('a grade for a learning platform', () => {
  test('is a part of one, never outside', () => {
    expect([0, 100, 33.333, 80, 0.01, -5, 120].map(scoreText)).toEqual([
      '0',
      '1',
      '0.3333',
      '0.8',
      '0.0001',
      '0',
      '1',
    ]);
  });

  test('names its student with all characters that XML can say', () => {
    const xml = replaceResult('m1', '{"a":"<b>&\'\u0000\ud800"}', '0.5');
    expect(xml).toContain('<sourcedId>{&quot;a&quot;:&quot;&lt;b&gt;&amp;&apos;\ufffd&quot;}</sourcedId>');
    expect(xml).toContain('<textString>0.5</textString>');
  });

  test('is taken when the platform says so, with or without a prefix', () => {
    expect(whyNotTaken(200, answer('success'))).toBeNull();
    expect(whyNotTaken(200, '<ns:imsx_codeMajor> Success </ns:imsx_codeMajor>')).toBeNull();
  });

  test('is not taken by anything else, and the reason is one line', () => {
    expect(whyNotTaken(500, answer('success'))).toContain('"success" (HTTP 500)');
    expect(whyNotTaken(200, answer('failure', 'no such\u001b[31m\nstudent'))).toBe(
      'it answers "failure" (HTTP 200): "no such student"',
    );
    expect(whyNotTaken(302, '')).toContain('redirects');
    expect(whyNotTaken(200, '<html>Log in first</html>')).toContain('HTTP 200, and not as LTI 1.1 says');
  });
});

describe('addresses', () => {
  test.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
  test.each([
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'],
    ...['255.255.255.255', '::1', '::', 'fe80::1', 'fd00::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8'],
    ...['64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:1::', 'localhost', ''],
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));
});
