/**
 * A gettext catalogue (.mo) as a map of texts. Format: GNU gettext's manual, "The Format of GNU MO Files": magic
 * number, revision, how many texts, where the tables of originals and of translations begin; a table's entry is
 * a length and an offset. Everything is checked against the file's size: nothing in the file is trusted.
 */

/** 0x950412de in the byte order of the machine that made the file. */
const LITTLE = 0xde120495;
const BIG = 0x950412de;
const HEADER_BYTES = 20;
const MAX_TEXTS = 20_000;

/** null: not a catalogue. A text with plural forms is found by its singular. */
export function readMo(file: Buffer): Map<string, string> | null {
  if (file.length < HEADER_BYTES) return null;
  const magic = file.readUInt32BE(0);
  if (magic !== LITTLE && magic !== BIG) return null;
  const word = (offset: number): number =>
    magic === LITTLE ? file.readUInt32LE(offset) : file.readUInt32BE(offset);
  const count = word(8);
  const [originals, translations] = [word(12), word(16)];
  const fits = (table: number): boolean => table + 8 * count <= file.length;
  if (count > MAX_TEXTS || !fits(originals) || !fits(translations)) return null;

  const bytesAt = (entry: number): Buffer | null => {
    const [length, offset] = [word(entry), word(entry + 4)];
    return offset + length <= file.length ? file.subarray(offset, offset + length) : null;
  };
  // Entries may overlap: twenty thousand of two megabytes each would fit into two megabytes.
  let total = 0;
  for (let entry = 0; entry < 8 * count; entry += 8)
    total += word(originals + entry) + word(translations + entry);
  if (total > file.length) return null;
  const pairs = Array.from({ length: count }, (_, index) => [
    bytesAt(originals + 8 * index),
    bytesAt(translations + 8 * index),
  ]);
  const decode = decoderFor(pairs.find(([original]) => original?.length === 0)?.[1] ?? null);
  const texts = new Map<string, string>();
  for (const [original, translation] of pairs) {
    if (!original || !translation) return null;
    // The empty text is the catalogue's own header; an empty translation is one not yet made.
    if (original.length > 0 && translation.length > 0) texts.set(decode(original), decode(translation));
  }
  return texts;
}

/** The header names the encoding: "Content-Type: text/plain; charset=UTF-8". */
function decoderFor(header: Buffer | null): (bytes: Buffer) => string {
  const label = /charset=([\w-]{1,40})/i.exec(header?.toString('latin1') ?? '')?.[1] ?? 'utf-8';
  const decoder = makeDecoder(label) ?? new TextDecoder();
  // A zero separates the plural forms; the first form is shown.
  return (bytes) => decoder.decode(bytes).split('\0')[0] ?? '';
}

function makeDecoder(label: string) {
  try {
    return new TextDecoder(label);
  } catch {
    return null;
  }
}
