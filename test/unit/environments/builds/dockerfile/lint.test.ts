/** What is said about a Dockerfile, and on which line. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS_FOLDER } from '../../../../../server/config/config.ts';
import type { LintFacts } from '../../../../../server/environments/builds/dockerfile/facts.ts';
import { hasErrors, lintDockerfile } from '../../../../../server/environments/builds/dockerfile/lint.ts';

const NAME = 'LABEL org.gradeport.grading.name="x"';
const images: LintFacts['images'] = new Map([
  ['gradeport/base:latest', {}],
  ['gradeport/c:latest', { 'org.gradeport.grading.name': 'c', 'org.gradeport.grading.title': 'C' }],
  ['debian:12', {}],
]);
const facts: LintFacts = {
  images,
  files: null,
  network: false,
  mustAnnounce: true,
  refuses: () => null,
  withholds: () => null,
  networkHint: 'Ask.',
};
const lint = (lines: string[], more: Partial<LintFacts> = {}) =>
  lintDockerfile(`${lines.join('\n')}\n`, { ...facts, ...more });
const said = (lines: string[], more: Partial<LintFacts> = {}) =>
  lint(lines, more).messages.map(({ line, severity, message }) => `${line} ${severity}: ${message}`);
const one = (lines: string[], more: Partial<LintFacts> = {}) => {
  const all = said(lines, more);
  expect(all).toHaveLength(1);
  return all[0];
};

test('the shipped Dockerfiles have no errors, and announce what they are', () => {
  const any = new Map(
    [...readdirSync(ENVIRONMENTS_FOLDER), 'debian:12'].map((name) => [
      `gradeport/${name}`.replace(/:latest$/, ''),
      {},
    ]),
  );
  const here = new Map([...any].map(([name, labels]) => [/:/.test(name) ? name : `${name}:latest`, labels]));
  for (const folder of readdirSync(ENVIRONMENTS_FOLDER)) {
    const text = readFileSync(join(ENVIRONMENTS_FOLDER, folder, 'Dockerfile'), 'utf8');
    const found = lintDockerfile(text, { ...facts, images: here, network: true, mustAnnounce: false });
    expect(
      found.messages.filter(({ severity }) => severity === 'error'),
      folder,
    ).toEqual([]);
    if (folder !== 'base') expect(found.announces?.name).toBe(folder);
  }
});

test('a label whose prefix is misspelt is named, one of others is not', () => {
  expect(
    said(['FROM gradeport/base', NAME, 'LABEL org.gradeport.gradin.title="x" org.gradeport.recipe=1']),
  ).toEqual([
    '3 warning: The label "org.gradeport.gradin.title" means nothing to Gradeport. Did you mean "org.gradeport.grading.title"?',
  ]);
});

test('a good one has no message, and what it will be is read from it', () => {
  const { messages, announces } = lint([
    'ARG BASE=gradeport/base',
    'FROM $BASE',
    'ARG WHAT=lua',
    'LABEL org.gradeport.grading.name="my-$WHAT" \\',
    '      org.gradeport.grading.title="My \\"Lua\\"" \\',
    '      # a comment between',
    "      org.gradeport.grading.languages='lua,c'",
    'RUN lua -v',
  ]);
  expect(messages).toEqual([]);
  expect(announces).toMatchObject({
    name: 'my-lua',
    title: 'My "Lua"',
    languages: ['lua', 'c'],
    fault: null,
  });
});

describe('the base', () => {
  test.each([
    ['no FROM', ['RUN true', NAME], /^1 error: There is no FROM/],
    [
      'an image that is not here',
      ['FROM debian:13', NAME],
      /^1 error: There is no image "debian:13" here.*gradeport\/base/,
    ],
    ['a variable without a value', ['ARG V', 'FROM debian:$V', NAME], /^2 error: FROM uses a variable/],
    ['two words', ['FROM debian:12 x', NAME], /^1 error: FROM takes one image/],
  ])('%s is an error', (_, lines, sentence) => {
    expect(said(lines)[0]).toMatch(sentence);
  });

  test.each([
    'ghcr.io/inginious/env-base',
    'ghcr.io/inginious/env-default:0.9',
    'ingi/inginious-c-base:latest',
  ])('a base of INGInious that is not here leads to env adopt-base: %s', (base) => {
    expect(said([`FROM ${base}`, NAME])[0]).toMatch(
      /^1 error: There is no image .* "gradeport env adopt-base \S+" gives Gradeport's own base this name\. /,
    );
    expect(said(['FROM ingi/other', NAME])[0]).not.toContain('adopt-base');
  });

  test('what may not be pulled is said together with what allows it', () => {
    expect(said(['FROM debian:13', NAME])[0]).toMatch(/builds may not pull one\. Ask\. Here are/);
  });

  test('what is not here is pulled where that is allowed', () => {
    expect(said(['FROM python:3.12', NAME], { network: true })).toEqual([
      '1 hint: There is no image "python:3.12" here: it will be pulled.',
    ]);
  });

  test('without a version it may be another one tomorrow; those made here always are called latest', () => {
    expect(one(['FROM python', NAME], { network: true, images: null })).toMatch(
      /^1 warning: "python" names no version/,
    );
    expect(said(['FROM gradeport/base', NAME])).toEqual([]);
  });

  test('an operator’s list refuses it in its own words, if it is not here', () => {
    const refuses = () => 'Not this one.';
    expect(said(['FROM elsewhere/base:1', NAME], { refuses })).toContain('1 error: Not this one.');
    expect(said(['FROM gradeport/base', NAME], { refuses })).toEqual([]);
  });

  test('nothing says that it has python3', () => {
    expect(one(['FROM debian:12', NAME])).toMatch(/^1 hint: Make sure that it has python3/);
    expect(said(['FROM debian:12', 'RUN apt-get install -y python3', NAME], { network: true })).toEqual([]);
  });

  test('of several stages each has its own, and a stage is no image', () => {
    const lines = ['FROM gradeport/base AS Maker', 'RUN make', 'FROM maker', 'COPY --from=0 /a /b', NAME];
    expect(said(lines)).toEqual([]);
    expect(one([...lines, 'COPY --from=alpine:3 /a /b'])).toMatch(/^6 error: There is no image "alpine:3"/);
    expect(one([...lines, 'COPY --from=7 /a /b'])).toMatch(/^6 error: There is no stage 7/);
  });
});

describe('labels', () => {
  test.each([
    ['no name', ['FROM gradeport/base'], /^1 error: It is not an environment yet/],
    [
      'a name in a stage that is thrown away',
      ['FROM gradeport/base AS a', NAME, 'FROM gradeport/base'],
      /^2 error: This label is in a stage/,
    ],
    ['an inherited name', ['FROM gradeport/c'], /^1 error: It inherits the name "c"/],
    [
      'a bad name',
      ['FROM gradeport/base', '', 'LABEL org.gradeport.grading.name="a b"'],
      /^3 error: .*only letters/,
    ],
    [
      'an unknown name',
      ['FROM gradeport/base', 'ARG N', 'LABEL org.gradeport.grading.name=$N'],
      /^3 error: .*variable/,
    ],
    [
      'an unknown version',
      ['FROM gradeport/base', NAME, 'LABEL org.gradeport.grading.agent_version=9'],
      /^3 error: .*agent_version is "9"/,
    ],
    [
      'a misspelt one',
      ['FROM gradeport/base', `${NAME} \\`, '  org.gradeport.grading.titel=X'],
      /^3 warning: .*Did you mean "title"/,
    ],
    [
      'a port that is none',
      ['FROM gradeport/base', `${NAME} org.gradeport.grading.ports=22,x`],
      /^2 warning: Ports/,
    ],
    [
      'an alias that is none',
      ['FROM gradeport/base', `${NAME} org.gradeport.grading.aliases="a b,c"`],
      /^2 warning: The alias "a b"/,
    ],
    [
      'a flag that is a number',
      ['FROM gradeport/base', `${NAME} org.gradeport.grading.need_root=2`],
      /^2 warning: "need_root" is on or off/,
    ],
  ])('%s is reported on its line', (_, lines, sentence) => {
    expect(one(lines)).toMatch(sentence);
  });

  test('an image that others are built on needs no name', () => {
    expect(hasErrors(lint(['FROM gradeport/base'], { mustAnnounce: false }))).toBe(false);
  });
});

describe('steps', () => {
  const step = (line: string, more: Partial<LintFacts> = {}) =>
    said(['FROM gradeport/base', NAME, line], more);
  test.each([
    ['FORM x', /^3 error: "FORM" is not an instruction. Did you mean FROM/],
    ['RUN', /^3 error: RUN says nothing/],
    ['RUN --mount=type=cache,target=/x make', /^3 error: RUN --mount is not known/],
    ['COPY --chmod=755 a /', /^3 error: COPY --chmod is not known/],
    ['RUN apt-get update && apt-get install -y gcc', /^3 warning: "apt-get" needs the network/],
    ['RUN pip3 install numpy', /^3 warning: "pip3" needs the network/],
    ['RUN make && \\\n  curl -O http://x', /^4 warning: "curl" needs the network/],
    ['ADD http://example.org/x /x', /^3 error: ADD of an address needs the network/],
    ['ADD ["https://example.org/x", "/x"]', /^3 error: ADD of an address/],
    ['ADD $URL /x', /^3 error: Write the sources of ADD out/],
    ['ADD h"ttp"://example.org/x /x', /^3 error: Write the sources of ADD out/],
    ['ONBUILD ADD http://example.org/x /x', /^3 error: ADD of an address/],
    ['USER student', /^3 hint: USER is not needed.*4242/],
    ['USER root', /^3 hint: USER is not needed.*need_root/],
    ['CMD ["bash"]', /^3 hint: CMD is not used/],
    ['ENV API_TOKEN=abc', /^3 warning: "API_TOKEN" looks like a secret/],
    ['ARG DB_PASSWORD=abc', /^3 warning: "DB_PASSWORD" looks like a secret/],
    ['VOLUME /data', /^3 error: VOLUME is not possible/],
    ['RUN cat <<EOF > /x\nhello\nFROM nowhere\nEOF', /^3 error: Here documents/],
    ['RUN a \\\\\nADD http://example.org/x /x', /^3 error: It ends with two backslashes/],
  ])('%j is reported on its line', (line, sentence) => {
    const all = step(line);
    expect(all[0]).toMatch(sentence);
    expect(all).toHaveLength(1);
  });

  test.each(['ENV TOKENIZER=fast', 'ARG PASSWORD', 'RUN echo $((1<<2))', 'RUN bc <<< "1+1"', 'run MAKE'])(
    '%j is fine',
    (line) => {
      expect(step(line)).toEqual([]);
    },
  );

  test('with a network nothing is said about it, but about what ADD may fetch the next time', () => {
    expect(step('RUN apt-get install gcc', { network: true })).toEqual([]);
    expect(step('ADD http://example.org/x /x', { network: true })[0]).toMatch(/^3 warning: What ADD fetches/);
  });

  test('another escape character is refused wherever builders may see it', () => {
    expect(said(['# syntax=docker/dockerfile:1', '# escape=`', 'FROM gradeport/base', NAME])).toEqual([
      '1 warning: The directive "syntax" is ignored here: builds do not use BuildKit.',
      '2 error: The directive "escape" is for Windows: leave it out.',
    ]);
  });
});

describe('files to copy', () => {
  const files = ['Dockerfile', 'run.sh', 'lib/a.py', 'lib/deep/b.py'];
  const copy = (rest: string) => said(['FROM gradeport/base', NAME, `COPY ${rest}`], { files });
  test.each([
    'run.sh /',
    './run.sh /',
    'lib /lib',
    'lib/ /lib',
    '. /all',
    '*.sh /',
    'lib/*.py /',
    'l?b /',
    '["run.sh", "/"]',
    '--from=0 /x /y',
  ])('COPY %s finds them', (rest) => {
    const more = rest.startsWith('--from')
      ? ['FROM gradeport/base AS a', 'FROM gradeport/base']
      : ['FROM gradeport/base'];
    expect(said([...more, NAME, `COPY ${rest}`], { files })).toEqual([]);
  });

  test.each([
    ['gone.sh /', /There is no "gone.sh" in the folder. It holds 4 files/],
    ['*.c /', /There is no "\*.c"/],
    ['../secret /', /leads out of the folder/],
    ['http://x/y /', /COPY takes files/],
    ['alone', /COPY needs what to copy/],
  ])('COPY %s is an error', (rest, sentence) => {
    expect(copy(rest)[0]).toMatch(sentence);
  });
});

test('an error below more warnings than are read still keeps it from being built', () => {
  const warnings = Array.from({ length: 150 }, () => 'ENV PASSWORD=x');
  const found = lint(['FROM gradeport/base', NAME, ...warnings, 'ADD http://example.org/x /x']);
  expect(hasErrors(found)).toBe(true);
  expect(found.messages).toHaveLength(100);
  expect(found.messages.at(-1)).toMatchObject({ line: 153, severity: 'error' });
});
