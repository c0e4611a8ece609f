import { onTestFinished } from 'vitest';
import { createLocalEvents } from '../../server/adapters/events-local/local-events.ts';
import { runEventsContract } from './run-events.contract.ts';

runEventsContract('in one process', async (bounds = {}) => {
  const failures: unknown[] = [];
  const events = createLocalEvents({ ...bounds, failed: (error) => failures.push(error) });
  onTestFinished(() => events.close());
  return { events, failures };
});
