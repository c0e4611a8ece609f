/** A link as a QR code, for the camera of a phone: squares of one drawing, which needs neither script nor style. */
import qrcode from 'qrcode-generator';

/** squares: the path of the dark squares in a drawing that is so many units wide and high. */
export type QrCode = { width: number; squares: string };

/** Readers want an empty margin of four squares (ISO/IEC 18004). */
const MARGIN = 4;
/** A code of more bytes has squares that cameras of phones cannot tell apart. */
const MOST_BYTES = 500;

/** null: the text is too long; the page has the secret beside it. */
export function qrCodeOf(text: string): QrCode | null {
  const bytes = Buffer.from(text);
  if (bytes.length > MOST_BYTES) return null;
  const code = qrcode(0, 'M');
  // One character for each byte, which is how its byte mode reads a string.
  code.addData(bytes.toString('latin1'));
  code.make();
  const count = code.getModuleCount();
  const places = Array.from(
    { length: count * count },
    (_, at) => [Math.floor(at / count), at % count] as const,
  );
  const squares = places
    .filter(([row, column]) => code.isDark(row, column))
    .map(([row, column]) => `M${column + MARGIN} ${row + MARGIN}h1v1h-1z`)
    .join('');
  return { width: count + 2 * MARGIN, squares };
}
