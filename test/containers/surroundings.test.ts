/** What INGInious puts around a grader, in real containers: identity, locale, files, translations, archive, state. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestGrader, type TestGrader } from '../support/grade.ts';
import { onceInCi } from '../support/runtimes-here.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader();
});
afterAll(() => grader.close());

const bash = (script: string) => `#!/bin/bash\n${script}\n`;

/** A gettext catalogue of one text: header and table of Linux' mo format, little endian. */
function catalogue(id: string, translation: string): Buffer {
  const header = 'Content-Type: text/plain; charset=UTF-8\n';
  const texts = ['', id, header, translation].map((text) => Buffer.from(text));
  const head = Buffer.alloc(28);
  [0x950412de, 0, 2, 28, 44, 0, 28].forEach((number, index) => {
    head.writeUInt32LE(number, index * 4);
  });
  let offset = 60;
  const table = texts.flatMap((text) => {
    const entry = [text.length, offset];
    offset += text.length + 1;
    return entry;
  });
  const numbers = Buffer.alloc(32);
  table.forEach((number, index) => {
    numbers.writeUInt32LE(number, index * 4);
  });
  const bytes = [head, numbers, ...texts.flatMap((text) => [text, Buffer.from([0])])];
  return Buffer.concat(bytes);
}

describe.each(onceInCi('runc', 'runsc'))('on %s', (runtime) => {
  const run = async (files: Record<string, string | Buffer>, extra: Record<string, unknown> = {}) => {
    // On the portable way, processor time in gVisor includes waiting for a processor.
    const task = { files, limits: { time: 15, hard_time: 30 } };
    const outcome = await grader.grade(task, { runtime, answers: { q1: 'x' }, extra });
    expect(outcome.result, outcome.output.head).toBe('success');
    return outcome;
  };

  test.concurrent('grader and student are worker, at home in /task, with a locale that can say é', async () => {
    const about = 'echo $(id -u) $(id -un) $HOME $PWD $(locale charmap) $LANG';
    const { output } = await run({
      run: bash(`${about}; cd student; run_student "bash -c '${about}'"; feedback-result success`),
    });
    expect(output.head).toBe(
      '4242 worker /task /task UTF-8 en_US.UTF-8\n4242 worker /task /task/student UTF-8 en_US.UTF-8\n',
    );
  });

  test.concurrent('systemfiles/hosts names addresses for both', async () => {
    const { output } = await run({
      'systemfiles/hosts': '127.0.0.9\tserver.example\n',
      run: bash(
        'getent hosts server.example; cd student; run_student "getent hosts server.example"; getent hosts localhost >&2; feedback-result success',
      ),
    });
    expect(output.head.match(/127\.0\.0\.9 +server\.example/g)).toHaveLength(2);
    expect(output.head).toContain('localhost');
  });

  test.concurrent('lang/ translates, in Python and in templates', async () => {
    const { report } = await run(
      {
        'lang/fr/LC_MESSAGES/messages.mo': catalogue('Hello', 'Salut'),
        'fb.tpl': '{{ _("Hello") }} {{ name }}',
        'run.py': `
import subprocess
from inginious import lang
lang.init()
set_global_feedback(_("Hello") + " " + _("World") + " ")
set_feedback_from_tpl("fb", {"name": get_username()}, append=True)
subprocess.run(["feedback-msg-tpl", "-a", "fb", "name=x"])
set_global_result("success")
`,
      },
      { '@lang': 'fr', '@username': 'ann' },
    );
    expect(report.text).toBe('Salut World Salut annSalut x');
  });

  test.concurrent('state, tags, custom values and random numbers come and go', async () => {
    const { report } = await run(
      {
        run: bash(
          'feedback-state "$(getinput @state)+"; feedback-msg -m "$(getinput @random)"; tag-set ok True; tag free; feedback-custom n 1; feedback-custom -j m \'{"a": [null]}\'; feedback-result success',
        ),
      },
      { '@state': 'before', '@random': [0.25, 0.5] },
    );
    expect(report).toMatchObject({
      state: 'before+',
      text: '[0.25, 0.5]',
      custom: { n: 1, m: { a: [null] } },
    });
    expect(Object.values(report.tests).sort()).toEqual(['free', true]);
  });

  test.concurrent('a grader that does not finish, or leaves no feedback, changes no state', async () => {
    const script = 'feedback-state new; feedback-result success; ';
    const endings = [
      { end: 'sleep 60', verdict: 'timeout' },
      { end: 'echo "{" > /.__output/__feedback.json', verdict: 'crashed' },
    ];
    for (const { end, verdict } of endings) {
      const task = { limits: { hard_time: 2 }, files: { run: bash(script + end) } };
      const outcome = await grader.grade(task, { runtime, extra: { '@state': 'before' } });
      expect(outcome).toMatchObject({ verdict, report: { state: 'before' } });
    }
  });

  test.concurrent('the input file holds what INGInious writes there', async () => {
    const { report } = await run({
      'run.py': `
import json
with open("/.__input/__inputdata.json") as file: data = json.load(file)
set_global_feedback(" ".join(sorted(data)) + " " + data["input"]["q1"])
set_global_result("success")
`,
    });
    expect(report.text).toBe('debug envtypes input run_as_root shared_kernel type x');
  });
});
