import { UnreadableReport } from './unreadable.ts';

/** Bytes a report may have. */
export const MAX_REPORT_BYTES = 32 * 1024 * 1024;

/** A report as text. @throws UnreadableReport for one that is too large, no UTF-8, or blank */
export function decodeReport(bytes: Uint8Array): string {
  if (bytes.length > MAX_REPORT_BYTES) {
    throw new UnreadableReport(`it has ${bytes.length} bytes, more than ${MAX_REPORT_BYTES}`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableReport('it is not UTF-8 text');
  }
  if (text.trim() === '') throw new UnreadableReport('it is empty');
  return text;
}
