/** Links in the student folder that lead a grader astray, between two student runs. */
import type { AttackCase } from '../case.ts';
import { SECRET } from '../grader.ts';

const py = String.raw;

/** With the shell and its tools. */
const LED = [
  {
    id: 'grader-led-to-its-script',
    title: 'A grader is not led to its own script by a link in the student folder.',
    plant: 'os.symlink("/task/run", "second.py")',
    runs: 'getinput q1 > student/second.py',
  },
  {
    id: 'grader-led-to-its-report',
    title: 'A grader is not led to its own report.',
    plant: 'os.symlink("/.__output/__feedback.json", "out.txt")',
    runs: 'echo planted > student/out.txt',
  },
  {
    id: 'grader-led-by-a-folder',
    title:
      'A grader is not led to its test data by a folder that is a link, with a name of its own or by way of another.',
    plant: 'os.symlink("/", "up"); os.symlink("up/task", "d")',
    runs: 'echo planted > student/d/expected.txt; cp student/answer.py student/up/task/plan.json; cd student/d && rm -f run',
  },
  {
    id: 'grader-led-by-relative-link',
    title: 'A grader that works in the student folder is not led out of it.',
    plant: 'os.symlink("../plan.json", "tests.json"); os.symlink("../../archive/x", "x")',
    runs: 'cd student; echo planted > tests.json; echo planted | tee -a x; truncate -s 0 tests.json',
  },
  {
    id: 'grader-led-by-an-archive',
    title: 'A grader that unpacks, copies and moves into the student folder changes nothing outside.',
    plant:
      'os.symlink("/task", "out"); os.symlink("/task/plan.json", "moved"); os.symlink("/archive", "kept")',
    runs: `printf planted > /tmp/expected.txt; tar -C /tmp -cf /tmp/in.tar expected.txt
tar -C student/out -xf /tmp/in.tar; cp -r /tmp/expected.txt student/out/; cat /tmp/expected.txt >> student/moved
dd if=/tmp/expected.txt of=student/moved; mv /tmp/expected.txt student/out/expected.txt; touch student/kept/planted`,
  },
  {
    id: 'grader-led-to-remove',
    title: 'A grader that tidies up or changes rights in the student folder does it nowhere else.',
    plant: 'os.symlink("/task", "build"); os.symlink("/task/plan.json", "log")',
    runs: `rm -f student/build/plan.json student/build/*.txt; chmod -R 777 student/build/; chmod 777 student/log
find student/build/ -name 'plan*' -delete; sed -i 1d student/build/expected.txt; ln -f student/answer.py student/build/run`,
  },
] as const;

export const ledByLinks: AttackCase[] = [
  ...LED.map(({ id, title, plant, runs }) => ({
    id,
    number: null,
    title,
    answer: py`${plant}
answer()`,
    graderRuns: runs,
    expect: ['success'] as const,
  })),
  {
    id: 'grader-writes-safely',
    number: null,
    title: 'The commands that write into the student folder write through no link.',
    answer: py`
for name, to in (("second.py", "/task/run"), ("third.py", "/.__output/__feedback.json"), ("d", "/task"), ("e", "/archive")):
    os.symlink(to, name)
os.mkfifo("fifo")
answer()`,
    graderRuns: [
      'archive -a student/d/expected.txt',
      'getinput -o student/second.py q1; getinput -o student/d/run q1; getinput -o student/e/planted q1',
      'getinput -o student/third.py q1; getinput -o student/fifo q1; cd student; getinput -o d/plan.json q1',
      'parsetemplate -o second.py answer.py; parsetemplate third.py; parsetemplate -o d/expected.txt answer.py',
      "python3 -c \"from inginious_container_api.input import parse_template as p; p('answer.py', '/task/student/d/run')\"",
    ].join('\n'),
    expect: ['success'],
  },
  {
    id: 'grader-shows-by-a-link',
    number: null,
    title: 'A grader that shows what a student wrote does not show its own files.',
    answer: py`
os.symlink("/task/expected.txt", "out.txt")
os.symlink("/task", "d")
answer()`,
    graderRuns:
      'cat student/out.txt > /dev/shm/shown; cat student/d/expected.txt >> /dev/shm/shown; cp /dev/shm/shown student/shown.txt',
    again: 'cat shown.txt',
    expect: ['success'],
    check: ({ said }) => (said.again.includes(SECRET) ? 'the grader copied its own file' : null),
  },
];
