/** The thread in which texts become HTML. */
import { answerInThread } from '../../rules/thread-side.ts';
import { compileText } from './rst.ts';
import { textsSchema } from './texts.ts';

/** The total time for all texts of a report. */
const PATIENCE_MS = 1000;

answerInThread(textsSchema, ({ format, texts }) => {
  const end = performance.now() + PATIENCE_MS;
  return texts.map((text) => (performance.now() < end ? compileText(format, text) : null));
});
