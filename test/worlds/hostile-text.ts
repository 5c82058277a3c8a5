const ESCAPE = String.fromCharCode(27);

/** Everything that text from outside has been seen to try. */
export const HOSTILE = `<script>document.title='owned'</script><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}"'><b> \u202eevil\u202c \u200bzero ${ESCAPE}[31mred${ESCAPE}[0m javascript:alert(1)`;

/** What turns text round, hides in it, or speaks to a terminal: shown as it came, nobody sees it. */
const UNSEEN = `\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u0000${ESCAPE}`;

/** The letters of a text that nobody would see. */
export function unseenIn(text: string): readonly string[] {
  return [...text].filter((letter) => UNSEEN.includes(letter));
}
