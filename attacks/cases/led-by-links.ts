/** Links in the student folder that lead a grader astray, between two student runs. */
import type { AttackCase } from '../case.ts';
import { SECRET } from '../grader.ts';
import type { Said } from '../said.ts';

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

/** Where links are followed in the grader's container, the agent takes them away between student runs only. */
const WHILE_IT_RUNS: NonNullable<AttackCase['open']> = {
  runtimes: ['runc', 'crun', 'runsc'],
  ways: ['direct', 'local', 'portable'],
  held: ['runc direct', 'crun direct', 'runc local', 'crun local'],
  what:
    'The grader writes through a link that a program plants while it runs: gVisor resolves links itself, knows no ' +
    'nosymfollow, and sees the links of a folder through any mount. The right to make links would have to go, which ' +
    'honest programs use (npm, venv, make).',
};

/** A link, and what the grader does at the moment when it is planted. */
const PLANTED = [
  ['second.py', '/task/plan.json', 'echo planted > student/second.py'],
  ['d', '/task', 'echo planted > student/d/expected.txt'],
  ['in/x', '../../plan.json', 'cp student/answer.py student/in/x'],
] as const;

export const ledByLinks: AttackCase[] = [
  ...PLANTED.map(([name, to, runs], at) => ({
    id: `grader-led-while-a-program-runs-${at + 1}`,
    number: null,
    title: `A grader is not led by a link that a program plants while it still runs (${name}).`,
    answer: py`
os.mkdir("in")
with open("plant.py", "w") as file:
    file.write("""
import os, time
os.symlink("${to}", "${name}")
print("planted", flush=True)
time.sleep(2)
""")
answer()`,
    // The program's line says that the link is there; the program goes on while the grader writes.
    graderRuns: `coproc STUDENT { run_student "sh -c 'cd /task/student && exec python3 -B plant.py'"; }
read -r line <&\${STUDENT[0]}; [ "$line" = planted ] && echo > student/heard
${runs}
wait`,
    again: 'ls heard',
    expect: ['success'] as const,
    check: ({ said }: { said: Said }) =>
      said.again.includes('heard') ? null : 'the grader heard nothing of the program',
    open: WHILE_IT_RUNS,
  })),
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
