/** The page of a job: its log from the end, as it grows, its progress, what it came to. */
import { find, need } from './dom.ts';
import { followJob } from './job-feed.ts';
import { settle } from './localise-times.ts';
import { language } from './messages.ts';
import { createOutput } from './run-output.ts';
import { renderJob } from './templates.ts';

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
      // News come often: what has not changed stays, with whatever is selected in it.
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
