/** Errors of an answer that are found before it is sent. The server decides; this only saves a request. */
import { bytesText } from '../../../server/text/quantities.ts';
import { focusField } from '../editor/editor.ts';
import { find, findAll, need } from '../shared/dom.ts';
import { t } from '../shared/messages.ts';

/** Shows the error of each problem and focuses the first. True if there is none. */
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
  if (file) return t('live.chooseFile');
  return find('fieldset', HTMLFieldSetElement, section) ? t('live.chooseAnswer') : t('live.writeAnswer');
}

function fileFault(input: HTMLInputElement): string {
  const file = input.files?.[0];
  if (!file) return '';
  const endings = input.accept
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((ending) => ending.startsWith('.'));
  if (endings.length > 0 && !endings.some((ending) => file.name.toLowerCase().endsWith(ending))) {
    return t('live.fileKind', { name: file.name, endings: endings.join(', ') });
  }
  const most = Number(input.dataset['maxBytes']) || Infinity;
  return file.size > most
    ? t('live.fileTooLarge', { name: file.name, size: bytesText(file.size), most: bytesText(most) })
    : '';
}
