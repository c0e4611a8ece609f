/** Drafts in this browser's storage, which may be full, forbidden or written by an older version. */
export type Fields = [name: string, value: string][];
export type Draft = { at: string; fields: Fields };

const PREFIX = 'gradeport:draft:';
/** The draft that belongs to the form being sent; known to one tab only. */
const SENT = 'gradeport:sent';

export function loadDraft(id: string): Draft | null {
  try {
    const draft: unknown = JSON.parse(localStorage.getItem(PREFIX + id) ?? 'null');
    return isDraft(draft) ? draft : null;
  } catch {
    return null;
  }
}

/** False when the browser refused to store it. */
export function saveDraft(id: string, fields: Fields): boolean {
  const draft: Draft = { at: new Date().toISOString(), fields };
  return attempt(() => localStorage.setItem(PREFIX + id, JSON.stringify(draft)));
}

export function dropDraft(id: string): void {
  attempt(() => localStorage.removeItem(PREFIX + id));
}

export function markSent(id: string): void {
  attempt(() => sessionStorage.setItem(SENT, id));
}

/** Called by the first page after sending: a page that shows the submission proves that it arrived. */
export function settleSent(arrived: boolean): void {
  attempt(() => {
    const id = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    if (arrived && id !== null) dropDraft(id);
  });
}

function attempt(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false;
  if (!('at' in value) || typeof value.at !== 'string') return false;
  return 'fields' in value && Array.isArray(value.fields) && value.fields.every(isField);
}

function isField(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}
