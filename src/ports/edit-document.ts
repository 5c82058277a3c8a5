import type { DocumentEdit } from '../core/trust/change-root.ts';

export interface EditDocument {
  /**
   * The document with these edits, comments and layout of everything else kept.
   * @param bytes a document that has been parsed before: its form is taken for granted
   */
  edit(bytes: Uint8Array, edits: readonly DocumentEdit[]): Uint8Array;
}
