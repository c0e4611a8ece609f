/** What every way of starting containers promises. It passes by running this suite with its own `open`. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { INSTANCE_LABEL } from '../../server/ports/engine/container-labels.ts';
import type { ContainerPolicy } from '../../server/ports/engine/container-policy.ts';
import type { ContainerSpec, Containers } from '../../server/ports/engine/containers.ts';
import type { Engine } from '../../server/ports/engine/engine.ts';
import { specWith } from '../support/execution/policy-table.ts';

const IMAGE = 'gradeport/base:latest';
const MIB = 2 ** 20;
const LABEL = 'org.gradeport.test';

/** @param open gives an engine whose containers are started in this way */
export function containersContract(name: string, open: () => Engine): void {
  describe(`the containers contract: ${name}`, () => {
    let engine: Engine;
    let containers: Containers;
    let image: string;
    let runtime: string;
    beforeAll(async () => {
      engine = open();
      containers = engine.containers;
      image = (await engine.images.inspect(IMAGE))?.id ?? '';
      const { runtimes } = await containers.info();
      runtime = runtimes.includes('crun') ? 'crun' : 'runc';
    });
    afterAll(() => engine.close());

    /** Runs a shell in a grading container without mounts, and takes it away after the test. */
    async function start(script: string, policy: Partial<ContainerPolicy> = {}, labels = {}) {
      const said = { stdout: '', stderr: '' };
      const spec: ContainerSpec = {
        ...specWith({ mounts: [], resourceLimits: LIMITS, ...policy }),
        image,
        runtime,
        command: ['/bin/sh', '-c', script],
        labels: { [INSTANCE_LABEL]: `test:${process.pid}`, ...labels },
      };
      const container = await containers.start(spec, {
        stdout(bytes) {
          said.stdout += bytes;
        },
        stderr(bytes) {
          said.stderr += bytes;
        },
      });
      onTestFinished(() => container.remove());
      const says = (word: string) => expect.poll(() => said.stdout, { timeout: 20_000 }).toContain(word);
      return { container, said, says };
    }

    test('it names its engine, and the runtimes that there are', async () => {
      const { name: engineName, runtimes } = await containers.info();
      expect(engineName).toMatch(/\d/);
      expect(runtimes).toContain(runtime);
    });

    test('it says how containers are started, and why so', async () => {
      const { name: way, reason, volumes } = await containers.way();
      expect(reason).toMatch(/\w/);
      expect(volumes === null).toBe(way !== 'portable');
    });

    test('a program reads what is written to it, both of its outputs are heard, and its end is known', async () => {
      const { container, said } = await start('read -r word; echo "heard $word"; echo bad >&2; exit 7');
      container.write(Buffer.from('hello\n'));
      expect(await container.ended).toEqual({ exitCode: 7, outOfMemory: false });
      expect(said).toEqual({ stdout: 'heard hello\n', stderr: 'bad\n' });
    });

    test('its policy holds inside', async () => {
      const { container, said } = await start(
        'id -u; grep -E "^(CapBnd|CapInh|NoNewPrivs|Seccomp):" /proc/self/status; ' +
          'ls /sys/class/net; touch /here 2>&1; touch /tmp/here && echo made; ulimit -n',
      );
      await container.ended;
      const words = said.stdout.split(/\s+/);
      // KILL is 5, SETGID 6, SETUID 7: capabilities(7).
      expect(said.stdout).toMatch(/^0\n/);
      expect(said.stdout).toMatch(/CapInh:\t0{16}\n/);
      expect(said.stdout).toMatch(/CapBnd:\t0{14}e0\n/);
      expect(said.stdout).toMatch(/NoNewPrivs:\t1\n/);
      expect(said.stdout).toMatch(/Seccomp:\t2\n/);
      expect(said.stdout).toContain('Read-only file system');
      expect(words).toEqual(expect.arrayContaining(['lo', 'made', '1024']));
      expect(words).not.toContain('eth0');
    });

    test('one that needs more memory than it may have ends, and that is said', async () => {
      const { container } = await start('exec tail /dev/zero', { memoryBytes: 32 * MIB });
      expect(await container.ended).toMatchObject({ outOfMemory: true });
    });

    test('what it uses is reported while it runs, and no more once it is gone', async () => {
      const { container, says } = await start('echo up; read -r word');
      await says('up');
      expect(await container.usage()).toMatchObject({ isOver: false, oomKills: 0 });
      await container.remove();
      expect((await container.usage())?.isOver ?? true).toBe(true);
    });

    test('all of its programs are ended at once, where this machine can', async () => {
      const { container, says } = await start('sleep 60 & sleep 60 & echo up; wait');
      await says('up');
      if (await container.halt()) expect(await container.ended).toMatchObject({ outOfMemory: false });
    });

    test('it is found by its labels until it is removed, which may happen twice', async () => {
      const mark = randomUUID();
      const { container, says } = await start('echo up; read -r word', {}, { [LABEL]: mark });
      await says('up');
      const found = async (value?: string) => (await containers.list(LABEL, value)).map(({ id }) => id);
      expect(await found(mark)).toEqual([container.id]);
      expect(await found()).toContain(container.id);
      expect(await found(randomUUID())).toEqual([]);
      await container.remove();
      await container.remove();
      await expect.poll(() => found(mark)).toEqual([]);
    });

    test('another may remove it by its id', async () => {
      const mark = randomUUID();
      const { container, says } = await start('echo up; sleep 60', {}, { [LABEL]: mark });
      await says('up');
      await containers.remove(container.id);
      await container.ended;
      await container.remove();
      await expect.poll(() => containers.list(LABEL, mark)).toEqual([]);
    });

    test('removing one that never was is harmless', async () => {
      await containers.remove('0'.repeat(64));
    });
  });
}

const LIMITS = { nofile: 1024, fsize: 64 * MIB, core: 0, msgqueue: 0 };
