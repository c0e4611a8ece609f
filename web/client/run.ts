/** The page of a run that is not over yet: follows it to its verdict. */
import { need } from './dom.ts';
import { followRun } from './run-feed.ts';
import { createRunPage } from './run-page.ts';

const root = need('#run', HTMLElement);
const page = createRunPage(root);

page.clear();
const stop = followRun(root.dataset['run'] ?? '', {
  step(step) {
    page.apply(step);
    if (step.type === 'done') stop();
  },
  restart: page.clear,
  state: page.state,
  over: () => location.reload(),
  connection: page.connection,
});
