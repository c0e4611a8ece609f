/** One terminal of a run: what the run says of it, and when its program may print more. */
import { beforeEach, expect, test, vi } from 'vitest';
import { createTerminalSession } from '../../../../server/execution/run/terminal-session.ts';
import type { RunEvent } from '../../../../server/model/run-events.ts';
import { createHold, type TerminalLine } from '../../../../server/ports/terminals.ts';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const after = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

let said: RunEvent[];
let line: TerminalLine | null;
let order: string[];
/** To the container. */
let sent: object[];
beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  [said, line, order, sent] = [[], null, [], []];
  return () => void vi.useRealTimers();
});

function open() {
  const link = {
    send: (message: object) => void sent.push(message),
    sendBytes: () => {},
  };
  const audience = {
    show(given: TerminalLine) {
      line = given;
      order.push('shown');
      return { print: () => {}, opened: () => {}, closed: () => order.push('closed') };
    },
    publish(event: RunEvent) {
      said.push(event);
      order.push(event.type === 'terminal' ? event.state : event.type);
    },
  };
  return createTerminalSession(link, audience, { connectMs: 120_000, sessionMs: 600_000 }, createHold());
}

test('it waits, is open, and is over; a page that hears of it can look at it', () => {
  const session = open();
  session.waiting();
  vi.advanceTimersByTime(5000);
  line?.connect({ columns: 80, rows: 24 });
  session.end();
  session.end();
  expect(said).toEqual([
    { type: 'terminal', state: 'waiting', endsAt: after(120) },
    { type: 'terminal', state: 'open', endsAt: after(605) },
    { type: 'terminal', state: 'closed', endsAt: null },
  ]);
  expect(order).toEqual(['shown', 'waiting', 'open', 'closed', 'closed']);
});

test('of a terminal that never was nothing is said', () => {
  open().end();
  expect(said).toEqual([]);
});

test('its program waits while readers are behind, and prints on once they have caught up', () => {
  const session = open();
  session.waiting();
  line?.behind(true);
  session.print(Buffer.from('many'));
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([]);
  line?.behind(false);
  vi.advanceTimersByTime(100);
  expect(sent).toEqual([{ type: 'terminal-taken', bytes: 4 }]);
  session.end();
});
