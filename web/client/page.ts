/** On every page. */
import { dropSentDraft } from './draft-store.ts';
import { settle } from './settle.ts';

settle(document);
if (document.getElementById('run')) dropSentDraft();
