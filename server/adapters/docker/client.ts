/** dockerode over the way to the engine; what fails on that way becomes "unreachable", with what to do. */
import type { Agent } from 'node:http';
import { inspect } from 'node:util';
import Docker, { type DockerOptions } from 'dockerode';
import { GradeportError } from '../../rules/errors.ts';
import { type EngineDoor, openDoor } from '../engine-address/engine-door.mjs';

export function openClient(door: EngineDoor = openDoor()): Docker {
  // The types lack the agent, which the client hands to Node.
  const place: DockerOptions & { agent: Agent } = { agent: hushed(door.agent), socketPath: undefined };
  const docker = withoutItsOwnAddress(() => new Docker(place));
  // Each request passes here, and its error is the only one that callers see.
  const { modem } = docker;
  const dial = modem.dial.bind(modem);
  modem.dial = (options, done) =>
    dial(options, (error, answer) => done?.(error && inOurWords(door, error), answer));
  return docker;
}

/**
 * docker-modem describes each request for its log, whether or not it is on, and all open connections with the agent: two
 * thirds of the processor time that this process took for a run.
 */
const hushed = (agent: Agent): Agent =>
  Object.defineProperty(agent, inspect.custom, { value: () => 'Agent', configurable: true });

/** Without this, dockerode reads DOCKER_HOST and its certificates itself, knows no context, and throws in its own words. */
function withoutItsOwnAddress<T>(open: () => T): T {
  const host = process.env['DOCKER_HOST'];
  delete process.env['DOCKER_HOST'];
  try {
    return open();
  } finally {
    if (host !== undefined) process.env['DOCKER_HOST'] = host;
  }
}

function inOurWords(door: EngineDoor, error: Error): Error {
  const fault = door.faultOf(error);
  if (fault === null) return error;
  return new GradeportError('unreachable', `${fault.message} ${fault.next}`, { cause: fault });
}
