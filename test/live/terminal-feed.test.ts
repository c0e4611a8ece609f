import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTerminalFeed } from '../../server/site/live/terminal-feed.ts';
import { createRecent } from '../../server/site/live/terminals.ts';

function slowPage() {
  const sent: Buffer[] = [];
  let taken = () => {};
  const told: boolean[] = [];
  const send = (bytes: Buffer, done: () => void) => {
    sent.push(bytes);
    taken = done;
  };
  const feed = createTerminalFeed(send, (isBehind) => told.push(isBehind));
  return { feed, sent, told, take: () => taken(), text: () => Buffer.concat(sent).toString() };
}

const pieces = fc.array(fc.string({ unit: 'grapheme', maxLength: 50 }), { maxLength: 50 });

test('one message is on its way at a time, and all arrives in order', () => {
  fc.assert(
    fc.property(pieces, (texts) => {
      const page = slowPage();
      for (const text of texts) page.feed.push(Buffer.from(text));
      expect(page.sent.length).toBeLessThanOrEqual(1);
      for (let turn = 0; turn < 5; turn++) page.take();
      expect(page.text()).toBe(texts.join(''));
    }),
  );
});

test('of what is too much the end is kept, and how much is missing is said', () => {
  const page = slowPage();
  const line = `${'x'.repeat(999)}\n`;
  for (let count = 0; count < 1000; count++) page.feed.push(Buffer.from(line));
  page.feed.push(Buffer.from('the end'));
  for (let turn = 0; turn < 50; turn++) page.take();
  expect(page.text().length).toBeLessThan(400_000);
  expect(page.text()).toMatch(/\[[\d.]+ KiB left out\][\s\S]*\nthe end$/);
  // The program waited for it meanwhile.
  expect([page.told[0], page.told.at(-1)]).toEqual([true, false]);
});

test('the recent part is the end of all, from a line on when it is not all', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 10, max: 200 }), (texts, limit) => {
      const recent = createRecent(limit);
      for (const text of texts) recent.push(Buffer.from(`${text}\n`));
      const all = Buffer.from(texts.map((text) => `${text}\n`).join(''));
      const kept = recent.bytes();
      expect(kept.length).toBeLessThanOrEqual(limit);
      expect(all.subarray(all.length - kept.length).equals(kept)).toBe(true);
      if (all.length <= limit) expect(kept.length).toBe(all.length);
    }),
  );
});
