/**
 * Toolchains as Debian packages them, in student containers: they build, run, and write their caches and temporary files,
 * without a network and without a writable home. The image is built here.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';
import { cli } from '../support/processes.ts';
import { makeTar } from '../support/tar-files.ts';

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
  ...['npm', 'gradle', 'libmaven-compiler-plugin-java', 'libmaven-resources-plugin-java'],
  ...['libmaven-jar-plugin-java', 'libsurefire-java'],
  ...['clang', 'libclang-rt-14-dev', 'g++', 'ccache'],
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
  const { code, stderr } = await cli(['env', 'build', folder, '--tag', TAG, '--network']);
  rmSync(folder, { recursive: true });
  expect(code, stderr).toBe(0);
  grader = await openTestGrader();
}, 1_800_000);
afterAll(async () => {
  await grader.close();
  await openClient().getImage(`${TAG}:latest`).remove();
});

type Case = { files: Record<string, string | Buffer>; command: string };

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>a</groupId><artifactId>a</artifactId><version>1</version><packaging>pom</packaging></project>
`;
const ANSWER = `public class Answer {
  public static void main(String[] none) { System.out.println(42); }
}
`;
/** Debian keeps what Maven's plugins need in a repository of its own. */
const MAVEN = 'mvn -o -q -Dmaven.repo.local=/usr/share/maven-repo';
const COMPILED_POM = POM.replace('<packaging>pom</packaging>', '').replace(
  '</project>',
  '<properties><maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target></properties></project>',
);
const GRADLE = `apply plugin: 'java'
apply plugin: 'application'
mainClassName = 'Answer'
`;
/** As "npm pack" makes it. */
const PACKAGE = gzipSync(
  await makeTar([
    { name: 'package/package.json', content: '{"name": "twice", "version": "1.0.0"}' },
    { name: 'package/index.js', content: 'module.exports = (n) => 2 * n;' },
  ]),
);

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
  'npm, with a package from a file, and its tests': {
    files: {
      'package.json': JSON.stringify({
        name: 'a',
        version: '1.0.0',
        scripts: { test: 'node test.js' },
        dependencies: { twice: 'file:twice-1.0.0.tgz' },
      }),
      'test.js': 'console.log(require("twice")(21));\n',
      'twice-1.0.0.tgz': PACKAGE,
    },
    command:
      'npm install --offline --no-audit --no-fund && ls -d node_modules/twice "$NPM_CONFIG_CACHE" && npm test --silent',
  },
  'clang++, with its sanitizers and a cache of what it compiled': {
    files: { 'a.cpp': '#include <iostream>\nint main() { std::cout << 42 << "\\n"; }\n' },
    command: `for once in 1 2; do ccache clang++ -fsanitize=address,undefined -c a.cpp || exit; done
ccache --print-stats | grep -P '^(direct|preprocessed)_cache_hit\\t1$' && clang++ -fsanitize=address,undefined -o a a.o && ./a`,
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
  'maven, offline, with a class': {
    files: { 'pom.xml': COMPILED_POM, 'src/main/java/Answer.java': ANSWER },
    // What it prints begins with codes for colours.
    command: `${MAVEN} compile > maven.log 2>&1 || { cat maven.log; exit 1; }; java -cp target/classes Answer`,
  },
  'gradle, offline': {
    files: { 'build.gradle': GRADLE, 'src/main/java/Answer.java': ANSWER },
    command: 'gradle --offline --no-daemon -q run 2>&1 && ls -d "$GRADLE_USER_HOME" && echo 42',
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

/** Gradle takes 20 s of a processor on a calm machine, on gVisor. */
const LIMITS = { time: 200, hard_time: 400, memory: 1024, disk: 256 };
const PATIENT_MS = 900_000;

const tried = ({ files, command }: Case, runtime: string, limits: object = {}) => {
  const student = Object.entries(files).map(([path, content]) => [`student/${path}`, content]);
  const run = `#!/bin/bash
cd student
said=$(run_student "bash build.sh" 2>&1); code=$?
echo "$said"
[ $code = 0 ] && [ "$(tail -n 1 <<< "$said")" = 42 ] && feedback-result success || feedback-result failed
`;
  const all = { ...Object.fromEntries(student), 'student/build.sh': command, run };
  return grader.grade({ environment: NAME, limits: { ...LIMITS, ...limits }, files: all }, { runtime });
};

test.each(
  Object.entries(cases).flatMap(([name, one]) =>
    ['crun', 'runsc'].map((runtime) => ({ name, runtime, one })),
  ),
)(
  '$name works in a student container on $runtime',
  async ({ runtime, one }) => {
    const outcome = await tried(one, runtime);
    expect([outcome.verdict, outcome.output.head]).toEqual(['success', expect.stringMatching(/42\n$/)]);
  },
  PATIENT_MS,
);

const GO = cases['go build'] ?? { files: {}, command: '' };
const RUST = cases.rustc ?? { files: {}, command: '' };

// Linkers ask for room ahead, and get none: /tmp is not full then, and no sentence of Gradeport's follows.
test.each(['crun', 'runsc'])(
  'a toolchain without room in /tmp or in its folder fails on %s, and the grader sees why',
  async (runtime) => {
    const inTmp = await tried(GO, runtime, { tmp: 1 });
    expect([inTmp.verdict, inTmp.output.head]).toEqual([
      'failed',
      expect.stringContaining('no space left on device'),
    ]);
    // No file may be larger than the whole folder.
    const inFolder = await tried(RUST, runtime, { disk: 1 });
    expect([inFolder.verdict, inFolder.output.head]).toEqual([
      'failed',
      expect.stringMatching(/File size limit exceeded|No space left on device/),
    ]);
  },
  PATIENT_MS,
);
