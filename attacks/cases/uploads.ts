import { tarGz, ZEROS, zip } from '../archives.ts';
import type { AttackCase } from '../case.ts';

const MIB = 2 ** 20;

/** The answer does what many graders do with an upload: unpack it in a student container. */
const unpack = (how: string): Pick<AttackCase, 'language' | 'answer'> => ({
  language: 'shell',
  answer: `read n\nmkdir out; cd out\n${how}\ncode=$?
for path in /etc/passwd /task/run /tmp/slipped /task/slipped; do
  grep -qs slipped "$path" && echo "BREACH $path"
done
[ $code = 0 ] && echo $((n * n + 1)) || exit 3`,
});

/** The content that must not arrive elsewhere. A path that a student container may always write does not count. */
const slipped = 'slipped\n';
const upload = (filename: string, content: Uint8Array) => ({ upload: { filename, content } });

export const uploads: AttackCase[] = [
  {
    id: 'zip-bomb',
    number: 41,
    title: 'A zip bomb fills the student folder and nothing else.',
    ...unpack('unzip -qo ../upload'),
    ...upload(
      'bomb.zip',
      zip(Array.from({ length: 8 }, (_, n) => ({ name: `zeros${n}`, content: ZEROS(6 * MIB) }))),
    ),
    expect: ['disk-full'],
  },
  {
    id: 'nested-zip',
    number: 42,
    title: 'A zip bomb inside zips fills the student folder and nothing else.',
    ...unpack(
      'cp ../upload a.zip; for i in 1 2 3 4; do for z in $(find . -name "*.zip"); do mkdir $z.d; unzip -qo $z -d $z.d || exit 3; rm $z; done; done',
    ),
    ...upload('nest.zip', nest(3, 6)),
    time: 8,
    hardTime: 15,
    expect: ['disk-full'],
  },
  {
    id: 'many-entries',
    number: 45,
    title: 'An archive of very many entries ends at the number of files.',
    ...unpack('unzip -qo ../upload'),
    ...upload('many.zip', zip(Array.from({ length: 3000 }, (_, n) => ({ name: `f${n}` })))),
    time: 5,
    expect: ['disk-full'],
  },
  {
    id: 'zip-slip',
    number: 43,
    title: 'Names that lead upwards and absolute names in a zip change nothing outside.',
    ...unpack('unzip -qo ../upload 2>/dev/null; python3 -m zipfile -e ../upload . ; true'),
    ...upload(
      'slip.zip',
      zip(
        [
          '../../../../task/run',
          '../../run',
          '/task/run',
          '/etc/passwd',
          '..\\..\\run',
          '../../../../task/slipped',
        ].map((name) => ({ name, content: Buffer.from(slipped) })),
      ),
    ),
    expect: ['success'],
  },
  {
    id: 'zip-link',
    number: 43,
    title: 'A link in a zip, and a file that goes through it, change nothing outside.',
    ...unpack('unzip -qo ../upload 2>/dev/null; true'),
    ...upload(
      'link.zip',
      zip([
        { name: 'up', content: Buffer.from('/task'), unixMode: 0o120777 },
        { name: 'up/run', content: Buffer.from(slipped) },
        { name: 'up/slipped', content: Buffer.from(slipped) },
      ]),
    ),
    expect: ['success'],
  },
  {
    id: 'tar-slip',
    number: 43,
    title: 'Upward and absolute names, links, hard links and devices in a tar change nothing outside.',
    ...unpack('tar -xzPf ../upload 2>/dev/null; true'),
    ...upload(
      'slip.tar.gz',
      tarGz([
        { name: '../../run', content: slipped },
        { name: '/task/run', content: slipped },
        { name: '/task/slipped', content: slipped },
        { name: 'up', type: '2', link: '/task' },
        { name: 'up/run', content: slipped },
        { name: 'hard', type: '1', link: '/etc/passwd' },
        { name: 'hard', content: slipped },
        { name: 'device', type: '4' },
        { name: 'pipe', type: '6' },
        { name: '/etc/passwd', content: slipped },
      ]),
    ),
    expect: ['success'],
  },
  {
    id: 'tar-lies',
    number: 45,
    title: 'A tar that promises a file of gigabytes is a failed answer.',
    ...unpack('tar -xzf ../upload 2>/dev/null'),
    ...upload('lies.tar.gz', tarGz([{ name: 'big', content: 'x', size: 2 ** 32 }])),
    expect: ['failed', 'disk-full'],
  },
  {
    id: 'hostile-names',
    number: 44,
    title: 'Hostile names in an archive do no harm.',
    ...unpack('unzip -qo ../upload 2>/dev/null; rm *; true'),
    ...upload(
      'names.zip',
      zip(
        [
          '-rf',
          '--help',
          'a\nb',
          '<img src=x onerror=alert(1)>',
          '\u202egpj.exe',
          'x'.repeat(255),
          'CON',
          '.git/hooks/x',
          ' ',
          '*',
          'A',
          'a',
          '\u001b[2J',
        ].map((name) => ({ name, content: Buffer.from('x') })),
      ),
    ),
    expect: ['success'],
  },
  ...[
    ['../../task/run', 'leads upwards'],
    ['/.__output/__feedback.json', 'is the report’s'],
    [`${'x'.repeat(5000)}.zip`, 'has 5000 characters'],
    ['a\0b\n<script>alert(1)</script>', 'has a zero byte, a line end and a script'],
    ['.', 'is a folder’s'],
  ].map(
    ([filename = '', what], index): AttackCase => ({
      id: `upload-name-${index + 1}`,
      number: 62,
      title: `An upload whose name ${what} is stored like any other.`,
      answer: 'print(open("upload").read()); answer()',
      ...upload(filename, Buffer.from('content of the upload')),
      expect: ['success'],
      check: ({ said }) => (said.out.includes('content of the upload') ? null : 'the upload did not arrive'),
    }),
  ),
];

/** Zips inside zips; each level holds `width` of the next. */
function nest(levels: number, width: number): Buffer {
  const inner = levels === 0 ? ZEROS(MIB) : nest(levels - 1, width);
  const name = levels === 0 ? 'zeros' : 'inner.zip';
  return zip(
    Array.from({ length: levels === 0 ? 1 : width }, (_, n) => ({ name: `${n}${name}`, content: inner })),
  );
}
