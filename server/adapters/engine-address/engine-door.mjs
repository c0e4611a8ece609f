// The way to the engine for HTTP clients: an agent whose connections lead there, whatever the address is. The address is
// chosen at the first connection, and again as long as what is configured cannot be one: a server starts without it.
import http from 'node:http';
import { AddressFault } from './address-fault.mjs';
import { chooseAddress } from './choose-address.mjs';
import { faultOf } from './faults.mjs';
import { reach } from './reach.mjs';
import { createTunnel } from './ssh/ssh-tunnel.mjs';

/** @typedef {import('./choose-address.mjs').EngineAddress} EngineAddress */

/**
 * @typedef {object} EngineDoor
 * @property {http.Agent} agent
 * @property {() => EngineAddress} address throws an AddressFault
 * @property {() => Promise<import('node:net').Socket>} connect one connection, beside those of the agent
 * @property {(error: unknown) => AddressFault | null} faultOf null: the error is not about the way to the engine
 * @property {() => void} close ends ssh
 */

/** As Node's own agent has them: connections are kept for a moment. */
const KEEP = { keepAlive: true, scheduling: /** @type {const} */ ('lifo'), timeout: 5000 };

/** @returns {EngineDoor} */
export function openDoor(choose = () => chooseAddress()) {
  /** @type {EngineAddress | null} */
  let chosen = null;
  /** @type {import('./ssh/ssh-tunnel.mjs').Tunnel | null} */
  let tunnel = null;
  const address = () => {
    chosen ??= choose();
    return chosen;
  };
  const connect = async () => {
    const { place } = address();
    return reach(place, () => {
      if (place.kind !== 'ssh') throw new Error('only ssh has a tunnel');
      tunnel ??= createTunnel(place);
      return tunnel;
    });
  };
  const agent = new http.Agent(KEEP);
  // Node hands over what the callback gets, in whatever way it came about.
  agent.createConnection = (_options, done) => {
    connect().then(
      (socket) => done?.(null, socket),
      (error) => done?.(error, /** @type {never} */ (undefined)),
    );
    return /** @type {never} */ (undefined);
  };
  return {
    agent,
    address,
    connect,
    faultOf: (error) => (chosen === null ? asFault(error) : faultOf(chosen, error)),
    close: () => tunnel?.close(),
  };
}

/** @param {unknown} error */
const asFault = (error) => (error instanceof AddressFault ? error : null);
