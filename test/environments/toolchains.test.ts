/**
 * Toolchains as Debian packages them, in student containers: they build, run, and write their caches and temporary files,
 * without a network and without a writable home. The image is built here.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';
import { cli } from '../support/processes.ts';

const NAME = `toolchains-${process.pid}`;
const TAG = `gradeport-test/${NAME}`;
const PACKAGES = [
  ...[
    'golang-go',
    'git',
    'nodejs',
    'mono-mcs',
    'mono-runtime',
    'default-jdk-headless',
    'maven',
    'rustc',
    'cargo',
  ],
  ...['gcc', 'libc6-dev', 'python3-matplotlib', 'python3-numba', 'python3-cffi', 'python3-dev'],
];
const DOCKERFILE = `FROM gradeport/base
RUN export DEBIAN_FRONTEND=noninteractive && apt-get update \\
 && apt-get install -y --no-install-recommends ${PACKAGES.join(' ')}
LABEL org.gradeport.grading.name=${NAME}
`;

let grader: TestGrader;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-toolchains-'));
  writeFileSync(join(folder, 'Dockerfile'), DOCKERFILE);
  const { code, stderr } = await cli(['env', 'build', folder, '--tag', TAG]);
  rmSync(folder, { recursive: true });
  expect(code, stderr).toBe(0);
  grader = await openTestGrader();
}, 1_800_000);
afterAll(async () => {
  await grader.close();
  await openClient().getImage(`${TAG}:latest`).remove();
});

type Case = { files: Record<string, string>; command: string };

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>a</groupId><artifactId>a</artifactId><version>1</version><packaging>pom</packaging></project>
`;
/** Each prints 42 last. */
const cases: Record<string, Case> = {
  'go build': {
    files: { 'go.mod': 'module a\n', 'a.go': 'package main\n\nfunc main() { println(42) }\n' },
    command: 'go build -o a . && ./a 2>&1',
  },
  'go run': {
    files: { 'a.go': 'package main\n\nfunc main() { println(42) }\n' },
    command: 'go run a.go 2>&1',
  },
  rustc: { files: { 'a.rs': 'fn main() { println!("42"); }\n' }, command: 'rustc a.rs && ./a' },
  cargo: {
    files: {
      'Cargo.toml': '[package]\nname = "a"\nversion = "0.1.0"\n',
      'src/main.rs': 'fn main() { println!("42"); }\n',
    },
    command: 'cargo run --offline -q',
  },
  'node, with a temporary folder': {
    files: {
      'a.js': `const fs = require('fs'), os = require('os');
fs.writeFileSync(fs.mkdtempSync(os.tmpdir() + '/a') + '/x', 'x');
console.log(42);
`,
    },
    command: 'node a.js',
  },
  mono: {
    files: { 'a.cs': 'class A { static void Main() { System.Console.WriteLine(42); } }\n' },
    command: 'mcs a.cs && mono a.exe',
  },
  'javac and java': {
    files: {
      'A.java': `public class A {
  public static void main(String[] a) throws Exception {
    java.io.File.createTempFile("abc", "d").delete();
    System.out.println(42);
  }
}
`,
    },
    command: 'javac A.java && java A',
  },
  'maven, offline': {
    files: { 'pom.xml': POM },
    command: 'mvn -o -q validate && ls -d /tmp/home/.m2 && echo 42',
  },
  'matplotlib and numba, with its cache': {
    files: {
      'a.py': `import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numba
plt.plot([1, 2]); plt.savefig("a.png")
@numba.njit(cache=True)
def twice(n): return 2 * n
print(twice(21))
`,
    },
    command: 'python3 -W error::UserWarning a.py',
  },
  git: {
    files: {},
    command:
      'git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m a && git status -s && echo 42',
  },
};

test.each(
  Object.entries(cases).flatMap(([name, one]) =>
    ['crun', 'runsc'].map((runtime) => ({ name, runtime, one })),
  ),
)('$name works in a student container on $runtime', async ({ runtime, one: { files, command } }) => {
  const student = Object.entries(files).map(([path, text]) => [`student/${path}`, text]);
  const run = `#!/bin/bash
cd student
said=$(run_student "bash build.sh" 2>&1); code=$?
echo "$said"
[ $code = 0 ] && [ "$(tail -n 1 <<< "$said")" = 42 ] && feedback-result success || feedback-result failed
`;
  const outcome = await grader.grade(
    {
      environment: NAME,
      limits: { time: 60, hard_time: 110, memory: 1024, disk: 256 },
      files: { ...Object.fromEntries(student), 'student/build.sh': command, run },
    },
    { runtime },
  );
  expect([outcome.verdict, outcome.output.head]).toEqual(['success', expect.stringMatching(/42\n$/)]);
});
