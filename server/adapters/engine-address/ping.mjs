import http from 'node:http';

const ANSWER_MS = 10_000;

/**
 * @param {import('./engine-door.mjs').EngineDoor} door
 * @returns {Promise<number>} how long the engine took to answer the shortest question
 */
export function pingMs({ agent }) {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.get({ agent, path: '/_ping', timeout: ANSWER_MS }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(performance.now() - startedMs));
      answer.once('error', reject);
    });
    request.once('timeout', () => request.destroy(new Error('no answer in time')));
    request.once('error', reject);
  });
}
