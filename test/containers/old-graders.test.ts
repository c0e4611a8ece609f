/** Graders of INGInious' first years, on a Python that understands less than theirs did. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader();
});
afterAll(() => grader.close());

const OLD = `import io, pathlib, yaml
open("lines", "wb").write(b"one\\r\\ntwo\\n")
print(open("lines", "rU").read().split(), io.open("lines", mode="U").readline().strip())
print(pathlib.Path("lines").open("rbU").read(3), open("lines", "Ub").read(3))
print(yaml.load("grade: 1"))
try: open("lines", "x")
except FileExistsError: print("exists")
try: open("lines", "q")
except ValueError: print("refused")
`;
const PRINTED = "['one', 'two'] one\nb'one' b'one'\n{'grade': 1}\nexists\nrefused\n";

test.each(['run', 'run.py'])(
  '%s may open with the mode rU, and load YAML without naming a loader',
  async (name) => {
    const first = name === 'run' ? '#!/bin/python3\n' : '';
    const last = 'from inginious_container_api import feedback\nfeedback.set_global_result("success")\n';
    const { output, verdict } = await grader.grade({ files: { [name]: first + OLD + last } });
    expect(output.head).toBe(PRINTED);
    expect(verdict).toBe('success');
  },
);
