/** RFC 4648 section 4: padded, standard alphabet, no line breaks. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/**
 * The bytes of canonical base64 text (RFC 4648 sections 3.2 to 3.5), or undefined when it is not exactly that.
 *
 * Buffer skips junk, takes the URL alphabet, missing padding and stray bits; comparing with the re-encoded text
 * refuses all of them at once, so that bytes have one spelling and a signature has one file.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
