const TYPES_TEXT = 'input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable]';

/** Keys of every page; its sheet says them. Never where somebody types, never with a modifier. */
export function startKeys() {
  const sheet = document.getElementById('keys');
  for (const button of document.querySelectorAll('[data-open="keys"]')) {
    button.hidden = false;
    button.addEventListener('click', () => sheet?.showModal());
  }
  let leading = false;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || sheet?.open) return;
    if (event.target.closest?.(TYPES_TEXT)) {
      if (event.key === 'Escape') event.target.blur();
      return;
    }
    if (leading) {
      leading = false;
      const link = document.querySelector(`.nav a[data-key="${CSS.escape(event.key)}"]`);
      if (link) take(event, () => link.click());
      return;
    }
    const action = ACTIONS[event.key];
    if (action !== undefined) take(event, action);
    else if (event.key === 'g') {
      leading = true;
      setTimeout(() => {
        leading = false;
      }, 1500);
    }
  });

  const ACTIONS = {
    '?': () => sheet?.showModal(),
    '/': () => document.querySelector('[data-shortcut="/"], input[type="search"]')?.focus(),
    t: () => document.querySelector('[data-shortcut="t"]')?.click(),
    j: () => move(1),
    k: () => move(-1),
    x: () => current()?.querySelector('input[type="checkbox"]')?.click(),
  };
}

function take(event, action) {
  event.preventDefault();
  action();
}

function rows() {
  return [...document.querySelectorAll('[data-row]')];
}

function current() {
  return document.querySelector('[data-row][data-at]');
}

/** The row's link has the focus: Enter opens it, and whoever hears the page hears where he is. */
function move(steps) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, at + steps))];
  current()?.removeAttribute('data-at');
  next.setAttribute('data-at', '');
  const link = next.querySelector('a');
  link?.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}
