/** Every way of starting containers grades; npm run test:engines and npm run test:ways have the rest. */
import { expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { openTestGrader } from '../support/grade.ts';
import { hasWay } from '../support/ways-here.ts';

const RUN = `#!/bin/bash
getinput q1 > student/answer.py
cd student
run_student "python3 answer.py" > ../out.txt
feedback-msg -m "$(cat ../out.txt)"
feedback-result success
`;

test.each((['direct', 'local', 'portable'] as const).filter(hasWay))(
  'a program of a student runs on the %s way',
  async (way) => {
    const grader = await openTestGrader({ engine: openEngine(way) });
    onTestFinished(() => grader.close());
    const outcome = await grader.grade({ files: { run: RUN } }, { answers: { q1: 'print(6 * 7)' } });
    expect(outcome).toMatchObject({ verdict: 'success', report: { text: '42' } });
  },
);
