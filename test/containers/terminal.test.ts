/** ssh_student in real containers: a person types, the grader grades what that left. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShowTerminal, TerminalLine } from '../../server/ports/terminals.ts';
import { openTestGrader, type TestGrader, type TestTask } from '../support/grade.ts';
import { onceInCi } from '../support/runtimes-here.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader({ connectMs: 1500 });
});
afterAll(() => grader.close());

const SIZE = { columns: 80, rows: 24 };

/** A pattern, or anything else that can be asked of what was shown since they acted last. */
type Shown = { test(text: string): boolean };

/** Somebody who connects at once, and does the next thing when the terminal shows what stands before it. */
function person(...steps: [shown: Shown, act: (line: TerminalLine) => void][]) {
  const seen = { text: '', closed: 0, endsAt: 0 };
  const show: ShowTerminal = (line) => {
    setImmediate(() => line.connect(SIZE));
    let from = 0;
    return {
      print(bytes) {
        seen.text += bytes.toString();
        const next = steps[0];
        if (!next?.[0].test(seen.text.slice(from))) return;
        from = seen.text.length;
        steps.shift();
        next[1](line);
      },
      opened: (endsAt) => {
        seen.endsAt = endsAt;
      },
      closed: () => {
        seen.closed += 1;
      },
    };
  };
  return { show, seen };
}
const types = (keys: string) => (line: TerminalLine) => line.type(Buffer.from(keys));

const task = (call: string, more: Partial<TestTask> = {}): TestTask => ({
  type: 'docker-ssh',
  files: {
    run: `#!/bin/bash
cd student
${call}
code=$?
feedback-custom code $code
feedback-custom log "$(head -c 4000 .ssh_logs)"
if [ "$(cat made 2>/dev/null)" = hi ]; then feedback-grade 100; feedback-result success
else feedback-grade 0; feedback-result failed; fi
`,
  },
  ...more,
});

/** Under gVisor the bell rings after Ctrl-C. */
const PROMPT = /\$ \p{Control}?$/u;

describe.each(onceInCi('runc', 'runsc'))('on %s', (runtime) => {
  test('what is typed is there for the grader, with the log, and grades', async () => {
    const { show, seen } = person([PROMPT, types('cat ready; id -u; echo hi > made; exit\n')]);
    const setup = `--setup-script "sh -c 'echo set up > ready'" --teardown-script 'touch torn'`;
    const outcome = await grader.grade(task(`ssh_student ${setup} && [ -e torn ]`), {
      runtime,
      showTerminal: show,
    });
    expect(outcome).toMatchObject({ verdict: 'success', grade: 100, sharedContainer: false });
    expect(outcome.report.custom).toMatchObject({ code: 0 });
    expect(String(outcome.report.custom['log'])).toMatch(/set up\r?\n4242/);
    expect(seen.text).toMatch(/set up\r\n4242/);
    expect(seen.closed).toBe(1);
  });

  test('what the setup started is there for the student to end, and what both left for the teardown', async () => {
    const setup = `--setup-script "bash -c 'exec -a intruder sleep 321 & bash scripts/set.sh'"`;
    const call = `ssh_student ${setup} --teardown-script "bash -c 'cat scripts/set.sh > after.txt; ps axo args >> after.txt'"`;
    const check = 'grep -q "^intruder" after.txt || echo hi > made; cat after.txt';
    const script = { 'student/scripts/set.sh': 'echo secret > /dev/null\n' };
    const play = async (keys: string) => {
      const { show, seen } = person([PROMPT, types(keys)]);
      const base = task(`${call}; ${check}`);
      const outcome = await grader.grade(
        { ...base, files: { ...base.files, ...script } },
        { runtime, showTerminal: show },
      );
      return { outcome, text: seen.text };
    };
    const idle = await play(
      'setsid sleep 654 & until pgrep -f "^sleep 654"; do :; done; cat scripts/set.sh; exit\n',
    );
    expect(idle.outcome).toMatchObject({ verdict: 'failed', grade: 0 });
    expect(idle.outcome.output.head).toMatch(/^echo secret[\s\S]*sleep 654/);
    expect(idle.text).not.toContain('echo secret');
    const busy = await play('kill -9 $(pgrep -f ^intruder); exit\n');
    expect(busy.outcome).toMatchObject({ verdict: 'success', grade: 100 });
  });

  test('the size is the page’s, and follows it', async () => {
    const { show, seen } = person(
      [PROMPT, types('stty size\n')],
      [
        /24 80[\s\S]*\$ $/,
        (line) => {
          line.resize({ columns: 100, rows: 30 });
          line.type(Buffer.from('stty size; exit\n'));
        },
      ],
    );
    await grader.grade(task('ssh_student'), { runtime, showTerminal: show });
    expect(seen.text).toContain('30 100');
  });

  test('"finish" ends it, however busy it is, and the grader goes on', async () => {
    const { show } = person(
      [PROMPT, types('echo hi > made; trap "" HUP TERM INT; echo bu""sy; while :; do :; done\n')],
      [/busy/, (line) => line.finish()],
    );
    const outcome = await grader.grade(task('ssh_student'), { runtime, showTerminal: show });
    expect(outcome).toMatchObject({ verdict: 'success', grade: 100 });
    expect(outcome.report.custom['code']).toBe(0);
  });

  test('its time over gives 253 after the teardown, and is no time of the grader’s', async () => {
    const { show } = person();
    const outcome = await grader.grade(
      task("ssh_student --hard-time 8 --teardown-script 'touch torn'; c=$?; [ -e torn ] && (exit $c)", {
        limits: { hard_time: 6 },
      }),
      { runtime, showTerminal: show },
    );
    expect(outcome.report.custom['code']).toBe(253);
    expect(outcome).toMatchObject({ result: 'failed', verdict: 'timeout' });
    expect(outcome.summary).toBe('Your program took longer than 8 s.');
  });

  test('a flood with escape sequences neither fills anything nor keeps its student from stopping it', async () => {
    const { show, seen } = person(
      [PROMPT, types(`while :; do printf '\\033]0;x\\007\\033]52;c;aGk=\\007%01000d' 7; done\n`)],
      [{ test: (text) => text.length > 100_000 }, types('\x03')],
      [PROMPT, types('echo hi > made; exit\n')],
    );
    const outcome = await grader.grade(task('ssh_student'), { runtime, showTerminal: show });
    expect([outcome.grade, seen.text.slice(-300)]).toEqual([100, expect.anything()]);
    expect(seen.text.length).toBeLessThan(4_000_000);
    expect(outcome.output.head.length).toBeLessThan(1000);
  });
});

test('without a visitor it is 253, and the teacher sees why', async () => {
  const show: ShowTerminal = () => ({
    print: () => {},
    opened: () => {},
    closed: () => {},
  });
  const outcome = await grader.grade(task('ssh_student'), { showTerminal: show });
  expect(outcome.report.custom['code']).toBe(253);
  expect(outcome.details).toContain('nobody opened the terminal within 1.5 s');
});

test('where a terminal cannot be shown it is 254 at once', async () => {
  const outcome = await grader.grade(task('ssh_student'));
  expect(outcome.report.custom['code']).toBe(254);
  expect(outcome.details).toContain('this task needs a terminal, and nobody is here');
});

test('a task that does not say so gets none, and grades nothing, whatever its grader says', async () => {
  const { show, seen } = person();
  const outcome = await grader.grade(task('ssh_student', { type: 'docker' }), { showTerminal: show });
  expect(outcome.report.custom['code']).toBe(251);
  expect(outcome.details).toContain('environment_type: docker-ssh');
  expect(seen.endsAt).toBe(0);
  const generous = { type: 'docker', files: { run: '#!/bin/bash\nssh_student; feedback-result success\n' } };
  expect(await grader.grade(generous, { showTerminal: show })).toMatchObject({
    verdict: 'crashed',
    grade: 0,
  });
});

test('the Python API opens one, too, with its own limits', async () => {
  const { show } = person([PROMPT, types('ulimit -c; echo hi > made; exit\n')]);
  const outcome = await grader.grade(
    {
      type: 'docker-ssh',
      files: {
        'run.py': `
from inginious_container_api import feedback, ssh_student
feedback.set_custom_value('code', ssh_student.ssh_student(hard_time_limit=60, memory_limit=64))
feedback.set_global_result('success' if open('student/made').read() == 'hi\\n' else 'failed')
`,
      },
    },
    { showTerminal: show },
  );
  expect(outcome.verdict).toBe('success');
  expect(outcome.report.custom['code']).toBe(0);
});

test('a run stopped by a person takes its terminal with it', async () => {
  const stop = new AbortController();
  const { show, seen } = person([PROMPT, () => stop.abort()]);
  const outcome = await grader.grade(task('ssh_student'), { showTerminal: show, signal: stop.signal });
  expect(outcome.verdict).toBe('killed');
  expect(seen.closed).toBe(1);
});
