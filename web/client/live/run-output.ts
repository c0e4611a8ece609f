/** The grader's output, as text. Bounded: a browser that shows megabytes stops answering. */
import { createPlainText } from '../../../server/text/hostile.ts';
import { bytesText } from '../../../server/text/quantities.ts';
import { need } from '../shared/dom.ts';
import { t } from '../shared/messages.ts';

const MAX_CHARACTERS = 400_000;
/** How many pixels from the end count as being at the end. */
const NEAR_END = 24;

export function createOutput(section: HTMLElement) {
  const box = need('#output', HTMLElement, section);
  const pre = need('pre', HTMLPreElement, box);
  let plain = { stdout: createPlainText(), stderr: createPlainText() };
  let characters = 0;

  function append(className: string, text: string): void {
    if (text === '') return;
    section.hidden = false;
    const wasAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
    const last = pre.lastElementChild;
    // Few large nodes scroll better than many small ones.
    if (last?.className === className && last.textContent.length < 4000) last.append(text);
    else pre.append(span(className, text));
    characters += text.length;
    shorten();
    if (wasAtEnd) box.scrollTop = box.scrollHeight;
  }

  function shorten(): void {
    while (characters > MAX_CHARACTERS && pre.childElementCount > 1) {
      const first = pre.firstElementChild;
      if (!first) return;
      characters -= first.textContent.length;
      first.remove();
      pre.dataset['shortened'] = '';
    }
  }

  return {
    /** Scrolls to the end, because the last lines say how the run ended. */
    toEnd(): void {
      box.scrollTop = box.scrollHeight;
    },
    print: (stream: 'stdout' | 'stderr', text: string) => append(stream, plain[stream](text)),
    omitted: (count: number) => append('omitted', `\n${t('live.omitted', { size: bytesText(count) })}\n`),
    clear(): void {
      plain = { stdout: createPlainText(), stderr: createPlainText() };
      characters = 0;
      pre.replaceChildren();
      delete pre.dataset['shortened'];
      section.hidden = true;
    },
  };
}

function span(className: string, text: string): HTMLSpanElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}
