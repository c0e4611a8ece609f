/** gradeport env build and adopt-base, as operators use them: a real engine, exit codes and sentences. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { writeByteNames } from '../support/byte-names.ts';
import { containersWith } from '../support/containers/marked.ts';
import { cli } from '../support/processes.ts';

const NAME = `built-${process.pid}`;
const TAG = `gradeport-test/${NAME}`;
const BASE = `gradeport-test/inginious-base-${process.pid}:latest`;
const docker = openClient();
const folder = mkdtempSync(join(tmpdir(), 'gradeport-build-'));
afterAll(() => rmSync(folder, { recursive: true }));

afterEach(async () => {
  for (const name of [`${TAG}:latest`, BASE]) {
    await docker
      .getImage(name)
      .remove({ noprune: true })
      .catch(() => {});
  }
});

function dockerfile(...lines: string[]): string {
  const own = join(folder, NAME);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'Dockerfile'), `${lines.join('\n')}\n`);
  return own;
}

describe('gradeport env build', () => {
  test('builds a folder of one’s own and says as what it grades', async () => {
    const own = dockerfile('FROM gradeport/base', `LABEL org.gradeport.grading.name=${NAME}`);
    const { code, stdout, stderr } = await cli(['env', 'build', own, '--tag', TAG]);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe(`${TAG}:latest\n`);
    expect(stderr).toContain(`grades as "${NAME}"`);
    const shown = await cli(['env', 'show', NAME, '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ name: NAME, aliases: [], lost: [], rivals: [] });
  });

  test('builds nothing that is there already', async () => {
    const { code, stdout, stderr } = await cli(['env', 'build', 'environments/default', 'c']);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('there already');
  });

  test('takes files along whose names are not UTF-8', async () => {
    const found = 'RUN find /given | LC_ALL=C sed -n l >&2 && exit 9';
    const own = dockerfile('FROM gradeport/base', 'COPY given /given', `${found} # ${Date.now()}`);
    rmSync(join(own, 'given'), { recursive: true, force: true });
    mkdirSync(join(own, 'given'));
    writeByteNames(join(own, 'given'));
    const { stderr } = await cli(['env', 'build', own, '--tag', TAG]);
    rmSync(join(own, 'given'), { recursive: true });
    expect(stderr).toContain('/given/caf\\351.txt$');
    expect(stderr).toContain('/given/\\223\\372\\226{$');
  });

  test('tells what a failed step printed, and why one written for another system fails', async () => {
    const own = dockerfile('FROM gradeport/base', 'RUN echo the-reason >&2 && dnf -y install gcc');
    const { code, stderr } = await cli(['env', 'build', own, '--tag', TAG]);
    expect(code).toBe(1);
    expect(stderr).toContain(`Building ${TAG} failed`);
    expect(stderr).toContain('the-reason');
    expect(stderr).toContain('use apt-get');
    expect(stderr).not.toContain('\u001b');
  });

  test('gives a folder of one’s own no network, unless it is asked for', async () => {
    const look = `RUN ls /sys/class/net | tr '\\n' ' ' && exit 9 # ${Date.now()}`;
    const own = dockerfile('FROM gradeport/base', `LABEL org.gradeport.grading.name=${NAME}`, look);
    const without = await cli(['env', 'build', own, '--tag', TAG]);
    expect(without.stderr).toContain('Dockerfile, line 3 (RUN)');
    expect(without.stderr).not.toMatch(/eth0|on network bridge/);
    // An engine that has lost its bridge names it: then, too, the step was to have a network.
    const connected = await cli(['env', 'build', own, '--tag', TAG, '--network']);
    expect(connected.stderr).toMatch(/eth0|on network bridge/);
  });

  test('is ended by Ctrl-C in the middle, and leaves nothing', async () => {
    const mark = `GRADEPORT_TEST_CTRL_C=${process.pid}-${Date.now()}`;
    const own = dockerfile('FROM gradeport/base', `ENV ${mark}`, 'RUN sleep 1000');
    const stop = new AbortController();
    const ended = cli(['env', 'build', own, '--tag', TAG], { interrupt: stop.signal });
    const sleeping = async () =>
      (await containersWith(mark)).filter(({ Path, State }) => State.Running && Path !== '/bin/true').length;
    await expect.poll(sleeping, { timeout: 60_000 }).toBe(1);
    stop.abort();
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`Building ${TAG} was stopped`);
    expect(await sleeping()).toBe(0);
  });

  test.each([
    ['no folder at all', [], 2, '--all'],
    ['a folder without a Dockerfile', ['/proc'], 4, '/proc'],
    ['a network for what has one anyway', ['c', '--network'], 2, '--network is for folders of your own'],
    ['a name for several images', ['c', 'cpp', '--tag', 'x'], 2, '--tag'],
  ])('refuses %s', async (_, args, exitCode, sentence) => {
    const { code, stderr } = await cli(['env', 'build', ...args]);
    expect(code).toBe(exitCode);
    expect(stderr).toContain(sentence);
  });
});

describe('gradeport env lint', () => {
  test('says what is wrong line by line, and ends with 1 where it cannot be built', async () => {
    const own = dockerfile('FROM gradeport/base', 'FORM x', `LABEL org.gradeport.grading.name=${NAME}`);
    const { code, stdout, stderr } = await cli(['env', 'lint', own]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Dockerfile:2: error: "FORM" is not an instruction/);
    expect(stderr).toContain('cannot be built like this');
    const asJson = await cli(['env', 'lint', own, '--json']);
    expect(JSON.parse(asJson.stdout)).toMatchObject([{ line: 2, severity: 'error' }]);
    const built = await cli(['env', 'build', own, '--tag', TAG]);
    expect(built.code).toBe(1);
    expect(built.stderr).toContain('Dockerfile:2: error');
  });

  test('has nothing to say about what comes with Gradeport', async () => {
    const { code, stdout, stderr } = await cli(['env', 'lint', 'c']);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('');
    expect((await cli(['env', 'lint', '/proc'])).code).toBe(4);
  });
});

describe('gradeport env adopt-base', () => {
  test('lets a Dockerfile build on the name of another base, until it is undone', async () => {
    const adopted = await cli(['env', 'adopt-base', BASE]);
    expect(adopted.code, adopted.stderr).toBe(0);
    expect(adopted.stdout).toBe(`${BASE}\n`);
    const own = dockerfile(`FROM ${BASE}`, `LABEL org.inginious.grading.name=${NAME}`);
    const built = await cli(['env', 'build', own, '--tag', TAG]);
    expect(built.code, built.stderr).toBe(0);
    expect((await cli(['env', 'adopt-base', BASE])).stdout).toBe('');
    const undone = await cli(['env', 'adopt-base', '--undo', BASE]);
    expect(undone.stdout).toBe(`${BASE}\n`);
    expect((await cli(['env', 'show', NAME])).code).toBe(0);
  });

  test('takes no name from another image, neither to give it nor to remove it', async () => {
    execFileSync('docker', ['tag', 'gradeport/c', BASE]);
    const taken = await cli(['env', 'adopt-base', BASE]);
    expect(taken.code).toBe(1);
    expect(taken.stderr).toContain(`${BASE} is another image`);
    expect((await cli(['env', 'adopt-base', '--undo', BASE])).stdout).toBe('');
    await expect(docker.getImage(BASE).inspect()).resolves.toMatchObject({ Id: expect.any(String) });
  });
});

describe('names that an operator gives', () => {
  test('lead to an image, and env show says who claims them', async () => {
    const own = dockerfile(
      'FROM gradeport/base',
      `LABEL org.gradeport.grading.name=${NAME} org.gradeport.grading.aliases=java8`,
    );
    expect((await cli(['env', 'build', own, '--tag', TAG])).stderr).toContain('grades as');
    const newer = await cli(['env', 'show', 'java8', '--json']);
    expect(JSON.parse(newer.stdout)).toMatchObject({
      name: NAME,
      rivals: [{ image: 'gradeport/java:latest', name: 'java8' }],
    });
    const config = join(folder, 'config.yaml');
    writeFileSync(config, 'aliases: { java8: java, java-11: java }\n');
    const env = { GRADEPORT_CONFIG: config };
    const given = await cli(['env', 'show', 'java8', '--json'], { env });
    expect(JSON.parse(given.stdout)).toMatchObject({ name: 'java', rivals: [{ image: `${TAG}:latest` }] });
    expect((await cli(['env', 'show', 'java-11'], { env })).stdout).toContain('also claims');
    expect((await cli(['env', 'list'], { env })).stderr).toContain('"java8" is given to "java"');
  });
});
