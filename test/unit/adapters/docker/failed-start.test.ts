/** A container that the engine makes and then does not start. */
import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { startDockerContainer } from '../../../../server/adapters/docker/container.ts';
import type { DockerEvents } from '../../../../server/adapters/docker/events.ts';
import { specWith } from '../../../support/execution/policy-table.ts';

const events: DockerEvents = {
  watchImages: () => () => {},
  watchContainer: () => () => {},
  connected: async () => {},
  close() {},
};

test('its streams are closed, and it is removed', async () => {
  const streams = new PassThrough();
  let removed = 0;
  const container = {
    id: 'one',
    attach: async () => streams,
    start: () => Promise.reject(new Error('the engine was stopped')),
    inspect: () => Promise.reject(new Error('it is gone')),
    async remove() {
      removed += 1;
    },
  };
  const docker = { createContainer: async () => container } as unknown as Docker;

  const starting = startDockerContainer(
    docker,
    events,
    specWith(),
    { stdout: () => {}, stderr: () => {} },
    () => Promise.reject(new Error('it is never asked for')),
    async () => [],
  );

  await expect(starting).rejects.toThrow('the engine was stopped');
  expect(streams.destroyed).toBe(true);
  expect(removed).toBe(1);
});
