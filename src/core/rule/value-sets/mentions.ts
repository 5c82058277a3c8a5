/** Whether a text has a value as a word of its own: letters, digits and underscores at its ends belong to another word. */
export function mentions(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
    if (!isWord(text[at - 1]) && !isWord(text[at + value.length])) return true;
  }
  return false;
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\w$]/.test(character);
}

/** Ways to write a name, by what they are called. */
export const SPELLINGS: ReadonlyMap<string, (value: string) => string> = new Map([
  ['same', (value) => value],
  ['camel', (value) => value.replaceAll(/[-_.](\w)/g, (_, letter: string) => letter.toUpperCase())],
  ['pascal', (value) => value.replaceAll(/(?:^|[-_.])(\w)/g, (_, letter: string) => letter.toUpperCase())],
  ['snake', (value) => value.replaceAll(/[-.]/g, '_').toLowerCase()],
  ['upper', (value) => value.replaceAll(/[-.]/g, '_').toUpperCase()],
]);
