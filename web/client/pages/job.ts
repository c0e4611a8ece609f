/** The page of a job: the end of its log as it grows, its progress, its result. */

import { followJob } from '../live/job-feed.ts';
import { createOutput } from '../live/run-output.ts';
import { find, need } from '../shared/dom.ts';
import { settle } from '../shared/localise-times.ts';
import { language } from '../shared/messages.ts';
import { renderJob } from '../shared/templates.ts';

const root = need('#job', HTMLElement);
const status = need('#job-status', HTMLElement, root);
const announcement = need('#announce', HTMLElement, root);
const connection = need('#connection', HTMLElement, root);
const output = createOutput(need('#output-section', HTMLElement, root));
const { job = '', next = '0', over } = root.dataset;
let said = '';
let shown = '';

output.toEnd();
if (over === undefined) follow();

function follow(): void {
  followJob(job, Number(next), {
    news({ job: view, lines }) {
      if (lines.length > 0) output.print('stdout', `${lines.join('\n')}\n`);
      const html = renderJob(view);
      // Updates are frequent: unchanged parts stay, with the text selected in them.
      if (shown !== html) {
        shown = html;
        status.innerHTML = html;
        settle(status);
      }
      const state = language.word('state', view.state) ?? view.state;
      announce(view.isOver ? `${state}. ${view.sentence ?? ''}` : (view.progress?.step ?? state));
      if (view.isOver) {
        find('#stop', HTMLFormElement, document)?.remove();
        document.title = `${state} · ${document.title}`;
      }
    },
    connection(sentence) {
      connection.textContent = sentence ?? '';
      connection.hidden = sentence === null;
    },
  });
}

function announce(sentence: string): void {
  if (sentence === said) return;
  said = sentence;
  announcement.textContent = sentence;
}
