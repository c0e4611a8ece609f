/** How a run_student ended, and the exit code that the grader sees. */
import { describe, expect, test } from 'vitest';
import { concludeStudent, whoShows } from '../../../../server/execution/run/student-policy.ts';
import type { Ending } from '../../../../server/rules/verdict.ts';

const ok: Ending = { kind: 'finished', exitCode: 0 };
const failed: Ending = { kind: 'finished', exitCode: 3 };
const crashed: Ending = { kind: 'crashed', reason: 'It did.' };
const ourFault: Ending = { kind: 'system-error', reason: 'We did.' };
const killed: Ending = { kind: 'killed' };
const wordy: Ending = { kind: 'output-limit', limitBytes: 1 };
const slow: Ending = { kind: 'timeout', clock: 'cpu', limitMs: 1 };
const forks: Ending = { kind: 'process-limit', limit: 1 };
const memory: Ending = { kind: 'out-of-memory', limitBytes: 1 };
const disk: Ending = { kind: 'disk-full', limitBytes: 1 };

describe('a program', () => {
  test.each<[Ending, number]>([
    [ok, 0],
    [failed, 3],
    [{ kind: 'finished', exitCode: null }, 254],
    [crashed, 254],
    [ourFault, 254],
    [killed, 254],
    [slow, 253],
    [wordy, 252],
    [forks, 252],
    [memory, 252],
    [disk, 252],
  ])('that ended as %o has an exit code of its own or one of Gradeport’s', (ending, code) => {
    expect(concludeStudent(ending, null, null)).toEqual({ code, ending, complaint: '' });
  });

  test.each<[string, Ending, Ending, Ending]>([
    ['one that was content anyhow', ok, memory, ok],
    ['a bad exit status', failed, memory, memory],
    ['a crash', crashed, disk, disk],
    ['our fault', ourFault, memory, memory],
    ['much output, after refused forks', wordy, forks, forks],
    ['much output, after too much memory', wordy, memory, memory],
    ['much output, after a full disk', wordy, disk, disk],
    ['much output, and much time', wordy, slow, wordy],
    ['one that the grader ended', killed, memory, killed],
    ['one that was slow', slow, memory, slow],
  ])('and the limit of the last look: %s', (_, ending, hit, final) => {
    expect(concludeStudent(ending, hit, null).ending).toEqual(final);
  });

  test('whose terminal was open for too long has no time left, unless a limit explains more', () => {
    const late = { ending: slow, complaint: 'Too long.' };
    expect(concludeStudent(ok, null, late)).toEqual({ ...late, code: 253 });
    expect(concludeStudent(failed, memory, late)).toEqual({ code: 252, ending: memory, complaint: '' });
    expect(concludeStudent(killed, null, late).ending).toEqual(killed);
  });
});

describe('a terminal is refused', () => {
  const show = () => ({ print() {}, opened() {}, closed() {} });
  const hold = { isOn: () => false };

  test('by a task that offers none, while another one is open, and where no person would see it', () => {
    expect(whoShows({ terminal: { allowed: false, show }, hold })).toMatchObject({ code: 251 });
    expect(whoShows({ terminal: { allowed: true, show }, hold: { isOn: () => true } })).toMatchObject({
      code: 254,
    });
    expect(whoShows({ terminal: { allowed: true, show: null }, hold })).toMatchObject({ code: 254 });
    expect(whoShows({ terminal: { allowed: true, show }, hold })).toBe(show);
  });
});
