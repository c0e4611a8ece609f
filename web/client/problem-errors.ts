/** What can be told about an answer before it is sent. The server decides; this only spares the way. */
import { bytesText } from '../../server/text/quantities.ts';
import { find, findAll, need } from './dom.ts';
import { focusField } from './editor.ts';

/** Shows what is wrong with each problem and goes to the first. True when nothing is. */
export function checkProblems(form: HTMLFormElement): boolean {
  const data = new FormData(form);
  const faulty = findAll('[data-problem]', HTMLElement, form).filter((section) => {
    const message = faultOf(section, data);
    showError(section, message);
    return message !== '';
  });
  if (faulty[0]) focusProblem(faulty[0]);
  return faulty.length === 0;
}

export function watchFile(section: HTMLElement): void {
  find('input[type=file]', HTMLInputElement, section)?.addEventListener('change', (event) => {
    const input = event.currentTarget;
    if (input instanceof HTMLInputElement) showError(section, fileFault(input));
  });
}

function showError(section: HTMLElement, message: string): void {
  const place = need('.problem-error', HTMLElement, section);
  place.textContent = message;
  place.hidden = message === '';
  section.classList.toggle('has-error', message !== '');
  for (const control of section.querySelectorAll('input, .cm-content')) {
    if (message === '') control.removeAttribute('aria-invalid');
    else control.setAttribute('aria-invalid', 'true');
  }
}

export function focusProblem(section: HTMLElement): void {
  section.scrollIntoView({ block: 'center' });
  const area = find('textarea', HTMLTextAreaElement, section);
  if (area) focusField(area);
  else find('input:not([type=hidden])', HTMLInputElement, section)?.focus({ preventScroll: true });
}

function faultOf(section: HTMLElement, data: FormData): string {
  const file = find('input[type=file]', HTMLInputElement, section);
  const fault = file ? fileFault(file) : '';
  if (fault !== '' || !('required' in section.dataset)) return fault;
  const values = data.getAll(`answer.${section.dataset['problem']}`);
  const given = values.some((value) => (typeof value === 'string' ? value.trim() !== '' : value.name !== ''));
  if (given) return '';
  if (file) return 'Choose a file.';
  return find('fieldset', HTMLFieldSetElement, section) ? 'Choose an answer.' : 'Write an answer.';
}

function fileFault(input: HTMLInputElement): string {
  const file = input.files?.[0];
  if (!file) return '';
  const endings = input.accept
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((ending) => ending.startsWith('.'));
  if (endings.length > 0 && !endings.some((ending) => file.name.toLowerCase().endsWith(ending))) {
    return `“${file.name}” is not of the accepted kind (${endings.join(', ')}).`;
  }
  const most = Number(input.dataset['maxBytes']) || Infinity;
  return file.size > most
    ? `“${file.name}” has ${bytesText(file.size)}; at most ${bytesText(most)} are accepted.`
    : '';
}
