/** parsetemplate against its rule, on templates and answers that no teacher would write. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { API_FOLDER } from '../../support/grading-api/container.ts';

type Case = { template: string; answers: Record<string, string> };

/** One Python for many cases: starting it takes longer than all of them. */
const SCRIPT = `
import json, os, sys, tempfile
sys.path.insert(0, sys.argv[1])
from inginious_container_api import input
folder = tempfile.mkdtemp()
input.INPUT_FILE, path = folder + '/in.json', folder + '/template'
results = []
for case in json.load(sys.stdin):
    with open(input.INPUT_FILE, 'w') as file:
        json.dump({'input': case['answers']}, file)
    with open(path, 'w', encoding='utf-8', newline='') as file:
        file.write(case['template'])
    input.parse_template(path)
    with open(path, encoding='utf-8', newline='') as file:
        results.append(file.read())
for name in os.listdir(folder):
    os.unlink(os.path.join(folder, name))
os.rmdir(folder)
json.dump(results, sys.stdout)
`;

function parsed(cases: Case[]): string[] {
  const { stdout, stderr } = spawnSync('python3', ['-X', 'utf8', '-c', SCRIPT, `${API_FOLDER}/python`], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as string[];
}

/** What Python calls lines; the last one's end ends no further line. */
const linesOf = (text: string) => {
  const lines = text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

/** The rule, without a regular expression: between "@" and "@" stand prefix, id and suffix. */
function byTheRule({ template, answers }: Case): string {
  let text = template;
  for (const [id, answer] of Object.entries(answers)) {
    const pieces = text.split('@');
    let result = pieces[0] ?? '';
    const parts = id.split('@'); // "@lang" has an "@" of its own
    for (let at = 1; at < pieces.length; ) {
      const end = at + 1 + parts.length;
      if (end + 1 < pieces.length && parts.every((part, index) => pieces[at + 1 + index] === part)) {
        const lines = linesOf(answer).map((line) => `${pieces[at]}${line}${pieces[end]}`);
        result += lines.join('\n') + pieces[end + 1];
        at = end + 2;
      } else {
        result += `@${pieces[at]}`;
        at += 1;
      }
    }
    text = result;
  }
  return text;
}

const ids = fc.constantFrom('q1', 'q.1', 'q2', '@lang', 'a|b', 'ünï');
const text = (...units: string[]) =>
  fc.array(fc.constantFrom(...units), { maxLength: 12 }).map((all) => all.join(''));
const cases: fc.Arbitrary<Case> = fc.record({
  template: text(
    '@',
    '@',
    '@',
    'lang',
    'q1',
    'q.1',
    'qx1',
    'q2',
    'a|b',
    'ünï',
    '\n',
    '\r\n',
    ' ',
    '\\1',
    '\\g<0>',
    '☃',
    '$&',
  ),
  answers: fc.dictionary(ids, text('x', 'é', '\n', '\r\n', '\f', '\u2028', '@', '@@q2@@', '\\n', '\\1', ' ')),
});

test('every template becomes what its rule says', () => {
  fc.assert(
    fc.property(fc.array(cases, { minLength: 40, maxLength: 60 }), (all) => {
      expect(parsed(all)).toEqual(all.map(byTheRule));
    }),
    { numRuns: 12 },
  );
});

test('a template without ids stays as it is, byte for byte', () => {
  const any = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 100 }), (templates) => {
      const all = templates.map((template) => ({ template, answers: { 'no such id': 'x' } }));
      expect(parsed(all)).toEqual(templates);
    }),
    { numRuns: 5 },
  );
});
