/**
 * The trusted grader of every attack: runs the answer as its task would, checks that its own files are
 * unchanged, and reports what the answer printed. An answer is right if it prints n·n+1 for a random n.
 */
import type { AttackCase, Language } from './case.ts';

/** A text that no student may ever see; the grader's copy is in /task/expected.txt. */
export const SECRET = 'TOPSECRET-of-the-grader';

const FILE: Record<Language, string> = {
  python: 'answer.py',
  shell: 'answer.sh',
  c: 'answer.c',
  java: 'Answer.java',
};
const COMMAND: Record<Language, string> = {
  python: 'python3 -B answer.py',
  shell: 'bash answer.sh',
  c: './answer',
  java: 'java -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC Answer.java',
};

/** The beginning of every Python answer: breach() reports that a forbidden action worked. */
const PYTHON = `import os, sys, time
def breach(what): print("BREACH", what, flush=True)
N = int(sys.stdin.readline() or 0)
def answer(): print(N * N + 1, flush=True)
`;

const RUN = String.raw`#!/usr/bin/env python3
import hashlib, json, os, secrets, stat, subprocess
from inginious_container_api import feedback, input as given, run_student as runner

STUDENT = '/task/student'
plan = json.load(open('/task/plan.json'))
number = secrets.randbelow(10**6)
with open('/task/expected.txt', 'w') as file:
    file.write('${SECRET} %d' % (number * number + 1))


def own():
    """What lies in the grader's own places, with a digest of each file."""
    found = {}
    for top in ('/task', '/.__input', '/.__output', '/archive'):
        for base, folders, names in os.walk(top):
            if STUDENT in (base, os.path.join(base, 'student')):
                folders[:] = [name for name in folders if name != 'student']
            for name in names:
                path = os.path.join(base, name)
                kind = os.lstat(path)
                regular = stat.S_ISREG(kind.st_mode)
                digest = hashlib.sha256(open(path, 'rb').read()).hexdigest() if regular else 'no file'
                found[path] = (oct(kind.st_mode), kind.st_uid, digest)
    return found


def run(command, text=''):
    files = [os.fdopen(os.memfd_create('stream'), 'w+b') for _ in range(3)]
    files[0].write(text.encode())
    files[0].flush()
    files[0].seek(0)
    stdin, stdout, stderr = (file.fileno() for file in files)
    code = runner.run_student(
        command, time_limit=plan['time'], hard_time_limit=plan['hardTime'], memory_limit=plan['memory'],
        working_dir=STUDENT, stdin=stdin, stdout=stdout, stderr=stderr, start_student_as_root=plan['asRoot'])
    printed = []
    for file in files[1:]:
        file.seek(0)
        printed.append(file.read().decode('utf-8', 'replace'))
    return code, printed[0], printed[1]


with open(STUDENT + '/' + plan['name'], 'w') as file:
    file.write(given.get_input('q1'))
if plan['upload']:
    with open(STUDENT + '/upload', 'wb') as file:
        file.write(given.get_input('f1'))
before = own()
said = {'build': None, 'code': None, 'out': '', 'err': '', 'again': ''}
if plan['build']:
    said['build'], said['out'], said['err'] = run(plan['build'])
if not said['build']:
    said['code'], said['out'], said['err'] = run(plan['command'], '%d\n' % number)
if plan['graderRuns']:
    subprocess.run(['bash', '-c', plan['graderRuns']], cwd='/task', stderr=subprocess.DEVNULL)
if plan['again']:
    said['again'] = run(plan['again'])[1]
after = own()
said['touched'] = sorted(path for path in {**before, **after} if before.get(path) != after.get(path))
lines = said['out'].split('\n')
right = said['code'] == 0 and str(number * number + 1) in lines[-2:] and not said['touched']
for key in ('out', 'err', 'again'):
    said[key] = said[key][:3000] + said[key][-3000:] if len(said[key]) > 6000 else said[key]
feedback.save_feedback({'result': 'success' if right else 'failed', 'grade': 100.0 if right else 0.0,
                        'custom': {'attack': said}})
`;

/** The files of the task that grades this attack. */
export function taskFiles(attack: AttackCase): Record<string, string> {
  const language = attack.language ?? 'python';
  const plan = {
    name: FILE[language],
    build: attack.build ?? (language === 'c' ? 'gcc -w -O1 -o answer answer.c -lpthread' : null),
    command: attack.command ?? COMMAND[language],
    again: attack.again ?? null,
    graderRuns: attack.graderRuns ?? null,
    upload: attack.upload !== undefined,
    asRoot: attack.environment === 'sandbox-root',
    time: attack.time ?? 2,
    hardTime: attack.hardTime ?? 5,
    memory: attack.memory ?? 96,
  };
  return { run: RUN, 'plan.json': JSON.stringify(plan) };
}

export const answerText = (attack: AttackCase, answer: string): string =>
  (attack.language ?? 'python') === 'python' ? PYTHON + answer : answer;
