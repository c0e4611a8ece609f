/** The thread in which texts become HTML. */
import { answerInThread } from '../../rules/thread-side.ts';
import { compileText } from './rst.ts';
import { textsSchema } from './texts.ts';

/** The total time for all texts of a report. */
const PATIENCE_MS = 1000;

// The first text takes 50 ms and more, until the compiler of this process knows the way: no one waits for it here.
const SAMPLE = 'A *word*, ``code`` and\n\n.. code-block:: python\n\n    x = 1\n\n- a list';
for (let round = 0; round < 3; round += 1) {
  compileText('rst', SAMPLE);
  compileText('html', '<p>A <b>word</b></p>');
}

answerInThread(textsSchema, ({ format, base, texts }) => {
  const end = performance.now() + PATIENCE_MS;
  return texts.map((text) => (performance.now() < end ? compileText(format, text, base) : null));
});
