/** The client of the engine's API, beside an engine of the test's own. */
import { createServer, Agent as HttpAgent } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { openClient } from '../../../../server/adapters/docker/client.ts';
import type { EngineDoor } from '../../../../server/adapters/engine-address/engine-door.mjs';

const undo = new AsyncDisposableStack();
afterEach(() => undo.disposeAsync());

test('describes no connection to itself before it sends a request', async () => {
  const engine = createServer((_request, response) => response.end('OK')).listen(0, '127.0.0.1');
  undo.defer(() => new Promise<void>((resolve) => void engine.close(() => resolve())));
  await new Promise((resolve) => engine.once('listening', resolve));
  const { port } = engine.address() as AddressInfo;
  const agent = new HttpAgent({ keepAlive: false });
  agent.createConnection = () => connect(port, '127.0.0.1');
  let described = 0;
  const connection = {
    [inspect.custom]() {
      described += 1;
      return '';
    },
  };
  const client = openClient(doorWith(Object.assign(agent, { connection })));

  await client.ping();

  expect(described).toBe(0);
  expect(client.modem).toHaveProperty('agent', agent);
});

const doorWith = (agent: HttpAgent): EngineDoor => ({
  agent,
  address: () => {
    throw new Error('not asked for here');
  },
  connect: () => Promise.reject(new Error('not asked for here')),
  faultOf: () => null,
  close: () => {},
});
