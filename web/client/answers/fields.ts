/** A form's answers as plain pairs, and back. Files are left out: a script may not restore them. */

import { setEditorText } from '../editor/editor.ts';
import type { Fields } from './draft-store.ts';

export function readFields(form: HTMLFormElement): Fields {
  return [...new FormData(form)].flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] satisfies Fields[number]] : [],
  );
}

export function sameFields(left: Fields, right: Fields): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

export function writeFields(form: HTMLFormElement, fields: Fields): void {
  for (const control of form.elements) {
    if (control instanceof HTMLTextAreaElement) {
      const value = textOf(fields, control.name);
      if (value !== undefined) setEditorText(control, value);
    } else if (control instanceof HTMLInputElement) writeInput(control, fields);
    else if (control instanceof HTMLSelectElement) writeSelect(control, fields);
  }
}

/** A choice that is no longer offered is not restored. */
function writeSelect(select: HTMLSelectElement, fields: Fields): void {
  const wanted = textOf(fields, select.name);
  const offered = [...select.options].find(({ value, disabled }) => value === wanted && !disabled);
  if (offered) offered.selected = true;
}

function writeInput(input: HTMLInputElement, fields: Fields): void {
  if (input.type === 'checkbox' || input.type === 'radio') {
    input.checked = fields.some(([name, value]) => name === input.name && value === input.value);
  } else if (input.type === 'text') input.value = textOf(fields, input.name) ?? input.value;
}

function textOf(fields: Fields, name: string): string | undefined {
  return fields.find((field) => field[0] === name)?.[1];
}
