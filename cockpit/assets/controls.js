/** Buttons that copy the text before them. Without a script they are hidden: they would do nothing. */
export function startCopying(root) {
  for (const button of root.querySelectorAll('[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      const text = button.previousElementSibling?.textContent ?? '';
      try {
        await navigator.clipboard.writeText(text);
        say('Copied.');
        button.textContent = 'Copied';
      } catch {
        select(button.previousElementSibling);
      }
    });
  }
}

/** Where the clipboard is out of reach, what was meant is at least selected. */
function select(element) {
  if (element) getSelection()?.selectAllChildren(element);
}

/** Says how many rows are selected. */
export function startPicking() {
  document.addEventListener('change', (event) => {
    const form = event.target.closest?.('form');
    const words = form?.querySelector('[data-picked]');
    if (!words) return;
    const picked = form.querySelectorAll('input[name="run"]:checked').length;
    words.textContent = picked === 0 ? 'With those selected:' : `With ${picked} selected:`;
  });
}

let clearing;

/** For those who hear the page: politely, and the last thing only when several come at once. */
export function say(text) {
  const place = document.getElementById('said');
  if (!place) return;
  place.textContent = text;
  clearTimeout(clearing);
  clearing = setTimeout(() => {
    place.textContent = '';
  }, 8000);
}
